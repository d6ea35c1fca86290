package dev.headwater.postgres.faults;

import dev.headwater.postgres.faults.Counters.Counter;
import dev.headwater.store.AppendResult;
import dev.headwater.store.EventStore;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Compares the log with the journals of the workers, while they go on working.
 *
 * <p>One round is: take note of the journals, {@linkplain #readLog read} what is new in the log, take note of the
 * journals again, {@linkplain #check check}. Then every append that was acknowledged before the log was read has to be
 * there, and everything that is there has to be meant by somebody. An append is forgotten when it is settled, so that
 * events that belong to none are also found when an append is stored twice. Not thread-safe.
 */
final class LogAudit {

    /** An append that is not settled. */
    private static final class Open {
        final Intent intent;

        @Nullable
        AppendResult acknowledged;

        @Nullable
        AppendResult found;

        boolean ruledOut;
        boolean abandoned;
        boolean ambiguous;

        Open(Intent intent) {
            this.intent = intent;
        }
    }

    /** An event of the log, as far as it has to be right. */
    private record Sighting(long position, StreamId stream, long version, UUID id, Set<String> tags, Counted event) {}

    private final Map<String, Open> open = new LinkedHashMap<>();
    private final List<String> due = new ArrayList<>();
    private final Map<String, List<Sighting>> unmatched = new LinkedHashMap<>();
    private final NavigableMap<Long, String> conflicts = new TreeMap<>();

    private final Map<StreamId, Long> versions = new HashMap<>();
    private final Map<String, Long> seats = new HashMap<>();
    private Map<StreamId, Counter> counted = Map.of();

    private LogDigest digest = LogDigest.EMPTY;
    private long acknowledgedEvents;
    private long unknownOutcomes;
    private long ambiguousAppends;

    /** Takes note of what a worker wrote down. */
    void note(Entry entry) {
        switch (entry) {
            case Entry.Meant(var intent) -> open.putIfAbsent(intent.key(), new Open(intent));
            case Entry.Acknowledged(var key, var result) -> {
                var append = require(key);
                Verdict.require(
                        !append.ruledOut, "The append %s was acknowledged after it had been refused", append.intent);
                append.acknowledged = result;
                append.abandoned = false;
                acknowledgedEvents += append.intent.size();
                due.add(key);
            }
            case Entry.Refused(var key, long conflictPosition) -> {
                var append = require(key);
                Verdict.require(
                        append.acknowledged == null,
                        "The append %s was refused after it had been acknowledged",
                        append.intent);
                Verdict.require(
                        !Streams.isOwn(append.intent),
                        "The append %s was refused, although nobody else writes to its stream",
                        append.intent);
                append.ruledOut = true;
                append.intent.seat().ifPresent(seat -> conflicts.put(conflictPosition, seat));
            }
            case Entry.NothingStored(var key) -> require(key).ruledOut = true;
            case Entry.Unknown(var key) -> {
                require(key);
                unknownOutcomes++;
            }
            case Entry.Ready() -> {}
        }
    }

    private Open require(String key) {
        var append = open.get(key);
        if (append == null) {
            throw Verdict.failure("The journal names the append %s, which is settled or was never meant", key);
        }
        return append;
    }

    /** The appends of a worker that have no outcome. */
    List<Intent> pending(int worker) {
        return open.values().stream()
                .filter(append -> append.intent.worker() == worker)
                .filter(append -> append.acknowledged == null && !append.ruledOut && !append.abandoned)
                .map(append -> append.intent)
                .toList();
    }

    /** Counts appends that had no outcome when a kill happened, each once. */
    void countAmbiguous(List<Intent> intents) {
        for (var intent : intents) {
            var append = require(intent.key());
            ambiguousAppends += append.ambiguous ? 0 : 1;
            append.ambiguous = true;
        }
    }

    /** How many of the appends are in the log. */
    long stored(List<Intent> intents) {
        return intents.stream()
                .filter(intent -> require(intent.key()).found != null)
                .count();
    }

    /** Expects no outcome for an append any more. */
    void abandon(Intent intent) {
        require(intent.key()).abandoned = true;
    }

    /** Reads what is new in the log, and requires positions and versions without gaps. */
    void readLog(EventStore store) {
        store.readLog(digest.position()).forEach(this::see);
    }

    private void see(StoredEvent stored) {
        digest = digest.plus(stored);
        long version = versions.merge(stored.stream(), 1L, Long::sum);
        Verdict.require(
                stored.version() == version, "Expected version %d in its stream for the event %s", version, stored);
        var sighting =
                new Sighting(stored.position(), stored.stream(), stored.version(), stored.id(), stored.tags(), (Counted)
                        stored.event());
        for (var tag : sighting.tags()) {
            var other = seats.putIfAbsent(tag, sighting.position());
            Verdict.require(other == null, "The seat of %s was given away before, at position %s", stored, other);
        }
        unmatched
                .computeIfAbsent(sighting.event().intent(), key -> new ArrayList<>())
                .add(sighting);
    }

    /** Requires that the log, as far as it was read, and the journals agree. */
    void check(List<String> acknowledgedBefore) {
        unmatched.forEach((key, sightings) -> {
            var append = open.get(key);
            if (append == null || append.found != null) {
                throw Verdict.failure(
                        "The log holds %s, which nobody meant, or which was in the log or refused before", sightings);
            }
            append.found = match(append.intent, sightings);
        });
        unmatched.clear();
        for (var key : acknowledgedBefore) {
            var append = open.get(key);
            if (append != null && append.found == null) {
                throw Verdict.failure(
                        "The append %s was acknowledged with %s but is not in the log",
                        append.intent, append.acknowledged);
            }
        }
        open.values().removeIf(LogAudit::isSettled);
        checkConflicts();
    }

    /** A refusal for a condition names the event that breaks it; what lies beyond the log read so far is left. */
    private void checkConflicts() {
        var known = conflicts.headMap(digest.position(), true);
        known.forEach((position, seat) -> Verdict.require(
                position.equals(seats.get(seat)),
                "An append was refused because the seat %s is taken at position %d, but it is taken at %s",
                seat,
                position,
                seats.get(seat)));
        known.clear();
    }

    /** The appends that were acknowledged since the last call. */
    List<String> takeDue() {
        var taken = List.copyOf(due);
        due.clear();
        return taken;
    }

    private static boolean isSettled(Open append) {
        var found = append.found;
        if (append.ruledOut) {
            Verdict.require(
                    found == null,
                    "The append %s was refused or not stored, but is in the log at %s",
                    append.intent,
                    found);
            return true;
        }
        if (found == null || append.acknowledged == null) {
            return false;
        }
        Verdict.require(
                found.equals(append.acknowledged),
                "The append %s was acknowledged with %s, but stands in the log at %s",
                append.intent,
                append.acknowledged,
                found);
        return true;
    }

    /** Where an append stands in the log; it has to be there completely, in order, in one piece and once. */
    private static AppendResult match(Intent intent, List<Sighting> sightings) {
        Verdict.require(
                sightings.size() == intent.size(), "Of the append %s the log holds exactly %s", intent, sightings);
        long first = sightings.getFirst().position();
        var reached = new HashMap<StreamId, Long>();
        int index = 0;
        for (var part : intent.parts()) {
            for (var id : part.ids()) {
                var sighting = sightings.get(index);
                boolean right = sighting.position() == first + index
                        && sighting.stream().equals(part.stream())
                        && sighting.id().equals(id)
                        && sighting.event().index() == index
                        && sighting.event().of() == intent.size()
                        && sighting.tags().equals(intent.seat().map(Set::of).orElse(Set.of()));
                Verdict.require(right, "The append %s stands in the log as %s", intent, sightings);
                reached.put(part.stream(), sighting.version());
                index++;
            }
        }
        return new AppendResult(first, first + index - 1, reached);
    }

    /** The appends whose outcome is not known yet, or not confirmed by the log. */
    List<Intent> unsettled() {
        return open.values().stream()
                .filter(append -> !append.abandoned)
                .map(append -> append.intent)
                .toList();
    }

    /**
     * Requires that of every stream exactly its first events were counted, in their order, and no fewer than before:
     * whoever counts one event after the other from the first on has counted as many as the version of the last.
     */
    void checkCounters(Map<StreamId, Counter> found) {
        found.forEach((stream, counter) -> {
            Verdict.require(
                    counter.events() == counter.version() && counter.version() <= versions.getOrDefault(stream, 0L),
                    "Of the stream %s the projection has counted %s, where the log holds %s events",
                    stream,
                    counter,
                    versions.get(stream));
        });
        counted.forEach((stream, before) -> {
            var now = found.getOrDefault(stream, new Counter(0, 0));
            Verdict.require(
                    now.events() >= before.events(),
                    "The projection went back to %s of the stream %s after it had been at %s",
                    now,
                    stream,
                    before);
        });
        counted = Map.copyOf(found);
    }

    /** What was read of the log. */
    LogDigest digest() {
        return digest;
    }

    long acknowledgedEvents() {
        return acknowledgedEvents;
    }

    long unknownOutcomes() {
        return unknownOutcomes;
    }

    long ambiguousAppends() {
        return ambiguousAppends;
    }

    /** Whether every event that was read of the log was counted. */
    boolean isCounted() {
        return versions.keySet().equals(counted.keySet())
                && counted.entrySet().stream()
                        .allMatch(entry -> entry.getValue().events() == versions.get(entry.getKey()));
    }
}
