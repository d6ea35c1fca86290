package dev.headwater.workflow.code;

import dev.headwater.Metadata;
import dev.headwater.store.StoredEvent;
import dev.headwater.workflow.code.Entry.Answer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What is known of an instance in its present run: the fold of its journal. Entries are applied when they are read, and
 * by a turn as soon as they are decided; those that are not recorded then are dropped together with this object. Not
 * thread-safe.
 */
final class Journal {

    /** What every run of an instance begins with. */
    record Beginning(int run, int version, UUID seed, Optional<Entry.Parent> parent, Origin origin, Instant time) {}

    /** What the run was started with: an event of the log, or a value. */
    sealed interface Origin {
        record OfEvent(long position, String type) implements Origin {}

        record OfValue(JsonNode value) implements Origin {}
    }

    private final Map<Place, List<Answer>> answers = new HashMap<>();
    private final Map<String, Integer> lengths = new HashMap<>();
    private final Map<Place, Map<String, Integer>> versions = new HashMap<>();
    private final Map<Place, Map<String, String>> shown = new HashMap<>();
    private final SortedMap<Long, String> kept = new TreeMap<>();
    private final List<Entry> log = new ArrayList<>();
    private final Map<Long, StoredEvent> events = new HashMap<>();
    private final Set<Long> taken = new HashSet<>();
    private final Set<String> undone = new HashSet<>();
    private final List<String> undoneNames = new ArrayList<>();
    private @Nullable Beginning beginning;
    private Entry.@Nullable Failing failing;
    private Entry.@Nullable Cancelling cancelling;
    private Entry.@Nullable Ended ended;
    private Metadata metadata = Metadata.NONE;
    private long version;
    private long seen;
    private long begun;
    private long seenBefore;
    private long seenInFormerRuns;
    private long timers;

    /** Takes note that the stream has got to this version. */
    void at(long newVersion) {
        version = newVersion;
    }

    /** Takes note of where in the log the instance began. */
    void begunAt(long position) {
        begun = position;
        seenBefore = seen;
    }

    /** The version of the stream; 0 when there is none. */
    long version() {
        return version;
    }

    /** What everything that the instance sends inherits: that of its first entry. */
    void begunUnder(Metadata newMetadata) {
        metadata = newMetadata;
    }

    Metadata metadata() {
        return metadata;
    }

    /** Events of the log that the instance has taken, as far as they are at hand: by position. */
    Map<Long, StoredEvent> events() {
        return events;
    }

    Remembered remembered() {
        return new Remembered(log, version, metadata, begun, events);
    }

    void apply(Entry entry) {
        log.add(entry);
        switch (entry) {
            case Entry.Started started -> begin(started);
            case Entry.Continued continued -> begin(continued);
            case Entry.Kept event -> {
                kept.put(event.position(), event.type());
                saw(event.position());
            }
            case Entry.Received received -> {
                kept.remove(received.position());
                saw(received.position());
                answer(received);
            }
            case Entry.TimedOut timedOut -> {
                saw(timedOut.position());
                answer(timedOut);
            }
            case Entry.ChildReceived received -> {
                kept.remove(received.position());
                saw(received.position());
                answer(received);
            }
            case Entry.Awaiting awaiting -> {
                awaiting.timer().ifPresent(this::usedTimer);
                answer(awaiting);
            }
            case Entry.AttemptFailed failed -> {
                usedTimer(failed.timer());
                answer(failed);
            }
            case Answer other -> answer(other);
            case Entry.Versioned choice ->
                versions.computeIfAbsent(choice.place(), place -> new HashMap<>())
                        .put(choice.change(), choice.version());
            case Entry.Shown values ->
                shown.computeIfAbsent(values.place(), place -> new HashMap<>()).putAll(values.attributes());
            case Entry.Failing reason -> failing = reason;
            case Entry.Cancelling reason -> {
                cancelling = reason;
                saw(reason.position());
            }
            case Entry.Compensated done -> {
                undone.add(done.compensation());
                undoneNames.add(done.name());
            }
            case Entry.Skipped skipped -> {
                undone.add(skipped.compensation());
                saw(skipped.position());
            }
            case Entry.Ended how -> ended = how;
            case Entry.Unclaimed event -> {
                kept.remove(event.position());
                saw(event.position());
            }
            case Entry.ChildEnded told -> {}
        }
    }

    private void begin(Entry.Started started) {
        started.position().ifPresent(this::saw);
        Origin origin = started.position().isPresent()
                ? new Origin.OfEvent(
                        started.position().getAsLong(), started.type().orElseThrow())
                : new Origin.OfValue(started.input().orElseThrow());
        beginning = new Beginning(1, started.version(), started.seed(), started.parent(), origin, started.time());
    }

    private void begin(Entry.Continued continued) {
        answers.clear();
        lengths.clear();
        versions.clear();
        shown.clear();
        kept.clear();
        kept.putAll(continued.kept());
        log.clear();
        log.add(continued);
        events.clear();
        seen = continued.seen();
        seenInFormerRuns = continued.seen();
        timers = continued.timers();
        beginning = new Beginning(
                continued.run(),
                continued.version(),
                continued.seed(),
                continued.parent(),
                new Origin.OfValue(continued.input()),
                continued.time());
    }

    private void answer(Answer entry) {
        var place = entry.place();
        answers.computeIfAbsent(place, here -> new ArrayList<>()).add(entry);
        lengths.merge(place.lane(), place.number() + 1, Math::max);
    }

    private void saw(long position) {
        taken.add(position);
        if (position < begun) {
            seenBefore = Math.max(seenBefore, position);
        } else {
            seen = Math.max(seen, position);
        }
    }

    private void usedTimer(long timer) {
        timers = Math.max(timers, timer);
    }

    boolean hasBegun() {
        return beginning != null;
    }

    Beginning beginning() {
        return Objects.requireNonNull(beginning, "an instance that has begun");
    }

    Optional<Entry.Ended> ended() {
        return Optional.ofNullable(ended);
    }

    Optional<Entry.Failing> failing() {
        return Optional.ofNullable(failing);
    }

    Optional<Entry.Cancelling> cancelling() {
        return Optional.ofNullable(cancelling);
    }

    /** Whether what was done is being undone. */
    boolean isUndoing() {
        return failing != null || cancelling != null;
    }

    /** What is recorded of the call at a place, in order. */
    List<Answer> at(Place place) {
        return answers.getOrDefault(place, List.of());
    }

    /** How many attempts of a call are known to have failed; those with short pauses between them have no entry. */
    int attempts(Place place) {
        int made = 0;
        for (var answer : at(place)) {
            if (answer instanceof Entry.AttemptFailed failed) {
                made = failed.attempt();
            }
        }
        return made;
    }

    /** What former attempts of a compensation have recorded of the call at this place. */
    List<Answer> inFormerAttempts(Place place) {
        var call = place.withoutAttempt();
        return answers.entrySet().stream()
                .filter(former -> !former.getKey().equals(place)
                        && former.getKey().withoutAttempt().equals(call))
                .flatMap(former -> former.getValue().stream())
                .toList();
    }

    /** How many calls of a lane are recorded. */
    int length(String lane) {
        return lengths.getOrDefault(lane, 0);
    }

    /** The lanes of the run. */
    Set<String> lanes() {
        return lengths.keySet();
    }

    /** The version of a change that is recorded in front of a call. */
    Optional<Integer> versionAt(Place place, String change) {
        return Optional.ofNullable(versions.getOrDefault(place, Map.of()).get(change));
    }

    boolean hasShown(Place place, String attribute, String value) {
        return value.equals(shown.getOrDefault(place, Map.of()).get(attribute));
    }

    /** Whether the event at a position, or one behind it, was taken already. */
    boolean hasSeen(long position) {
        return position <= (isBeforeStart(position) ? seenBefore : seen);
    }

    /**
     * Whether the instance has come past an event without it, as it does when that event was set aside by itself. What
     * former runs have taken is not known any more.
     */
    boolean hasMissed(long position) {
        return hasSeen(position) && position > seenInFormerRuns && !taken.contains(position);
    }

    /** Whether an event stands in the log before the call that has started the instance. */
    boolean isBeforeStart(long position) {
        return position < begun;
    }

    long seen() {
        return seen;
    }

    long timers() {
        return timers;
    }

    /** Events that came before anybody asked for them: type by position. */
    SortedMap<Long, String> kept() {
        return kept;
    }

    /** The first event of these types that is kept. */
    Optional<Entry.Kept> firstKept(Set<String> types) {
        return kept.entrySet().stream()
                .filter(event -> types.contains(event.getValue()))
                .findFirst()
                .map(event -> new Entry.Kept(event.getKey(), event.getValue()));
    }

    /** Whether a compensation is done or given up. */
    boolean isUndone(String compensation) {
        return undone.contains(compensation);
    }

    /** The names of the compensations that ran, in their order. */
    List<String> undoneNames() {
        return List.copyOf(undoneNames);
    }

    /** How many entries the run has. */
    int entries() {
        return log.size();
    }
}
