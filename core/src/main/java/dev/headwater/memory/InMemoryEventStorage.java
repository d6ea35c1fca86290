package dev.headwater.memory;

import dev.headwater.store.AppendConditionException;
import dev.headwater.store.AppendResult;
import dev.headwater.store.ConcurrencyException;
import dev.headwater.store.Direction;
import dev.headwater.store.DuplicateEventException;
import dev.headwater.store.EventQuery;
import dev.headwater.store.Hints;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.EncodedAppend;
import dev.headwater.store.spi.EncodedEvent;
import dev.headwater.store.spi.EventStorage;
import dev.headwater.store.spi.Page;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An event storage in the memory of the process, for tests and for trying things out: the promises of the real one
 * except survival.
 *
 * <p>Thread-safe. One lock guards everything, so every read is consistent.
 */
public final class InMemoryEventStorage implements EventStorage {

    private static final Logger LOG = LoggerFactory.getLogger(InMemoryEventStorage.class);

    private final ReentrantLock lock = new ReentrantLock();
    private final List<EncodedEvent> log = new ArrayList<>();
    private final Map<StreamId, List<EncodedEvent>> streams = new HashMap<>();
    private final Map<UUID, EncodedEvent> byId = new HashMap<>();
    private final List<Runnable> hints = new CopyOnWriteArrayList<>();

    /** Creates an empty storage. */
    public InMemoryEventStorage() {}

    @Override
    public AppendResult append(EncodedAppend append) {
        var result = appendOnce(append);
        hints.forEach(InMemoryEventStorage::give);
        return result;
    }

    private AppendResult appendOnce(EncodedAppend append) {
        lock.lock();
        try {
            var original = findOriginal(append);
            if (original.isPresent()) {
                return original.get();
            }
            requireAccepted(append);
            return write(append);
        } finally {
            lock.unlock();
        }
    }

    private static void give(Runnable hint) {
        try {
            hint.run();
        } catch (RuntimeException e) {
            LOG.warn("A hint that events were appended failed; the append itself succeeded", e);
        }
    }

    @Override
    public Page readStream(StreamId stream, Direction direction, long beyond, int limit) {
        lock.lock();
        try {
            return page(streams.getOrDefault(stream, List.of()), direction, beyond, limit, event -> true);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Page readLog(EventQuery query, Direction direction, long beyond, int limit) {
        lock.lock();
        try {
            return page(log, direction, beyond, limit, event -> matches(query, event));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public List<EncodedEvent> findEvents(Collection<UUID> ids) {
        lock.lock();
        try {
            return ids.stream()
                    .distinct()
                    .map(byId::get)
                    .filter(Objects::nonNull)
                    .sorted(Comparator.comparingLong(EncodedEvent::position))
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long headPosition() {
        lock.lock();
        try {
            return log.size();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long positionBefore(Instant time) {
        lock.lock();
        try {
            return log.stream()
                    .takeWhile(event -> event.message().time().isBefore(time))
                    .count();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long streamVersion(StreamId stream) {
        lock.lock();
        try {
            return streams.getOrDefault(stream, List.of()).size();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Hints onAppend(Runnable hint) {
        hints.add(hint);
        return () -> hints.remove(hint);
    }

    @Override
    public void close() {}

    /** The result of an earlier append of the same events to the same streams, side by side and in the same order. */
    private Optional<AppendResult> findOriginal(EncodedAppend append) {
        var first =
                byId.get(append.parts().getFirst().events().getFirst().message().id());
        if (first == null) {
            return Optional.empty();
        }
        var versions = new LinkedHashMap<StreamId, Long>();
        long position = first.position();
        for (var part : append.parts()) {
            for (var event : part.events()) {
                var stored = byId.get(event.message().id());
                if (stored == null
                        || stored.position() != position
                        || !stored.stream().equals(part.stream())) {
                    throw new DuplicateEventException(first.message().id());
                }
                versions.put(part.stream(), stored.version());
                position++;
            }
        }
        return Optional.of(new AppendResult(first.position(), position - 1, versions));
    }

    private void requireAccepted(EncodedAppend append) {
        for (var part : append.parts()) {
            long version = streamVersion(part.stream());
            if (!part.expected().accepts(version)) {
                throw new ConcurrencyException(part.stream(), part.expected(), version);
            }
            for (var event : part.events()) {
                if (byId.containsKey(event.message().id())) {
                    throw new DuplicateEventException(event.message().id());
                }
            }
        }
        append.condition().ifPresent(condition -> {
            var conflict =
                    page(log, Direction.FORWARDS, condition.after(), 1, event -> matches(condition.query(), event));
            if (!conflict.events().isEmpty()) {
                throw new AppendConditionException(
                        condition, conflict.events().getFirst().position());
            }
        });
    }

    private AppendResult write(EncodedAppend append) {
        long firstPosition = log.size() + 1L;
        var versions = new LinkedHashMap<StreamId, Long>();
        for (var part : append.parts()) {
            var stream = streams.computeIfAbsent(part.stream(), name -> new ArrayList<>());
            for (var event : part.events()) {
                var stored = new EncodedEvent(
                        log.size() + 1L, part.stream(), stream.size() + 1L, event.tags(), event.message());
                log.add(stored);
                stream.add(stored);
                byId.put(event.message().id(), stored);
            }
            versions.put(part.stream(), (long) stream.size());
        }
        return new AppendResult(firstPosition, log.size(), versions);
    }

    private static boolean matches(EventQuery query, EncodedEvent event) {
        return query.matches(event.message().type(), event.stream(), event.tags());
    }

    /** Reads from a list in which the event numbered n, by version or by position, stands at index n - 1. */
    private static Page page(
            List<EncodedEvent> events, Direction direction, long beyond, int limit, Predicate<EncodedEvent> wanted) {
        int step = direction == Direction.FORWARDS ? 1 : -1;
        var found = new ArrayList<EncodedEvent>();
        long number = direction == Direction.FORWARDS ? beyond : Math.min(beyond, events.size() + 1L);
        while (found.size() < limit && number + step >= 1 && number + step <= events.size()) {
            number += step;
            var event = events.get((int) (number - 1));
            if (wanted.test(event)) {
                found.add(event);
            }
        }
        return new Page(found, number, found.size() < limit);
    }
}
