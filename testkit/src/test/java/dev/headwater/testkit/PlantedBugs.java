package dev.headwater.testkit;

import dev.headwater.EncodedMessage;
import dev.headwater.store.AppendCondition;
import dev.headwater.store.AppendConditionException;
import dev.headwater.store.AppendResult;
import dev.headwater.store.Direction;
import dev.headwater.store.DuplicateEventException;
import dev.headwater.store.EventQuery;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.Hints;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.EncodedAppend;
import dev.headwater.store.spi.EncodedAppend.Event;
import dev.headwater.store.spi.EncodedAppend.Part;
import dev.headwater.store.spi.EncodedEvent;
import dev.headwater.store.spi.EventStorage;
import dev.headwater.store.spi.Page;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Storages with one bug each. Those that need a race to show themselves are in {@link RacingBugs}. */
final class PlantedBugs {

    /** Bugs of long appends hit from here on, as they do where rows are inserted in chunks. */
    private static final int CHUNK = 1_000;

    private PlantedBugs() {}

    /** Answers without doing anything. */
    static final class DoesNothing implements EventStorage {
        @Override
        public AppendResult append(EncodedAppend append) {
            return new AppendResult(0, 0, Map.of());
        }

        @Override
        public Page readStream(StreamId stream, Direction direction, long beyond, int limit) {
            return new Page(List.of(), beyond, true);
        }

        @Override
        public Page readLog(EventQuery query, Direction direction, long beyond, int limit) {
            return new Page(List.of(), beyond, true);
        }

        @Override
        public List<EncodedEvent> findEvents(Collection<UUID> ids) {
            return List.of();
        }

        @Override
        public long headPosition() {
            return 0;
        }

        @Override
        public long positionBefore(Instant time) {
            return -1;
        }

        @Override
        public long streamVersion(StreamId stream) {
            return 0;
        }

        @Override
        public Hints onAppend(Runnable hint) {
            return () -> {};
        }

        @Override
        public void close() {}
    }

    /** Never looks at the expected version. */
    static final class IgnoresExpectedVersion extends ForwardingStorage {
        @Override
        public AppendResult append(EncodedAppend append) {
            return super.append(
                    mapParts(append, part -> new Part(part.stream(), ExpectedVersion.any(), part.events())));
        }
    }

    /** Inserts the second chunk of a long append before the first. */
    static final class ReordersWithinAStream extends ForwardingStorage {
        @Override
        public AppendResult append(EncodedAppend append) {
            return super.append(mapParts(append, part -> {
                var events = part.events();
                if (events.size() <= CHUNK) {
                    return part;
                }
                var reordered = new ArrayList<>(events.subList(CHUNK, events.size()));
                reordered.addAll(events.subList(0, CHUNK));
                return new Part(part.stream(), part.expected(), reordered);
            }));
        }
    }

    /** Swaps the last two events of a page of a stream that is full. */
    static final class ReordersWithinAPage extends ForwardingStorage {
        @Override
        public Page readStream(StreamId stream, Direction direction, long beyond, int limit) {
            var page = super.readStream(stream, direction, beyond, limit);
            var events = new ArrayList<>(page.events());
            if (events.size() == limit && limit > 1) {
                events.add(events.size() - 2, events.removeLast());
            }
            return new Page(events, page.through(), page.end());
        }
    }

    /** Drops the event at the end of the first chunk of a long append. */
    static final class LosesOneEventOfABatch extends ForwardingStorage {
        @Override
        public AppendResult append(EncodedAppend append) {
            return super.append(mapParts(append, part -> {
                var kept = new ArrayList<>(part.events());
                if (kept.size() > CHUNK) {
                    kept.remove(CHUNK - 1);
                }
                return new Part(part.stream(), part.expected(), kept);
            }));
        }
    }

    /** Appends stream by stream, so a refusal of the second comes too late for the first. */
    static final class NotAtomicAcrossStreams extends ForwardingStorage {
        @Override
        public synchronized AppendResult append(EncodedAppend append) {
            var versions = new HashMap<StreamId, Long>();
            long first = 0;
            long last = 0;
            var condition = append.condition();
            for (var part : append.parts()) {
                var result = super.append(new EncodedAppend(List.of(part), condition));
                condition = Optional.empty();
                first = first == 0 ? result.firstPosition() : first;
                last = result.lastPosition();
                versions.putAll(result.versions());
            }
            return new AppendResult(first, last, versions);
        }
    }

    /** Puts what goes to the same stream together, and so changes the order of the log. */
    static final class GroupsByStream extends ForwardingStorage {
        @Override
        public AppendResult append(EncodedAppend append) {
            var grouped = new LinkedHashMap<StreamId, Part>();
            for (var part : append.parts()) {
                grouped.merge(part.stream(), part, (one, other) -> {
                    var events = new ArrayList<>(one.events());
                    events.addAll(other.events());
                    return new Part(part.stream(), part.expected(), events);
                });
            }
            return super.append(new EncodedAppend(List.copyOf(grouped.values()), append.condition()));
        }
    }

    /** Keeps times to the microsecond, as a {@code timestamptz} does. */
    static final class RoundsTimes extends ForwardingStorage {
        @Override
        public AppendResult append(EncodedAppend append) {
            return super.append(mapMessages(
                    append,
                    message -> new EncodedMessage(
                            message.id(),
                            message.type(),
                            message.schemaVersion(),
                            message.time().truncatedTo(ChronoUnit.MICROS),
                            message.metadata(),
                            message.payload())));
        }
    }

    /** Takes a repeated append for one that uses the ids of others. */
    static final class ForgetsRetries extends ForwardingStorage {
        private final Set<UUID> stored = ConcurrentHashMap.newKeySet();

        @Override
        public synchronized AppendResult append(EncodedAppend append) {
            for (var part : append.parts()) {
                for (var event : part.events()) {
                    if (stored.contains(event.message().id())) {
                        throw new DuplicateEventException(event.message().id());
                    }
                }
            }
            var result = super.append(append);
            for (var part : append.parts()) {
                part.events().forEach(event -> stored.add(event.message().id()));
            }
            return result;
        }
    }

    /** Looks for retries by the ids alone, wherever and in whichever order they are stored. */
    static final class TakesAnyKnownIdForARetry extends ForwardingStorage {
        private final Map<UUID, AppendResult> results = new ConcurrentHashMap<>();

        @Override
        public AppendResult append(EncodedAppend append) {
            var ids = append.parts().stream()
                    .flatMap(part -> part.events().stream())
                    .map(event -> event.message().id())
                    .collect(Collectors.toSet());
            for (var id : ids) {
                var known = results.get(id);
                if (known != null) {
                    return known;
                }
            }
            var result = super.append(append);
            ids.forEach(id -> results.put(id, result));
            return result;
        }
    }

    /** Compares categories with the names of streams by a pattern. */
    static final class FiltersBadly extends ForwardingStorage {
        private final UnaryOperator<String> pattern;

        private FiltersBadly(UnaryOperator<String> pattern) {
            this.pattern = pattern;
        }

        /** Finds the streams whose name begins with the category, dash or not. */
        static EventStorage byPrefix() {
            return new FiltersBadly(category -> Pattern.quote(category) + ".*");
        }

        /** Hands the category to SQL's {@code LIKE} as it is. */
        static EventStorage byLike() {
            return new FiltersBadly(
                    category -> Pattern.quote(category).replace("%", "\\E.*\\Q").replace("_", "\\E.\\Q") + "(-.*)?");
        }

        @Override
        public Page readLog(EventQuery query, Direction direction, long beyond, int limit) {
            var categories = query.anyOf().stream()
                    .flatMap(criterion -> criterion.categories().stream())
                    .collect(Collectors.toMap(
                            category -> category,
                            category -> Pattern.compile(pattern.apply(category), Pattern.DOTALL),
                            (one, same) -> one));
            var all = super.readLog(EventQuery.all().withReserved(), direction, beyond, Integer.MAX_VALUE);
            var wanted = all.events().stream()
                    .filter(event -> (query.anyOf().isEmpty() && !event.stream().isReserved())
                            || query.anyOf().stream().anyMatch(criterion -> matches(criterion, categories, event)))
                    .toList();
            return wanted.size() <= limit
                    ? new Page(wanted, all.through(), true)
                    : new Page(wanted.subList(0, limit), wanted.get(limit - 1).position(), false);
        }

        private static boolean matches(
                EventQuery.Criterion criterion, Map<String, Pattern> categories, EncodedEvent event) {
            var name = event.stream().name();
            return new EventQuery.Criterion(criterion.types(), Set.of(), criterion.tags(), criterion.reserved())
                            .matches(event.message().type(), event.stream(), event.tags())
                    && (criterion.categories().isEmpty()
                            || criterion.categories().stream()
                                    .anyMatch(category -> categories
                                            .get(category)
                                            .matcher(name)
                                            .matches()));
        }
    }

    /** Says of a full filtered page that it reaches the head of the log. */
    static final class PageReachesTooFar extends ForwardingStorage {
        @Override
        public Page readLog(EventQuery query, Direction direction, long beyond, int limit) {
            var page = super.readLog(query, direction, beyond, limit);
            return query.anyOf().isEmpty() || query.wantsWholeLog() || direction == Direction.BACKWARDS
                    ? page
                    : new Page(page.events(), Math.max(page.through(), headPosition()), page.end());
        }
    }

    /** Checks a condition against the whole log instead of what came after its position. */
    static final class ForgetsThePositionOfACondition extends ForwardingStorage {
        @Override
        public AppendResult append(EncodedAppend append) {
            return super.append(new EncodedAppend(
                    append.parts(), append.condition().map(condition -> new AppendCondition(condition.query(), 0))));
        }
    }

    /** Looks for a time as if times grew with positions. */
    static final class HalvesTheLogToFindATime extends ForwardingStorage {
        @Override
        public long positionBefore(Instant time) {
            long low = 0;
            long high = headPosition();
            while (low < high) {
                long middle = (low + high) / 2;
                var event = readLog(EventQuery.all().withReserved(), Direction.FORWARDS, middle, 1)
                        .events()
                        .getFirst();
                if (event.message().time().isBefore(time)) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            return low;
        }
    }

    /** Gives what is in reserved streams to whoever asks for all events. */
    static final class GivesReservedStreamsToAll extends ForwardingStorage {
        @Override
        public Page readLog(EventQuery query, Direction direction, long beyond, int limit) {
            return super.readLog(query.anyOf().isEmpty() ? query.withReserved() : query, direction, beyond, limit);
        }
    }

    /** Leaves reserved streams out of all events only. */
    static final class GivesReservedStreamsByCriteria extends ForwardingStorage {
        @Override
        public Page readLog(EventQuery query, Direction direction, long beyond, int limit) {
            return super.readLog(query.anyOf().isEmpty() ? query : query.withReserved(), direction, beyond, limit);
        }
    }

    /** Refuses an append for what happened in a reserved stream. */
    static final class ConditionsLookIntoReservedStreams extends ForwardingStorage {
        @Override
        public AppendResult append(EncodedAppend append) {
            var wider = append.condition()
                    .map(condition -> new AppendCondition(condition.query().withReserved(), condition.after()));
            try {
                return super.append(new EncodedAppend(append.parts(), wider));
            } catch (AppendConditionException e) {
                throw new AppendConditionException(append.condition().orElseThrow(), e.conflictPosition());
            }
        }
    }

    /** Looks for ids in ordinary streams only. */
    static final class FindsNothingInReservedStreams extends ForwardingStorage {
        @Override
        public List<EncodedEvent> findEvents(Collection<UUID> ids) {
            return super.findEvents(ids).stream()
                    .filter(event -> !event.stream().isReserved())
                    .toList();
        }
    }

    /** Finds nothing by its id, so a command is decided again before its repetition is recognised. */
    static final class FindsNothingById extends ForwardingStorage {
        @Override
        public List<EncodedEvent> findEvents(Collection<UUID> ids) {
            return List.of();
        }
    }

    /** Finds events in the order of the ids, each as often as it is asked for. */
    static final class FindsInTheOrderOfTheQuestion extends ForwardingStorage {
        @Override
        public List<EncodedEvent> findEvents(Collection<UUID> ids) {
            return ids.stream()
                    .flatMap(id -> super.findEvents(List.of(id)).stream())
                    .toList();
        }
    }

    /** Acknowledges what became of a command without event, and forgets it. */
    static final class ForgetsRefusals extends ForwardingStorage {
        @Override
        public AppendResult append(EncodedAppend append) {
            var part = append.parts().getFirst();
            return part.stream().category().equals("$command")
                    ? new AppendResult(headPosition(), headPosition(), Map.of(part.stream(), 1L))
                    : super.append(append);
        }
    }

    private static EncodedAppend mapParts(EncodedAppend append, UnaryOperator<Part> change) {
        return new EncodedAppend(append.parts().stream().map(change).toList(), append.condition());
    }

    private static EncodedAppend mapMessages(EncodedAppend append, UnaryOperator<EncodedMessage> change) {
        return mapParts(
                append,
                part -> new Part(
                        part.stream(),
                        part.expected(),
                        part.events().stream()
                                .map(event -> new Event(change.apply(event.message()), event.tags()))
                                .toList()));
    }
}
