package dev.headwater.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headwater.subscription.spi.Checkpoint;
import dev.headwater.subscription.spi.Claim;
import dev.headwater.subscription.spi.ClaimLostException;
import dev.headwater.subscription.spi.Holding;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Checkpoints that move with the work, or not at all. */
abstract class CheckpointContract<T> extends SubscriptionTopic<T> {

    CheckpointContract(SubscriptionStorageContract<T> implementation) {
        super(implementation);
    }

    @Test
    void workAndCheckpointAreOne() throws Exception {
        var holding = owned(NAME, 4);

        advance(NAME, holding, 7, transaction -> subject.write(transaction.transaction(), "done"));

        assertEquals(List.of(7L), positions(NAME));
        assertEquals(List.of("done"), subject.written());
        assertTrue(held(NAME).claims().stream()
                .allMatch(claim -> claim.checkpoint().equals(Checkpoint.at(7))));
    }

    @Test
    void onlyTheGivenSegmentsMove() throws Exception {
        var holding = owned(NAME, 3);
        owned(OTHER, 3);

        advance(NAME, holding, Map.of(1, Checkpoint.at(7)), transaction -> {});

        assertEquals(
                List.of(0L, 7L, 0L),
                storage.segments(NAME).stream()
                        .map(segment -> segment.position())
                        .toList());
        assertEquals(List.of(0L), positions(OTHER));
    }

    @Test
    void movingToTheSamePlaceIsAllowed() throws Exception {
        var holding = owned(NAME, 2);

        advance(NAME, holding, 0, transaction -> subject.write(transaction.transaction(), "again"));

        assertEquals(List.of(0L), positions(NAME));
        assertEquals(List.of("again"), subject.written());
    }

    @Test
    void aFormerOwnerCannotWrite() throws Exception {
        var former = owned(NAME, 2);
        storage.leave(NAME, A);
        var holding = renew(B).holding();

        requireRefused(former);

        advance(NAME, holding, 3, transaction -> {});
        assertEquals(List.of(3L), positions(NAME));
    }

    @Test
    void oneWhoseLeaseRanOutCannotWriteAfterItsSegmentsWereClaimed() throws Exception {
        storage.register(NAME, 2, 0);
        var former = renew(A, SHORT).holding();
        subject.letTimePass(SHORT);
        renew(B);

        requireRefused(former);
    }

    @Test
    void oneWhoKnowsAFormerCheckpointIsRefused() throws Exception {
        var former = owned(NAME, 2);
        advance(NAME, former, 5, transaction -> {});

        requireRefused(former);
    }

    @Test
    void oneLostSegmentHoldsAllBack() throws Exception {
        storage.register(NAME, 4, 0);
        renew(A);
        renew(C);
        var former = renew(A, SHORT).holding();
        subject.letTimePass(SHORT);
        assertEquals(2, renew(B).claims().size(), "half of the segments are taken");

        requireRefused(former);

        advance(NAME, held(NAME), 3, transaction -> {});
        assertEquals(Set.of(0L, 3L), Set.copyOf(positions(NAME)));
    }

    private void requireRefused(Holding holding) throws Exception {
        var before = storage.segments(NAME);
        var done = new ArrayList<String>();
        var refusal = assertThrows(
                ClaimLostException.class, () -> advance(NAME, holding, 99, transaction -> done.add("work")));

        assertTrue(refusal.toString().contains(NAME), "the subscription in: " + refusal);
        assertEquals(List.of(), done, "work that was begun though the claim was lost");
        assertEquals(before, storage.segments(NAME));
    }

    @Test
    void ofManyWhoKnowTheSameCheckpointOneMovesIt() throws Exception {
        var holding = owned(NAME, 2);

        var outcomes = Contenders.run(8, i -> () -> {
            advance(NAME, holding, 1 + i, transaction -> subject.write(transaction.transaction(), "winner " + i));
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
        var holding = owned(NAME, 2);
        for (var failure : Stream.of(new IOException("on purpose"), new IllegalStateException("on purpose"))
                .toList()) {
            var thrown = assertThrows(
                    Exception.class,
                    () -> advance(NAME, holding, 7, transaction -> {
                        subject.write(transaction.transaction(), "undone");
                        throw failure;
                    }));
            assertSame(failure, thrown);
        }
        assertThrows(
                AssertionError.class,
                () -> advance(NAME, holding, 7, transaction -> {
                    throw new AssertionError("on purpose");
                }));

        assertEquals(List.of(0L), positions(NAME));
        if (subject.undoesWriting()) {
            assertEquals(List.of(), subject.written());
        }
        advance(NAME, holding, 8, transaction -> {});
        assertEquals(List.of(8L), positions(NAME));
    }

    @Test
    void aPartThatFailsLeavesTheRestAsItWas() throws Exception {
        var holding = owned(NAME, 2);

        advance(NAME, holding, 7, transaction -> {
            subject.write(transaction.transaction(), "before");
            attempt(transaction, inner -> subject.write(inner, "part"));
            for (var failure : List.of(new IOException("on purpose"), new IllegalStateException("on purpose"))) {
                var thrown = assertThrows(
                        Exception.class,
                        () -> attempt(transaction, inner -> {
                            if (subject.undoesWriting()) {
                                subject.write(inner, "undone");
                            }
                            throw failure;
                        }));
                assertSame(failure, thrown);
            }
            assertThrows(
                    AssertionError.class,
                    () -> attempt(transaction, inner -> {
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
        var holding = renew(A, SHORT).holding();
        subject.letTimePass(SHORT);
        // A storage may end transactions that stand idle for as long as its latest lease: this one may not be short.
        storage.register(OTHER, 1, 0);
        storage.renew(A, Set.of(OTHER), LONG);

        int moved = holding.claims().getFirst().segment();
        advance(NAME, holding, Map.of(moved, Checkpoint.at(7)), transaction -> {
            var taken = renew(B).claims();
            assertFalse(
                    taken.stream().anyMatch(claim -> claim.segment() == moved),
                    "a segment in use was claimed: " + taken);
            subject.write(transaction.transaction(), "done");
        });

        assertEquals(List.of("done"), subject.written());
        var afterwards = renew(B).claims();
        assertEquals(2, afterwards.size());
        assertEquals(
                Set.of(0L, 7L),
                afterwards.stream().map(claim -> claim.checkpoint().position()).collect(Collectors.toSet()));
    }

    @Test
    void aCheckpointComesBackWithWhatIsOpen() throws Exception {
        var holding = owned(NAME, 2);
        var open = new Checkpoint(100_000, List.of(1L, 3L, 5L, 90_000L, 100_000L));

        var moved = advance(NAME, holding, Map.of(0, open, 1, Checkpoint.at(100_000)), transaction -> {});
        assertEquals(moved, held(NAME));
        moved = advance(NAME, moved, Map.of(1, Checkpoint.at(100_001)), transaction -> {});
        assertEquals(moved, held(NAME));

        assertEquals(open, held(NAME).claims().getFirst().checkpoint());
        assertEquals(List.of(0L, 100_001L), positions(NAME), "a segment stands before the first that is open");
        moved = advance(NAME, moved, Map.of(0, Checkpoint.at(100_001)), transaction -> {});
        assertEquals(List.of(100_001L), positions(NAME));
    }

    @Test
    void whatIsOpenGoesWithTheSegmentToTheNextOwner() throws Exception {
        var open = new Checkpoint(9, List.of(3L, 4L, 9L));
        storage.register(NAME, 2, 0);
        var holding = renew(A, SHORT).holding();
        advance(NAME, holding, Map.of(0, open, 1, open), transaction -> {});
        subject.letTimePass(SHORT);

        requireAll(open, renew(B).claims());
        storage.leave(NAME, B);
        var claims = renew(C).claims();
        requireAll(open, claims);
        storage.release(NAME, C, claims);

        requireAll(open, renew(C).claims());
    }

    private static void requireAll(Checkpoint expected, List<Claim> claims) {
        assertEquals(2, claims.size());
        claims.forEach(claim -> assertEquals(expected, claim.checkpoint()));
    }

    @Test
    void whoeverTakesASegmentTakesTheNextNumberOfItsOwner() throws Exception {
        storage.register(NAME, 4, 0);
        renew(A);
        renew(C);
        var former = renew(A, SHORT).holding();
        subject.letTimePass(SHORT);
        var taken = renew(B).claims().stream().map(Claim::segment).toList();
        var rest = former.claims().stream()
                .filter(claim -> !taken.contains(claim.segment()))
                .toList();
        assertEquals(2, rest.size());

        requireRefused(new Holding(A, former.number(), rest));

        assertEquals(new Holding(A, former.number() + 1, rest), held(NAME));
    }

    @Test
    void aTransactionWhoseOutcomeIsUnknownIsFoundOutByDoingItAgain() throws Exception {
        var holding = owned(NAME, 2);
        advance(NAME, holding, Map.of(), transaction -> subject.write(transaction.transaction(), "once"));

        assertThrows(
                ClaimLostException.class,
                () -> advance(
                        NAME, holding, Map.of(), transaction -> subject.write(transaction.transaction(), "twice")));

        assertEquals(List.of("once"), subject.written());
    }

    @Test
    void aSegmentThatIsNotToldStaysAsItIs() throws Exception {
        var holding = advance(NAME, owned(NAME, 3), 5, transaction -> {});
        var known = new Holding(A, holding.number(), holding.claims().subList(0, 1));

        var moved = advance(NAME, known, 9, transaction -> {});
        advance(NAME, moved, 10, transaction -> {});

        assertEquals(
                List.of(10L, 5L, 5L),
                held(NAME).claims().stream()
                        .map(claim -> claim.checkpoint().position())
                        .toList());
    }

    @Test
    void manyCheckpointsInARowAllCount() throws Exception {
        var holding = owned(NAME, 2);
        for (int i = 1; i <= 300; i++) {
            holding = advance(NAME, holding, i, transaction -> {});
        }

        assertEquals(holding, held(NAME));
        assertEquals(List.of(300L), positions(NAME));
    }
}
