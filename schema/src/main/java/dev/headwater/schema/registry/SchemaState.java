package dev.headwater.schema.registry;

/** How far a version of a schema is in its life. */
public enum SchemaState {
    /** Messages of this version are written and read. */
    ACTIVE,
    /** Messages of this version are still written and read; writers should move on. */
    DEPRECATED,
    /** Messages of this version are read, and no longer written. */
    RETIRED
}
