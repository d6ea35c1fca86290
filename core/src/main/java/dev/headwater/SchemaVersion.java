package dev.headwater;

/**
 * One schema version of a message type.
 *
 * @param type the name of the type, as it is stored
 * @param version from 1
 */
public record SchemaVersion(String type, int version) {

    /** Checks the version. */
    public SchemaVersion {
        if (version < 1) {
            throw new IllegalArgumentException(
                    "The type '" + type + "' has the schema version " + version + ": versions count from 1");
        }
    }

    /** The version after this one, of the same type. */
    public SchemaVersion next() {
        return new SchemaVersion(type, version + 1);
    }

    /** Both, for messages. */
    @Override
    public String toString() {
        return "version " + version + " of '" + type + "'";
    }
}
