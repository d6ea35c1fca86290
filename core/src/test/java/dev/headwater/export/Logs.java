package dev.headwater.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.EncodedMessage;
import dev.headwater.Metadata;
import dev.headwater.memory.InMemoryEventStorage;
import dev.headwater.store.Direction;
import dev.headwater.store.EventQuery;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.EncodedAppend;
import dev.headwater.store.spi.EncodedEvent;
import dev.headwater.store.spi.EventStorage;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Logs to be exported, of events that no class is known for. */
final class Logs {

    static final Instant TIME = Instant.parse("2026-02-28T12:34:56.000000789Z");

    private Logs() {}

    /** A log of so many events, in streams that take turns: orders, and an invoice after every two of them. */
    static InMemoryEventStorage of(int events) {
        var log = new InMemoryEventStorage();
        for (int i = 1; i <= events; i++) {
            append(log, i % 3 == 0 ? "invoice-1" : "order-" + i % 3, event(i));
        }
        return log;
    }

    static EncodedMessage event(int number) {
        return event(number, "{\"number\":" + number + "}");
    }

    static EncodedMessage event(int number, String payload) {
        return new EncodedMessage(
                new UUID(7, number), "counted", 1, TIME, Metadata.NONE, payload.getBytes(StandardCharsets.UTF_8));
    }

    static void append(EventStorage log, String stream, EncodedMessage... events) {
        append(log, stream, Set.of(), events);
    }

    static void append(EventStorage log, String stream, Set<String> tags, EncodedMessage... events) {
        var tagged = Arrays.stream(events)
                .map(event -> new EncodedAppend.Event(event, tags))
                .toList();
        log.append(new EncodedAppend(
                List.of(new EncodedAppend.Part(new StreamId(stream), ExpectedVersion.any(), tagged)),
                Optional.empty()));
    }

    static List<EncodedEvent> read(EventStorage log) {
        return log.readLog(EventQuery.all().withReserved(), Direction.FORWARDS, 0, Integer.MAX_VALUE)
                .events();
    }

    /** The same events at the same places; payloads byte for byte. */
    static void requireSame(EventStorage log, EventStorage expected) {
        assertThat(comparable(log)).isEqualTo(comparable(expected));
    }

    private static List<List<Object>> comparable(EventStorage log) {
        return read(log).stream()
                .map(event -> {
                    var message = event.message();
                    return List.<Object>of(
                            event.position(),
                            event.stream(),
                            event.version(),
                            event.tags(),
                            message.id(),
                            message.type(),
                            message.schemaVersion(),
                            message.time(),
                            message.metadata(),
                            new String(message.payload(), StandardCharsets.ISO_8859_1));
                })
                .toList();
    }
}
