package dev.headwater.privacy;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Remembers keys for a while, so that reading many events does not ask for the key of each.
 *
 * <p>A subject that is forgotten through this object is forgotten here at once. When another process forgets a subject,
 * this one can still read and write its data until the time to live has passed; what is written then can be read by
 * nobody afterwards. That nothing is known of a subject is not remembered. Thread-safe.
 */
public final class CachedSubjectKeys implements SubjectKeys {

    /** How long a key is remembered unless said otherwise. */
    public static final Duration DEFAULT_TIME_TO_LIVE = Duration.ofMinutes(1);

    /** How many keys are remembered unless said otherwise. */
    public static final int DEFAULT_CAPACITY = 10_000;

    private final SubjectKeys keys;
    private final long timeToLiveNanos;
    private final int capacity;
    private final LongSupplier nanoTime;

    private final ReentrantLock lock = new ReentrantLock();
    /** In the order in which they were learnt, which is nearly that in which they grow old. */
    private final LinkedHashMap<String, Entry> entries = new LinkedHashMap<>();
    /** How many subjects were forgotten, so that a key that was found before is not remembered after. */
    private long forgotten;

    /** A key, and when it was asked for. */
    private record Entry(SubjectKey key, long asked) {}

    /** Remembers {@value #DEFAULT_CAPACITY} keys, each for a minute. */
    public CachedSubjectKeys(SubjectKeys keys) {
        this(keys, DEFAULT_TIME_TO_LIVE, DEFAULT_CAPACITY);
    }

    /**
     * Remembers keys as told.
     *
     * @param timeToLive how long a key is remembered, and so the longest time that data can be read here after another
     *     process has forgotten its subject
     * @param capacity how many keys are remembered, 1 or more; the oldest make room
     */
    public CachedSubjectKeys(SubjectKeys keys, Duration timeToLive, int capacity) {
        this(keys, timeToLive, capacity, System::nanoTime);
    }

    /** Remembers keys by a clock that nobody sets. */
    CachedSubjectKeys(SubjectKeys keys, Duration timeToLive, int capacity, LongSupplier nanoTime) {
        if (timeToLive.isNegative() || capacity < 1) {
            throw new IllegalArgumentException("The time to live of keys is " + timeToLive + " and their number "
                    + capacity + ": expected no negative time, and 1 or more");
        }
        this.keys = keys;
        this.timeToLiveNanos = TimeUnit.NANOSECONDS.convert(timeToLive);
        this.capacity = capacity;
        this.nanoTime = nanoTime;
    }

    @Override
    public Optional<SubjectKey> find(String subject) {
        var known = remembered(subject);
        return known != null ? Optional.of(known) : learn(subject, () -> keys.find(subject));
    }

    @Override
    public SubjectKey findOrCreate(String subject) {
        var known = remembered(subject);
        return known != null
                ? known
                : learn(subject, () -> Optional.of(keys.findOrCreate(subject))).orElseThrow();
    }

    @Override
    public boolean forget(String subject) {
        try {
            return keys.forget(subject);
        } finally {
            drop(subject);
        }
    }

    private @Nullable SubjectKey remembered(String subject) {
        lock.lock();
        try {
            long now = nanoTime.getAsLong();
            dropExpired(now);
            var entry = entries.get(subject);
            return entry == null || isExpired(entry, now) ? null : entry.key();
        } finally {
            lock.unlock();
        }
    }

    private Optional<SubjectKey> learn(String subject, Supplier<Optional<SubjectKey>> source) {
        long before = forgottenSoFar();
        long asked = nanoTime.getAsLong();
        var found = source.get();
        found.ifPresent(key -> remember(subject, new Entry(key, asked), before));
        return found;
    }

    private void remember(String subject, Entry entry, long forgottenBefore) {
        lock.lock();
        try {
            if (forgotten != forgottenBefore) {
                return;
            }
            entries.remove(subject);
            entries.put(subject, entry);
            if (entries.size() > capacity) {
                entries.pollFirstEntry();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Also when forgetting has failed, since nobody knows what it had done by then. */
    private void drop(String subject) {
        lock.lock();
        try {
            forgotten++;
            entries.remove(subject);
        } finally {
            lock.unlock();
        }
    }

    /** Drops the expired entries in front, which are all but for those whose answer overtook another. */
    private void dropExpired(long now) {
        var oldest = entries.values().iterator();
        while (oldest.hasNext() && isExpired(oldest.next(), now)) {
            oldest.remove();
        }
    }

    private boolean isExpired(Entry entry, long now) {
        return now - entry.asked() >= timeToLiveNanos;
    }

    private long forgottenSoFar() {
        lock.lock();
        try {
            return forgotten;
        } finally {
            lock.unlock();
        }
    }

    /** What is remembered now, for tests that look for keys that should be gone. */
    Map<String, SubjectKey> contents() {
        lock.lock();
        try {
            var contents = new LinkedHashMap<String, SubjectKey>();
            entries.forEach((subject, entry) -> contents.put(subject, entry.key()));
            return contents;
        } finally {
            lock.unlock();
        }
    }
}
