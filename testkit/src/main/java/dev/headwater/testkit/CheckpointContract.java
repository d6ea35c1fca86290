package dev.headwater.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headwater.subscription.spi.Claim;
import dev.headwater.subscription.spi.ClaimLostException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Checkpoints that move with the work, or not at all. */
abstract class CheckpointContract<T> extends SubscriptionTopic<T> {

    CheckpointContract(SubscriptionStorageContract<T> implementation) {
        super(implementation);
    }

    @Test
    void workAndCheckpointAreOne() throws Exception {
        var claims = owned(NAME, 4);

        storage.advance(NAME, claims, 7, transaction -> subject.write(transaction.transaction(), "done"));

        assertEquals(List.of(7L), positions(NAME));
        assertEquals(List.of("done"), subject.written());
        assertTrue(claims(NAME).stream().allMatch(claim -> claim.position() == 7));
    }

    @Test
    void onlyTheGivenSegmentsMove() throws Exception {
        var claims = owned(NAME, 3);
        owned(OTHER, 3);

        storage.advance(NAME, claims.subList(1, 2), 7, transaction -> {});

        assertEquals(
                List.of(0L, 7L, 0L),
                storage.segments(NAME).stream()
                        .map(segment -> segment.position())
                        .toList());
        assertEquals(List.of(0L), positions(OTHER));
    }

    @Test
    void movingToTheSamePlaceIsAllowed() throws Exception {
        var claims = owned(NAME, 2);

        storage.advance(NAME, claims, 0, transaction -> subject.write(transaction.transaction(), "again"));

        assertEquals(List.of(0L), positions(NAME));
        assertEquals(List.of("again"), subject.written());
    }

    @Test
    void aFormerOwnerCannotWrite() throws Exception {
        var former = owned(NAME, 2);
        storage.leave(NAME, A);
        var claims = renew(B).claims();

        requireRefused(former);

        storage.advance(NAME, claims, 3, transaction -> {});
        assertEquals(List.of(3L), positions(NAME));
    }

    @Test
    void oneWhoseLeaseRanOutCannotWriteAfterItsSegmentsWereClaimed() throws Exception {
        storage.register(NAME, 2, 0);
        var former = renew(A, SHORT).claims();
        subject.letTimePass(SHORT);
        renew(B);

        requireRefused(former);
    }

    @Test
    void aClaimAtAnotherPositionIsRefused() throws Exception {
        var claims = owned(NAME, 2);
        storage.advance(NAME, claims, 5, transaction -> {});

        requireRefused(claims);
        requireRefused(claims(NAME).stream()
                .map(claim -> new Claim(claim.segment(), claim.epoch(), 6))
                .toList());
    }

    @Test
    void oneWrongClaimHoldsAllBack() throws Exception {
        var claims = owned(NAME, 3);
        storage.advance(NAME, claims.subList(2, 3), 4, transaction -> {});

        requireRefused(claims);
        requireRefused(List.of(
                claims.getFirst(),
                new Claim(
                        claims.get(1).segment(),
                        claims.get(1).epoch() - 1,
                        claims.get(1).position())));
    }

    private void requireRefused(List<Claim> claims) throws Exception {
        var before = storage.segments(NAME);
        var done = new ArrayList<String>();
        var refusal = assertThrows(
                ClaimLostException.class, () -> storage.advance(NAME, claims, 99, transaction -> done.add("work")));

        assertTrue(refusal.toString().contains(NAME), "the subscription in: " + refusal);
        assertEquals(List.of(), done, "work that was begun though the claim was lost");
        assertEquals(before, storage.segments(NAME));
    }

    @Test
    void ofManyWhoKnowTheSameCheckpointOneMovesIt() throws Exception {
        var claims = owned(NAME, 2);

        var outcomes = Contenders.run(8, i -> () -> {
            storage.advance(
                    NAME, claims, 1 + i, transaction -> subject.write(transaction.transaction(), "winner " + i));
            return 1 + i;
        });

        var winners = outcomes.stream().filter(Contenders.Outcome::succeeded).toList();
        assertEquals(1, winners.size(), "one winner, but found " + outcomes);
        outcomes.stream()
                .filter(outcome -> !outcome.succeeded())
                .forEach(outcome -> assertInstanceOf(ClaimLostException.class, outcome.failure()));
        int position = winners.getFirst().value();
        assertEquals(List.of((long) position), positions(NAME));
        assertEquals(List.of("winner " + (position - 1)), subject.written());
    }

    @Test
    void workThatFailsMovesNothing() throws Exception {
        var claims = owned(NAME, 2);
        for (var failure : Stream.of(new IOException("on purpose"), new IllegalStateException("on purpose"))
                .toList()) {
            var thrown = assertThrows(
                    Exception.class,
                    () -> storage.advance(NAME, claims, 7, transaction -> {
                        subject.write(transaction.transaction(), "undone");
                        throw failure;
                    }));
            assertSame(failure, thrown);
        }
        assertThrows(
                AssertionError.class,
                () -> storage.advance(NAME, claims, 7, transaction -> {
                    throw new AssertionError("on purpose");
                }));

        assertEquals(List.of(0L), positions(NAME));
        if (subject.undoesWriting()) {
            assertEquals(List.of(), subject.written());
        }
        storage.advance(NAME, claims, 8, transaction -> {});
        assertEquals(List.of(8L), positions(NAME));
    }

    @Test
    void aPartThatFailsLeavesTheRestAsItWas() throws Exception {
        var claims = owned(NAME, 2);

        storage.advance(NAME, claims, 7, transaction -> {
            subject.write(transaction.transaction(), "before");
            transaction.attempt(inner -> subject.write(inner, "part"));
            for (var failure : List.of(new IOException("on purpose"), new IllegalStateException("on purpose"))) {
                var thrown = assertThrows(
                        Exception.class,
                        () -> transaction.attempt(inner -> {
                            if (subject.undoesWriting()) {
                                subject.write(inner, "undone");
                            }
                            throw failure;
                        }));
                assertSame(failure, thrown);
            }
            assertThrows(
                    AssertionError.class,
                    () -> transaction.attempt(inner -> {
                        throw new AssertionError("on purpose");
                    }));
            subject.write(transaction.transaction(), "after");
        });

        assertEquals(List.of(7L), positions(NAME));
        assertEquals(
                List.of("after", "before", "part"),
                subject.written().stream().sorted().toList());
    }

    @Test
    void aSegmentDoesNotChangeHandsInTheMiddleOfATransaction() throws Exception {
        storage.register(NAME, 2, 0);
        renew(A);
        renew(B);
        var claims = renew(A, SHORT).claims();
        subject.letTimePass(SHORT);
        // A storage may end transactions that stand idle for as long as its latest lease: this one may not be short.
        storage.register(OTHER, 1, 0);
        storage.renew(A, Set.of(OTHER), LONG);

        storage.advance(NAME, claims.subList(0, 1), 7, transaction -> {
            var taken = renew(B).claims();
            assertFalse(
                    taken.stream()
                            .anyMatch(claim ->
                                    claim.segment() == claims.getFirst().segment()),
                    "a segment in use was claimed: " + taken);
            subject.write(transaction.transaction(), "done");
        });

        assertEquals(List.of("done"), subject.written());
        var afterwards = renew(B).claims();
        assertEquals(2, afterwards.size());
        assertEquals(
                Set.of(0L, 7L),
                Set.copyOf(afterwards.stream().map(Claim::position).toList()));
    }
}
