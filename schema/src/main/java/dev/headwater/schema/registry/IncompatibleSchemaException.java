package dev.headwater.schema.registry;

import dev.headwater.HeadwaterException;
import dev.headwater.schema.MessageSchema;
import dev.headwater.schema.compatibility.Compatibility;
import dev.headwater.schema.compatibility.Difference;
import java.util.List;
import java.util.SortedMap;

/** A schema that does not get along with other versions of its type, as its registry demands; nothing was changed. */
public final class IncompatibleSchemaException extends HeadwaterException {

    private static final long serialVersionUID = 1L;

    private final transient SortedMap<Integer, List<Difference>> differences;

    /** Creates the exception; its message lists every difference. */
    public IncompatibleSchemaException(
            MessageSchema schema, Compatibility mode, SortedMap<Integer, List<Difference>> differences) {
        super(message(schema, mode, differences), null);
        this.differences = differences;
    }

    /** What breaks, by the other version. */
    public SortedMap<Integer, List<Difference>> differences() {
        return differences;
    }

    private static String message(
            MessageSchema schema, Compatibility mode, SortedMap<Integer, List<Difference>> differences) {
        var message = new StringBuilder("Version " + schema.version() + " of '" + schema.type()
                + "' is not compatible with other versions (" + mode
                + "): change it back, or register an upcaster from the older version.");
        differences.forEach((version, found) -> found.forEach(difference ->
                message.append("\n  version ").append(version).append(": ").append(difference)));
        return message.toString();
    }
}
