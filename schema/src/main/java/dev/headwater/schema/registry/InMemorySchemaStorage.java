package dev.headwater.schema.registry;

import dev.headwater.schema.MessageSchema;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

/** Schemas in the memory of the process: for tests, and for programs that register their own at every start. */
public final class InMemorySchemaStorage implements SchemaStorage {

    private final Map<String, SortedMap<Integer, RegisteredSchema>> schemas = new TreeMap<>();
    private final ReentrantLock lock = new ReentrantLock();

    /** Creates an empty storage. */
    public InMemorySchemaStorage() {}

    @Override
    public Optional<RegisteredSchema> find(String type, int version) {
        return versions(type).stream()
                .filter(schema -> schema.version() == version)
                .findAny();
    }

    @Override
    public List<RegisteredSchema> versions(String type) {
        lock.lock();
        try {
            return List.copyOf(schemas.getOrDefault(type, new TreeMap<>()).values());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public List<String> types() {
        lock.lock();
        try {
            return List.copyOf(schemas.keySet());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean add(RegisteredSchema schema, Set<Integer> judgedBeside) {
        lock.lock();
        try {
            var versions = schemas.getOrDefault(schema.type(), new TreeMap<>());
            if (!versions.keySet().equals(judgedBeside) || versions.containsKey(schema.version())) {
                return false;
            }
            versions.put(schema.version(), withCopy(schema));
            schemas.put(schema.type(), versions);
            return true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean changeState(String type, int version, SchemaState state) {
        lock.lock();
        try {
            var changed = schemas.getOrDefault(type, new TreeMap<>())
                    .computeIfPresent(
                            version, (key, old) -> new RegisteredSchema(old.schema(), old.author(), old.time(), state));
            return changed != null;
        } finally {
            lock.unlock();
        }
    }

    /** What is kept does not change with the caller's own tree. */
    private static RegisteredSchema withCopy(RegisteredSchema original) {
        var schema = original.schema();
        var copy = new MessageSchema(
                schema.type(), schema.version(), schema.schema().deepCopy());
        return new RegisteredSchema(copy, original.author(), original.time(), original.state());
    }
}
