package dev.headwater.postgres.faults;

import dev.headwater.Envelope;
import dev.headwater.UuidV7;
import dev.headwater.store.Append;
import dev.headwater.store.AppendCondition;
import dev.headwater.store.EventQuery;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.NewEvent;
import dev.headwater.store.StreamId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An append as its writer means it, with everything that is needed to repeat it in another process.
 *
 * @param key names it in the whole campaign; begins with the number of the worker and a dot
 * @param seat a tag that only one event of the log may have; the append is under that condition
 * @param parts one part per stream
 */
record Intent(String key, Optional<String> seat, List<Part> parts) {

    private static final String NO_SEAT = "-";

    /** The events for one stream. */
    record Part(StreamId stream, ExpectedVersion expected, List<UUID> ids) {

        static Part of(StreamId stream, ExpectedVersion expected, int events) {
            return new Part(
                    stream,
                    expected,
                    Stream.generate(UuidV7::next).limit(events).toList());
        }

        private static Part parse(String text) {
            var fields = text.split("\\|", 3);
            var ids = Arrays.stream(fields[2].split(",", -1))
                    .map(UUID::fromString)
                    .toList();
            return new Part(new StreamId(fields[0]), parseExpected(fields[1]), ids);
        }

        private static ExpectedVersion parseExpected(String text) {
            return text.equals("any") ? ExpectedVersion.any() : ExpectedVersion.exactly(Long.parseLong(text));
        }

        private String text() {
            var version = switch (expected) {
                case ExpectedVersion.Any() -> "any";
                case ExpectedVersion.NoStream() -> "0";
                case ExpectedVersion.Exactly(long exactly) -> Long.toString(exactly);
                case ExpectedVersion.StreamExists() -> throw new IllegalArgumentException("Not used here");
            };
            return stream + "|" + version + "|"
                    + ids.stream().map(UUID::toString).collect(Collectors.joining(","));
        }
    }

    static Intent parse(String text) {
        var fields = text.split(" ", -1);
        var parts = Arrays.stream(fields).skip(2).map(Part::parse).toList();
        return new Intent(fields[0], fields[1].equals(NO_SEAT) ? Optional.empty() : Optional.of(fields[1]), parts);
    }

    String text() {
        return key + " " + seat.orElse(NO_SEAT) + " "
                + parts.stream().map(Part::text).collect(Collectors.joining(" "));
    }

    int worker() {
        return Integer.parseInt(key.substring(0, key.indexOf('.')));
    }

    int size() {
        return parts.stream().mapToInt(part -> part.ids().size()).sum();
    }

    /** Whether the order of this append among others decides if it is refused. */
    boolean isUnconditional() {
        return seat.isEmpty() && parts.stream().allMatch(part -> part.expected() instanceof ExpectedVersion.Any);
    }

    Append toAppend() {
        var tags = seat.map(Set::of).orElse(Set.of());
        var appendParts = new ArrayList<Append.Part>();
        int index = 0;
        for (var part : parts) {
            var events = new ArrayList<NewEvent>();
            for (var id : part.ids()) {
                var event = new Counted(key, index++, size());
                events.add(new NewEvent(Envelope.of(event).withId(id), tags));
            }
            appendParts.add(new Append.Part(part.stream(), part.expected(), events));
        }
        return new Append(
                appendParts, seat.map(tag -> AppendCondition.noneMatching(EventQuery.withTags(Set.of(tag)), 0)));
    }
}
