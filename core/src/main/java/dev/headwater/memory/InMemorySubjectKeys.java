package dev.headwater.memory;

import dev.headwater.privacy.SubjectKey;
import dev.headwater.privacy.SubjectKeys;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Keys of subjects in the memory of the process, for tests: what they encrypted is lost with them. Thread-safe. */
public final class InMemorySubjectKeys implements SubjectKeys {

    private final Map<String, SubjectKey> keys = new ConcurrentHashMap<>();

    /** Knows no subject yet. */
    public InMemorySubjectKeys() {}

    @Override
    public Optional<SubjectKey> find(String subject) {
        return Optional.ofNullable(keys.get(subject));
    }

    @Override
    public SubjectKey findOrCreate(String subject) {
        return keys.computeIfAbsent(subject, unknown -> SubjectKey.Active.generate());
    }

    @Override
    public boolean forget(String subject) {
        return keys.put(subject, new SubjectKey.Forgotten()) instanceof SubjectKey.Active;
    }
}
