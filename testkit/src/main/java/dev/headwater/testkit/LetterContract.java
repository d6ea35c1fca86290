package dev.headwater.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headwater.failure.Failure;
import dev.headwater.subscription.DeadLetter;
import dev.headwater.subscription.DeadLetter.State;
import dev.headwater.subscription.DeadLetterFilter;
import dev.headwater.subscription.DeadLetters.Count;
import dev.headwater.subscription.spi.ClaimLostException;
import dev.headwater.subscription.spi.Letter;
import dev.headwater.subscription.spi.ParkedSequence;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Dead letters as the instances write and read them. */
abstract class LetterContract<T> extends SubscriptionTopic<T> {

    private static final Duration LATER = Duration.ofMinutes(30);

    LetterContract(SubscriptionStorageContract<T> implementation) {
        super(implementation);
    }

    @Test
    void aLetterComesBack() throws Exception {
        owned(NAME, 4);
        event("other");
        var event = event("order-1");
        var failure = new Failure(IOException.class.getName(), "für nichts", "a\n\tstack", "a fingerprint");

        park(
                NAME,
                new Letter(3, "a key", event, State.RETRYING, 2, Optional.of(LATER), Optional.of(failure)),
                waiting(event("order-2"), 1));

        var letter = letter(NAME, event);
        assertEquals(NAME, letter.subscription());
        assertEquals(2, letter.position());
        assertEquals(event.id(), letter.eventId());
        assertEquals(event.type(), letter.type());
        assertEquals(event.stream(), letter.stream());
        assertEquals("a key", letter.sequenceKey());
        assertEquals(State.RETRYING, letter.state());
        assertEquals(2, letter.attempts());
        assertEquals(Optional.of(failure), letter.failure());
        assertEquals(Optional.of(letter.parkedAt()), letter.firstFailure());
        assertEquals(Optional.of(letter.parkedAt()), letter.lastFailure());
        assertEquals(Optional.of(letter.parkedAt().plus(LATER)), letter.nextRetry());
        var waiting = all().getLast();
        assertEquals(State.WAITING, waiting.state());
        assertEquals(0, waiting.attempts());
        assertEquals(Optional.empty(), waiting.failure());
        assertEquals(Optional.empty(), waiting.firstFailure());
        assertEquals(Optional.empty(), waiting.lastFailure());
        assertEquals(Optional.empty(), waiting.nextRetry());
    }

    @Test
    void lettersComeWithTheCheckpoint() throws Exception {
        var holding = owned(NAME, 2);
        var event = event("a");

        advance(NAME, holding, 1, transaction -> {
            transaction.park(parked(event, 0));
            subject.write(transaction.transaction(), "done");
        });

        assertEquals(List.of(1L), positions(NAME));
        assertEquals(positions(event), letterPositions(DeadLetterFilter.all()));
    }

    @Test
    void lettersComeOnlyWithTheCheckpoint() throws Exception {
        var holding = owned(NAME, 2);
        var event = event("a");

        assertThrows(
                IOException.class,
                () -> advance(NAME, holding, 1, transaction -> {
                    transaction.park(parked(event, 0));
                    throw new IOException("on purpose");
                }));

        assertEquals(List.of(), all());
        assertEquals(List.of(), storage.parked(NAME, Set.of(0, 1)));
    }

    @Test
    void aFormerOwnerWritesNoLetter() throws Exception {
        var holding = owned(NAME, 2);
        var event = event("a");
        storage.leave(NAME, A);
        renew(B);

        assertThrows(
                ClaimLostException.class,
                () -> advance(NAME, holding, 1, transaction -> transaction.park(parked(event, 0))));

        assertEquals(List.of(), all());
    }

    @Test
    void lettersGoOnlyWithTheCheckpoint() throws Exception {
        owned(NAME, 2);
        var first = event("a");
        var second = event("a");
        park(NAME, parked(first, 0), waiting(second, 0));

        assertThrows(
                IOException.class,
                () -> advance(NAME, held(NAME), 1, transaction -> {
                    transaction.settle(letter(NAME, first));
                    throw new IOException("on purpose");
                }));

        assertEquals(positions(first, second), letterPositions(DeadLetterFilter.all()));
        assertEquals(State.WAITING, letter(NAME, second).state());
        assertEquals(List.of(), storage.due(NAME, Set.of(0, 1), 10));
    }

    @Test
    void aPartOfTheWorkThatFailsTakesNoLetterWithIt() throws Exception {
        var holding = owned(NAME, 2);
        var event = event("a");

        advance(NAME, holding, 1, transaction -> {
            assertThrows(
                    IOException.class,
                    () -> attempt(transaction, inner -> {
                        throw new IOException("on purpose");
                    }));
            transaction.park(parked(event, 0));
        });

        assertEquals(positions(event), letterPositions(DeadLetterFilter.all()));
        assertEquals(List.of(1L), positions(NAME));
    }

    @Test
    void aLetterThatFailsAgainIsReplacedButKeepsTheTimesOfItsParkingAndFirstFailure() throws Exception {
        owned(NAME, 2);
        var event = event("a");
        park(NAME, retrying(event, 1, SHORT));
        var before = letter(NAME, event);
        subject.letTimePass(SHORT);

        park(NAME, new Letter(1, "a", event, State.PARKED, 2, Optional.empty(), Optional.of(failure("once more"))));

        var after = letter(NAME, event);
        assertEquals(1, all().size());
        assertEquals(before.parkedAt(), after.parkedAt());
        assertEquals(before.firstFailure(), after.firstFailure());
        assertTrue(
                after.lastFailure().orElseThrow().isAfter(before.lastFailure().orElseThrow()));
        assertEquals(State.PARKED, after.state());
        assertEquals(2, after.attempts());
        assertEquals(Optional.empty(), after.nextRetry());
        assertEquals("once more", after.failure().orElseThrow().message());
    }

    @Test
    void aFollowerFailsForTheFirstTimeWhenItsHandlerIsCalled() throws Exception {
        owned(NAME, 2);
        var event = event("a");
        park(NAME, waiting(event, 1));
        subject.letTimePass(SHORT);

        park(NAME, retrying(event, 1, SHORT));

        var failed = letter(NAME, event);
        assertEquals(failed.lastFailure(), failed.firstFailure());
        assertTrue(failed.firstFailure().orElseThrow().isAfter(failed.parkedAt()));
    }

    @Test
    void parkedKeysAreToldBySegment() throws Exception {
        owned(NAME, 4);
        owned(OTHER, 4);
        var events = events("a", "a", "b", "c", "d");
        park(NAME, parked(events.get(0), 1), waiting(events.get(1), 1), retrying(events.get(2), 1, LATER));
        park(NAME, parked(events.get(3), 2));
        park(OTHER, parked(events.get(4), 1));

        assertEquals(Map.of("a", 1, "b", 1), keys(storage.parked(NAME, Set.of(1))));
        assertEquals(Map.of("a", 1, "b", 1, "c", 2), keys(storage.parked(NAME, Set.of(0, 1, 2, 3))));
        assertEquals(Map.of(), keys(storage.parked(NAME, Set.of(0, 3))));
        assertEquals(Map.of("d", 1), keys(storage.parked(OTHER, Set.of(1))));
        for (var sequence : storage.parked(NAME, Set.of(1))) {
            if (sequence.sequenceKey().equals("a")) {
                assertEquals(Optional.empty(), sequence.dueIn());
            } else {
                requireBetween(Duration.ZERO, LATER, sequence.dueIn());
            }
        }
    }

    private static Map<String, Integer> keys(List<ParkedSequence> sequences) {
        return sequences.stream().collect(Collectors.toMap(ParkedSequence::sequenceKey, ParkedSequence::segment));
    }

    private static void requireBetween(Duration least, Duration most, Optional<Duration> found) {
        assertTrue(
                found.isPresent()
                        && found.get().compareTo(least) >= 0
                        && found.get().compareTo(most) <= 0,
                "expected between " + least + " and " + most + ", but found " + found);
    }

    @Test
    void whatIsDueIsToldInTheOrderOfItsTime() throws Exception {
        owned(NAME, 4);
        owned(OTHER, 4);
        var events = events("a", "b", "c", "d", "e");
        park(
                NAME,
                retrying(events.get(0), 1, LATER.multipliedBy(2)),
                retrying(events.get(1), 2, LATER),
                parked(events.get(2), 1),
                retrying(events.get(3), 3, Duration.ofNanos(1000)));
        park(OTHER, retrying(events.get(4), 1, Duration.ofNanos(1000)));
        subject.letTimePass(SHORT);

        assertEquals(List.of("d", "b", "a"), dueKeys(Set.of(0, 1, 2, 3), 10));
        assertEquals(List.of("d", "b"), dueKeys(Set.of(0, 1, 2, 3), 2));
        assertEquals(List.of("b", "a"), dueKeys(Set.of(1, 2), 10));
        assertEquals(List.of(), dueKeys(Set.of(0), 10));
        var first = storage.due(NAME, Set.of(3), 1).getFirst();
        assertEquals(3, first.segment());
        assertFalse(first.dueIn().orElseThrow().isPositive());
        requireBetween(
                Duration.ofMinutes(1),
                LATER,
                storage.due(NAME, Set.of(2), 1).getFirst().dueIn());
    }

    private List<String> dueKeys(Set<Integer> segments, int limit) {
        return storage.due(NAME, segments, limit).stream()
                .map(ParkedSequence::sequenceKey)
                .toList();
    }

    @Test
    void aRenewalTellsThatLettersAreDue() throws Exception {
        owned(NAME, 2);
        park(NAME, parked(event("a"), 0), retrying(event("b"), 1, LATER));
        assertFalse(renew(A).lettersDue());

        park(NAME, retrying(event("c"), 1, SHORT));
        subject.letTimePass(SHORT);

        assertTrue(renew(A).lettersDue());
    }

    @Test
    void aSequenceIsReadInOrder() throws Exception {
        owned(NAME, 2);
        owned(OTHER, 2);
        var events = events("a", "b", "a", "a", "a");
        park(NAME, waiting(events.get(3), 0), parked(events.get(1), 1));
        park(NAME, parked(events.get(0), 0), waiting(events.get(2), 0));
        park(OTHER, parked(events.get(4), 0));

        assertEquals(List.of(1L, 3L, 4L), sequence("a", 10));
        assertEquals(List.of(1L, 3L), sequence("a", 2));
        assertEquals(List.of(2L), sequence("b", 10));
        assertEquals(List.of(), sequence("c", 10));
    }

    private List<Long> sequence(String key, int limit) {
        return storage.sequence(NAME, key, limit).stream()
                .map(DeadLetter::position)
                .toList();
    }

    @Test
    void theOneBehindASettledLetterIsDueAtOnce() throws Exception {
        owned(NAME, 2);
        owned(OTHER, 2);
        var events = events("a", "a", "a", "b", "b");
        park(NAME, parked(events.get(0), 0), waiting(events.get(1), 0), waiting(events.get(2), 0));
        park(NAME, parked(events.get(3), 0), waiting(events.get(4), 0));
        park(OTHER, parked(events.get(0), 0), waiting(events.get(1), 0));

        settle(NAME, events.get(0));

        assertEquals(List.of(2L, 3L), sequence("a", 10));
        assertEquals(List.of("a"), dueKeys(Set.of(0, 1), 10));
        assertEquals(Optional.empty(), letter(NAME, events.get(2)).nextRetry());
        assertTrue(renew(A).lettersDue());
        assertEquals(positions(events.get(0), events.get(1)), letterPositions(DeadLetterFilter.of(OTHER)));
        assertEquals(List.of(), storage.due(OTHER, Set.of(0, 1), 10));
        settle(NAME, events.get(1), events.get(2));
        assertEquals(List.of(), sequence("a", 10));
        assertEquals(List.of(), dueKeys(Set.of(0, 1), 10));
        assertEquals(Map.of("b", 0), keys(storage.parked(NAME, Set.of(0, 1))));
    }

    @Test
    void aDiscardedLetterIsStillDiscardedWhenItsTurnComes() throws Exception {
        owned(NAME, 2);
        var events = events("a", "a");
        park(NAME, parked(events.get(0), 0), waiting(events.get(1), 0));
        letters.discard(DeadLetterFilter.of(NAME).at(2), "somebody", "of no use");

        settle(NAME, events.get(0));

        assertEquals(State.DISCARDED, letter(NAME, events.get(1)).state());
        assertEquals(List.of("a"), dueKeys(Set.of(0, 1), 10));
    }

    @Test
    void aLetterThatWasDiscardedWhileItWasTriedIsNotSettledAsHandled() throws Exception {
        owned(NAME, 2);
        var events = events("a", "a");
        park(NAME, retrying(events.get(0), 0, SHORT), waiting(events.get(1), 0));
        var read = letter(NAME, events.get(0));

        advance(NAME, held(NAME), 0, transaction -> {
            letters.discard(DeadLetterFilter.of(NAME).at(1), "somebody", "of no use");
            assertFalse(transaction.settle(read), "a letter was settled that is discarded by now");
        });

        assertEquals(State.DISCARDED, letter(NAME, events.get(0)).state());
        assertEquals(State.WAITING, letter(NAME, events.get(1)).state());
        assertEquals(List.of("a"), dueKeys(Set.of(0, 1), 10));
        settle(NAME, events.get(0));
        assertEquals(List.of(2L), sequence("a", 10));
    }

    @Test
    void aLetterThatWasDiscardedWhileItWasTriedStaysDiscarded() throws Exception {
        owned(NAME, 2);
        var event = event("a");
        park(NAME, retrying(event, 0, LATER));
        letters.discard(DeadLetterFilter.of(NAME).at(1), "somebody", "of no use");

        park(NAME, new Letter(0, "a", event, State.RETRYING, 2, Optional.of(LATER), Optional.of(failure("again"))));

        assertEquals(State.DISCARDED, letter(NAME, event).state());
        assertEquals(2, letter(NAME, event).attempts());
        var due = storage.due(NAME, Set.of(0), 10);
        assertEquals(1, due.size());
        assertFalse(due.getFirst().dueIn().orElseThrow().isPositive(), "it is due at once, so that its turn passes");
    }

    @Test
    void theSameEventCanBeALetterOfSeveralSubscriptions() throws Exception {
        owned(NAME, 2);
        owned(OTHER, 2);
        var event = event("a");
        park(NAME, parked(event, 0));
        park(OTHER, retrying(event, 1, LATER));

        assertEquals(State.PARKED, letter(NAME, event).state());
        assertEquals(State.RETRYING, letter(OTHER, event).state());
        settle(NAME, event);
        assertEquals(List.of(), letterPositions(DeadLetterFilter.of(NAME)));
        assertEquals(positions(event), letterPositions(DeadLetterFilter.of(OTHER)));
    }

    @Test
    void aResetForgetsLettersOfWhatComesAgain() throws Exception {
        owned(NAME, 2);
        owned(OTHER, 2);
        var events = events("a", "a", "b", "b");
        for (var event : events) {
            park(NAME, event.version() == 1 ? parked(event, 0) : waiting(event, 0));
            park(OTHER, event.version() == 1 ? parked(event, 0) : waiting(event, 0));
        }

        storage.reset(NAME, 2);

        assertEquals(List.of(1L, 2L), letterPositions(DeadLetterFilter.of(NAME)));
        assertEquals(List.of(1L, 2L, 3L, 4L), letterPositions(DeadLetterFilter.of(OTHER)));
        assertEquals(Map.of("a", 0), keys(storage.parked(NAME, Set.of(0, 1))));
    }

    @Test
    void manyLettersAreWrittenAtOnce() throws Exception {
        owned(NAME, 2);
        var batch = new ArrayList<Letter>();
        for (int i = 0; i < 300; i++) {
            var event = event("stream-" + i % 100);
            batch.add(event.version() == 1 ? parked(event, i % 2) : waiting(event, i % 2));
        }

        park(NAME, batch.toArray(Letter[]::new));

        assertEquals(new Count(300, 100), letters.count(DeadLetterFilter.of(NAME)));
        assertEquals(100, storage.parked(NAME, Set.of(0, 1)).size());
    }

    @Test
    void aFirstLetterThatWaitsForNothingIsDueOnceItsSegmentIsClaimed() throws Exception {
        owned(NAME, 2);
        var events = events("a", "a", "b", "b");
        park(NAME, waiting(events.get(0), 1), waiting(events.get(1), 1));
        park(NAME, parked(events.get(2), 0), waiting(events.get(3), 0));
        assertEquals(List.of(), dueKeys(Set.of(0, 1), 10));

        assertEquals(
                Set.of(Optional.of(Duration.ZERO), Optional.empty()),
                storage.parked(NAME, Set.of(0, 1)).stream()
                        .map(ParkedSequence::dueIn)
                        .collect(Collectors.toSet()));

        assertEquals(List.of("a"), dueKeys(Set.of(0, 1), 10));
        assertEquals(State.WAITING, letter(NAME, events.get(1)).state());
        assertEquals(State.WAITING, letter(NAME, events.get(3)).state());
    }
}
