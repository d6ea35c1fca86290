package dev.headwater.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.DomainEvent;
import dev.headwater.MessageType;
import dev.headwater.MessageTypes;
import dev.headwater.store.Append;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.EventStorage;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;

/** The event of these tests, and what must hold for every log. */
public final class Events {

    public static final MessageTypes TYPES = MessageTypes.of(Counted.class);

    private Events() {}

    @MessageType("counted")
    public record Counted(int number) implements DomainEvent {}

    public static EventStore store(EventStorage storage) {
        return new EventStore(storage, TYPES);
    }

    public static Append one(String stream, int number) {
        return Append.to(new StreamId(stream), ExpectedVersion.any(), new Counted(number));
    }

    public static UUID id(Append append) {
        return append.parts().getFirst().events().getFirst().envelope().id();
    }

    /** Positions and versions without gaps, every id once; returns the log. */
    public static List<StoredEvent> requireOrder(EventStore store) {
        var log = store.readLog(0).toList();
        var versions = new HashMap<StreamId, Long>();
        var ids = new HashSet<UUID>();
        long position = 0;
        for (var event : log) {
            assertThat(event.position()).isEqualTo(++position);
            assertThat(event.version()).isEqualTo(versions.merge(event.stream(), 1L, Long::sum));
            assertThat(ids.add(event.id())).as("id %s is new", event.id()).isTrue();
        }
        assertThat(store.headPosition()).isEqualTo(position);
        return log;
    }
}
