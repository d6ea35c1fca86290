package dev.headwater.schema.registry;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where a {@link SchemaRegistry} keeps its schemas. Implementations are thread-safe, and pass the contract suite of the
 * testkit. The registry checks what comes in; a storage keeps it.
 */
public interface SchemaStorage {

    /** One version of a type. */
    Optional<RegisteredSchema> find(String type, int version);

    /** All versions of a type, in ascending order. */
    List<RegisteredSchema> versions(String type);

    /** The names of all types, in ascending order of their characters. */
    List<String> types();

    /**
     * Adds a version that was judged beside the others of its type, in one atomic step.
     *
     * @param judgedBeside all versions of the type that the judge knew
     * @return whether it was added; if the type has other versions by now, or this one, nothing changes
     */
    boolean add(RegisteredSchema schema, Set<Integer> judgedBeside);

    /** Changes the state of a version; returns whether there is such a version. */
    boolean changeState(String type, int version, SchemaState state);
}
