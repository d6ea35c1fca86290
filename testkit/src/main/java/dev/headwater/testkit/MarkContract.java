package dev.headwater.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headwater.store.Origin;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.spi.Arrival;
import dev.headwater.store.spi.EncodedEvent;
import dev.headwater.subscription.DeadLetter.State;
import dev.headwater.subscription.DeadLetterFilter;
import dev.headwater.subscription.DeadLetters.Replacement;
import dev.headwater.subscription.spi.Checkpoint;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
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

    @Test
    void theMessageOfALetterIsReplacedOnceAndTriedInItsPlace() throws Exception {
        owned(NAME, 1);
        var came = arrived(event("order-1"));
        var follower = arrived(event("order-1"));
        park(NAME, parked(came, 0), waiting(follower, 0));
        var before = letter(NAME, came);
        var corrected = new Replacement(UUID.randomUUID(), "contract.corrected", "corrected".getBytes(UTF_8));

        for (int i = 0; i < 2; i++) {
            letters.replace(NAME, came.position(), corrected, "anna", "a typo");
        }

        var replaced = letter(NAME, came);
        assertArrayEquals(
                corrected.record(), storage.record(NAME, came.position()).orElseThrow());
        assertEquals(State.RETRYING, replaced.state());
        assertEquals(corrected.eventId(), replaced.eventId());
        assertEquals("contract.corrected", replaced.type());
        assertEquals("order-1", storage.due(NAME, Set.of(0), 10).getFirst().sequenceKey());
        assertEquals(State.WAITING, letter(NAME, follower).state());
        var history = letters.history(NAME, came.position());
        assertEquals(1, history.size());
        assertEquals("edit", history.getFirst().what());
        assertEquals(Optional.of(corrected.eventId()), history.getFirst().correction());
        advance(NAME, held(NAME), Map.of(), page -> assertFalse(page.settle(before), "the original was handled"));
        advance(NAME, held(NAME), Map.of(), page -> assertTrue(page.settle(replaced), "the corrected one was"));
    }

    @Test
    void onlyALetterThatHoldsItsMessageAndIsUndecidedGetsAnother() throws Exception {
        owned(NAME, 1);
        var other = event("other");
        var discarded = arrived(event("order-1"));
        park(NAME, parked(other, 0), parked(discarded, 0));
        letters.discard(DeadLetterFilter.of(NAME).at(discarded.position()), "anna", "of no use");
        var corrected = new Replacement(UUID.randomUUID(), "contract.corrected", "corrected".getBytes(UTF_8));

        for (long position : List.of(other.position(), discarded.position(), 4711L)) {
            assertThrows(
                    IllegalStateException.class, () -> letters.replace(NAME, position, corrected, "anna", "a typo"));
        }
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
