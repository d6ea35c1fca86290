package dev.headwater.postgres.jdbc;

import java.util.regex.Pattern;

/**
 * The database schema that holds a store: a plain lower-case identifier, so that it never needs escaping.
 *
 * @param name the name as PostgreSQL shows it
 */
public record Schema(String name) {

    private static final Pattern NAME = Pattern.compile("[a-z_][a-z0-9_]{0,62}");

    /** Names the critical section of a store among the advisory locks of a database; chosen at random, once. */
    private static final int LOCK_CLASS = 1_213_874_529;

    /** Checks the name. */
    public Schema {
        if (!NAME.matcher(name).matches() || name.startsWith("pg_")) {
            throw new IllegalArgumentException(
                    "The schema name '" + name + "' cannot be used: expected 1 to 63 lower-case"
                            + " letters, digits or underscores, not beginning with a digit or with pg_");
        }
    }

    /** Puts the schema, the keys of its append lock and the channel that announces its events into a statement. */
    public String in(String sql) {
        return sql.replace("{schema}", '"' + name + '"')
                .replace("{lockClass}", Integer.toString(LOCK_CLASS))
                .replace("{lockKey}", "hashtext('" + name + "')")
                .replace("{channel}", "'" + name + "'");
    }
}
