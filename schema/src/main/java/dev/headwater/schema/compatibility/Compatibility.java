package dev.headwater.schema.compatibility;

import dev.headwater.schema.MessageSchema;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * Which versions of a message type have to get along with each other.
 *
 * <p><i>Backward</i>: today's code reads what was written before. <i>Forward</i>: the code of an earlier version reads
 * what is written now. <i>Full</i>: both. Without <i>transitive</i> only neighbouring versions are compared, with it
 * every pair. {@link #DEFAULT} is backward and transitive, since an event store keeps the events of every version.
 *
 * <p>A schema that says nothing about additional properties is read as open and written as closed: its readers ignore
 * what they do not know, its writers write nothing but what it declares. So a new optional property breaks nobody. A
 * schema that names {@code additionalProperties} is taken at its word. What cannot be judged counts as a difference.
 * Thread-safe.
 */
public enum Compatibility {
    /** Nothing is compared. */
    NONE(false, false, false),
    /** The next version reads what this one wrote. */
    BACKWARD(true, false, false),
    /** Every later version reads what this one wrote. */
    BACKWARD_TRANSITIVE(true, false, true),
    /** The version before reads what this one writes. */
    FORWARD(false, true, false),
    /** Every earlier version reads what this one writes. */
    FORWARD_TRANSITIVE(false, true, true),
    /** Neighbouring versions read each other. */
    FULL(true, true, false),
    /** All versions read each other. */
    FULL_TRANSITIVE(true, true, true);

    /** What is demanded unless somebody says otherwise. */
    public static final Compatibility DEFAULT = BACKWARD_TRANSITIVE;

    private final boolean backward;
    private final boolean forward;
    private final boolean transitive;

    Compatibility(boolean backward, boolean forward, boolean transitive) {
        this.backward = backward;
        this.forward = forward;
        this.transitive = transitive;
    }

    /** Tells whether events of a type are brought from one version to the next before they are read. */
    @FunctionalInterface
    public interface KnownUpcasters {

        /** No version is upcast. */
        KnownUpcasters NONE = (type, fromVersion) -> false;

        /** Whether there is an upcaster for events of this version. */
        boolean isUpcast(String type, int fromVersion);
    }

    /** Every difference between two versions of one schema that breaks this mode; none when they get along. */
    public List<Difference> differences(JsonNode earlier, JsonNode later) {
        return differences(earlier, later, backward);
    }

    /**
     * Compares a version with those around it. An upcaster from the older of two versions stands in for the backward
     * direction, and for that one only.
     *
     * @param schema the version in question
     * @param others other versions of the same type, earlier or later
     * @return the differences by the version they were found against, without versions that get along
     */
    public SortedMap<Integer, List<Difference>> differences(
            MessageSchema schema, Collection<MessageSchema> others, KnownUpcasters upcasters) {
        var found = new TreeMap<Integer, List<Difference>>();
        for (var other : compared(schema.version(), others)) {
            boolean isEarlier = other.version() < schema.version();
            var earlier = isEarlier ? other : schema;
            var later = isEarlier ? schema : other;
            boolean mustRead = backward && !upcasters.isUpcast(earlier.type(), earlier.version());
            var differences = differences(earlier.schema(), later.schema(), mustRead);
            if (!differences.isEmpty()) {
                found.put(other.version(), differences);
            }
        }
        return Collections.unmodifiableSortedMap(found);
    }

    private List<Difference> differences(JsonNode earlier, JsonNode later, boolean mustRead) {
        var differences = new ArrayList<Difference>();
        if (mustRead) {
            differences.addAll(new Comparison(Direction.BACKWARD).differences(earlier, later));
        }
        if (forward) {
            differences.addAll(new Comparison(Direction.FORWARD).differences(later, earlier));
        }
        return List.copyOf(differences);
    }

    private List<MessageSchema> compared(int version, Collection<MessageSchema> others) {
        if (transitive) {
            return others.stream().filter(other -> other.version() != version).toList();
        }
        var byVersion = Comparator.comparingInt(MessageSchema::version);
        var neighbours = new ArrayList<MessageSchema>();
        others.stream()
                .filter(other -> other.version() < version)
                .max(byVersion)
                .ifPresent(neighbours::add);
        others.stream()
                .filter(other -> other.version() > version)
                .min(byVersion)
                .ifPresent(neighbours::add);
        return neighbours;
    }
}
