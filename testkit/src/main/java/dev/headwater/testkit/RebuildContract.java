package dev.headwater.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headwater.subscription.DeadLetterFilter;
import dev.headwater.subscription.DeadLetters.Count;
import dev.headwater.subscription.spi.Checkpoint;
import dev.headwater.subscription.spi.ClaimLostException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Subscriptions that take the place of others, are forgotten, or are only rehearsed. */
abstract class RebuildContract<T> extends SubscriptionTopic<T> {

    RebuildContract(SubscriptionStorageContract<T> implementation) {
        super(implementation);
    }

    /** Two subscriptions whose checkpoints stand there. */
    private void ownBoth(long position, long other) throws Exception {
        advance(NAME, owned(NAME, 2), position, transaction -> {});
        advance(OTHER, owned(OTHER, 2), other, transaction -> {});
    }

    @Test
    void aSuccessorTakesThePlaceOfTheFormerOneWhoseOwnersWriteNoMore() throws Exception {
        ownBoth(3, 4);
        var former = held(NAME);
        var successor = held(OTHER);

        storage.replace(NAME, OTHER, transaction -> subject.write(transaction, "switched"));

        assertEquals(List.of("switched"), subject.written());
        assertThrows(ClaimLostException.class, () -> advance(NAME, former, 5, transaction -> {}));
        assertEquals(Map.of(), owners());
        assertTrue(renew(A).paused(), "the former one is paused");
        assertEquals(List.of(3L), positions(NAME));
        assertEquals(successor, held(OTHER));
        advance(OTHER, successor, 5, transaction -> {});
        assertEquals(List.of(5L), positions(OTHER));
    }

    @Test
    void aSuccessorThatHasNotComeAsFarIsRefused() throws Exception {
        ownBoth(3, 0);
        advance(OTHER, held(OTHER), Map.of(0, Checkpoint.at(9)), transaction -> {});

        requireRefused();

        advance(OTHER, held(OTHER), Map.of(1, Checkpoint.at(3)), transaction -> {});
        storage.replace(NAME, OTHER, transaction -> {});
        assertTrue(renew(A).paused());
    }

    @Test
    void aSuccessorWithDeadLettersIsRefused() throws Exception {
        ownBoth(3, 3);
        var event = event("a");
        park(OTHER, parked(event, 0));
        park(NAME, parked(event, 0));

        requireRefused();

        settle(OTHER, event);
        storage.replace(NAME, OTHER, transaction -> {});
        assertTrue(renew(A).paused());
    }

    private void requireRefused() throws Exception {
        var before = held(NAME).claims();
        var refusal = assertThrows(
                IllegalStateException.class,
                () -> storage.replace(NAME, OTHER, transaction -> subject.write(transaction, "switched")));

        assertTrue(refusal.toString().contains(OTHER), "the successor in: " + refusal);
        assertEquals(List.of(), subject.written());
        requireUnreplaced();
        assertEquals(before, held(NAME).claims());
    }

    private void requireUnreplaced() throws Exception {
        assertFalse(renew(A).paused(), "the former one goes on");
        var holding = held(NAME);
        assertEquals(2, holding.claims().size());
        advance(NAME, holding, Map.of(), transaction -> {});
    }

    @Test
    void aSwitchThatFailsReplacesNothing() throws Exception {
        ownBoth(3, 3);
        var failure = new IOException("on purpose");

        var thrown = assertThrows(
                IOException.class,
                () -> storage.replace(NAME, OTHER, transaction -> {
                    if (subject.undoesWriting()) {
                        subject.write(transaction, "undone");
                    }
                    throw failure;
                }));

        assertSame(failure, thrown);
        assertEquals(List.of(), subject.written());
        requireUnreplaced();
    }

    @Test
    void aForgottenSubscriptionBeginsAnewAndKeepsOnlyItsHistory() throws Exception {
        ownBoth(3, 3);
        var event = event("a");
        park(NAME, parked(event, 0));
        park(OTHER, parked(event, 0));
        letters.retry(DeadLetterFilter.of(NAME), "somebody");
        storage.pause(NAME, "anna");

        storage.forget(NAME);

        assertEquals(new Count(0, 0), letters.count(DeadLetterFilter.of(NAME)));
        assertEquals(new Count(1, 1), letters.count(DeadLetterFilter.of(OTHER)));
        assertEquals(List.of(3L), positions(OTHER));
        assertEquals(2, held(OTHER).claims().size());
        assertEquals(1, letters.history(NAME, event.position()).size());
        assertEquals(5, storage.register(NAME, 5, 7));
        assertEquals(List.of(7L), positions(NAME));
        assertEquals(Map.of(), owners());
        assertFalse(renew(B).paused());
        assertEquals(5, claimsOf(B), "the one who had it before takes no share");
    }

    private int claimsOf(String instance) {
        return storage.holding(NAME, instance).claims().size();
    }

    @Test
    void aRehearsalTellsWhatItWouldChangeAndChangesNothing() throws Exception {
        if (subject.undoesWriting()) {
            var changes = storage.rehearse(transaction -> subject.write(transaction, "undone"));
            assertEquals(1, changes.size(), "one line for each table, but found " + changes);
        } else {
            assertThrows(
                    UnsupportedOperationException.class,
                    () -> storage.rehearse(transaction -> subject.write(transaction, "not undone")));
        }

        assertEquals(List.of(), subject.written());
    }

    @Test
    void aRehearsalThatFailsTellsHowAndChangesNothing() throws Exception {
        var failure = subject.undoesWriting() ? new IOException("on purpose") : null;

        var thrown = assertThrows(
                Exception.class,
                () -> storage.rehearse(transaction -> {
                    subject.write(transaction, "undone");
                    throw new IllegalStateException(failure);
                }));

        assertSame(failure, thrown.getCause());
        assertEquals(List.of(), subject.written());
    }
}
