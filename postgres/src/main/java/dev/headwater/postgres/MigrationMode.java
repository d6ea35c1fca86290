package dev.headwater.postgres;

/** What opening a {@link PostgresDatabase} does about migrations that its schema lacks. */
public enum MigrationMode {

    /** Applies them, in one transaction; the role must own the schema, or be allowed to create it. */
    APPLY,

    /**
     * Refuses the schema and changes nothing; its owner applies what
     * {@link PostgresDatabase.Builder#pendingMigrations()} returns.
     */
    VALIDATE,

    /** Does not look: for those who make sure of it otherwise. What is missing shows as errors of single statements. */
    OFF
}
