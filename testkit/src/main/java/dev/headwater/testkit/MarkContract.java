package dev.headwater.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.headwater.store.Origin;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.spi.Arrival;
import dev.headwater.store.spi.EncodedEvent;
import dev.headwater.subscription.spi.Checkpoint;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is kept for those who read what others have republished: how far its sources have come, and whole records. */
abstract class MarkContract<T> extends SubscriptionTopic<T> {

    private static final Map<String, Long> MARKS = Map.of("/shop/ordering\n1", 1L, "/größer\n2", Long.MAX_VALUE);

    MarkContract(SubscriptionStorageContract<T> implementation) {
        super(implementation);
    }

    @Test
    void aCheckpointComesBackWithItsMarks() throws Exception {
        var holding = owned(NAME, 2);
        var marked = new Checkpoint(9, List.of(), MARKS);
        var open = new Checkpoint(9, List.of(2L, 9L), Map.of("s\nl", 300L));

        var moved = advance(NAME, holding, Map.of(0, marked, 1, open), transaction -> {});

        assertEquals(moved, held(NAME));
        assertEquals(marked, held(NAME).claims().getFirst().checkpoint());
        assertEquals(open, held(NAME).claims().getLast().checkpoint());
        var further = advance(NAME, moved, Map.of(1, Checkpoint.at(10)), transaction -> {});
        assertEquals(further, held(NAME));
        assertEquals(MARKS, held(NAME).claims().getFirst().checkpoint().marks());
    }

    @Test
    void marksGoWithTheSegmentToTheNextOwner() throws Exception {
        var marked = new Checkpoint(9, List.of(3L), MARKS);
        var holding = owned(NAME, 1);
        advance(NAME, holding, Map.of(0, marked), transaction -> {});
        storage.leave(NAME, A);

        assertEquals(marked, renew(B).claims().getFirst().checkpoint());
    }

    @Test
    void aResetForgetsMarksSinceEverythingIsToComeAgain() throws Exception {
        var holding = owned(NAME, 1);
        advance(NAME, holding, Map.of(0, new Checkpoint(9, List.of(), MARKS)), transaction -> {});

        storage.reset(NAME, 4);

        assertEquals(Checkpoint.at(4), held(NAME).claims().getFirst().checkpoint());
    }

    @Test
    void aLetterKeepsWhatCameOfItsEvent() throws Exception {
        owned(NAME, 1);
        var other = event("other");
        var came = arrived(event("order-1"));

        park(NAME, parked(other, 0), retrying(came, 0, LONG));
        park(NAME, parked(came, 0));

        assertArrayEquals(
                "all that came".getBytes(UTF_8),
                storage.record(NAME, came.position()).orElseThrow());
        assertEquals(Optional.empty(), storage.record(NAME, other.position()));
        assertEquals(Optional.empty(), storage.record(OTHER, came.position()));
        settle(NAME, came);
        assertEquals(Optional.empty(), storage.record(NAME, came.position()));
    }

    private StoredEvent arrived(StoredEvent event) {
        var encoded = new EncodedEvent(
                event.position(), event.stream(), 1, event.tags(), event.encoded(), new Arrived("all that came"));
        return new StoredEvent(encoded, store.serializer());
    }

    private record Arrived(String what) implements Arrival {
        @Override
        public Origin origin() {
            return new Origin("/shop", "1", 1, 0);
        }

        @Override
        public Optional<String> problem() {
            return Optional.empty();
        }

        @Override
        public byte[] record() {
            return what.getBytes(UTF_8);
        }
    }
}
