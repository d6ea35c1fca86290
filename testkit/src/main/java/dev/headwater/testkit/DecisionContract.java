package dev.headwater.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headwater.failure.Failure;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import dev.headwater.subscription.DeadLetter;
import dev.headwater.subscription.DeadLetter.State;
import dev.headwater.subscription.DeadLetterFilter;
import dev.headwater.subscription.DeadLetters.Count;
import dev.headwater.subscription.DeadLetters.Decision;
import dev.headwater.subscription.DeadLetters.Pace;
import dev.headwater.subscription.spi.Letter;
import dev.headwater.subscription.spi.ParkedSequence;
import dev.headwater.testkit.ContractEvent.Counted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Dead letters as people see them, and what people decide about them. */
abstract class DecisionContract<T> extends SubscriptionTopic<T> {

    private static final Set<Integer> BOTH = Set.of(0, 1);

    DecisionContract(SubscriptionStorageContract<T> implementation) {
        super(implementation);
    }

    /**
     * Two subscriptions with letters of five events: {@code a} failed with one behind it, {@code b} is tried again,
     * {@code c} has another type and reason.
     */
    private List<StoredEvent> parkSome() throws Exception {
        owned(NAME, 2);
        owned(OTHER, 2);
        var events = new ArrayList<>(events("a", "a", "b"));
        events.add(store.readEvent(store.append(new StreamId("c"), ExpectedVersion.any(), new Counted(1))
                .lastPosition()));
        park(
                NAME,
                parked(events.get(0), 0),
                waiting(events.get(1), 0),
                retrying(events.get(2), 1, Duration.ofMinutes(30)));
        park(
                NAME,
                new Letter(
                        1,
                        "c",
                        events.get(3),
                        State.PARKED,
                        1,
                        Optional.empty(),
                        Optional.of(Failure.of(new ArithmeticException("another")))));
        park(OTHER, parked(events.get(0), 0), waiting(events.get(1), 0));
        return events;
    }

    @Test
    void lettersAreListedBySubscriptionAndPosition() throws Exception {
        parkSome();

        assertEquals(
                List.of("mail 1", "mail 2", "orders 1", "orders 2", "orders 3", "orders 4"),
                all().stream()
                        .map(letter -> letter.subscription() + " " + letter.position())
                        .toList());
    }

    @Test
    void pagesOfAnySizeAddUp() throws Exception {
        parkSome();
        for (int size = 1; size <= 7; size++) {
            var listed = new ArrayList<>(letters.list(DeadLetterFilter.all(), size));
            assertEquals(Math.min(size, 6), listed.size());
            List<DeadLetter> page;
            do {
                page = letters.list(DeadLetterFilter.all(), listed.getLast(), size);
                assertTrue(page.size() <= size, "a page of at most " + size + ", but found " + page.size());
                listed.addAll(page);
            } while (!page.isEmpty());
            assertEquals(all(), listed);
        }
    }

    @Test
    void everyFilterFindsWhatItSays() throws Exception {
        parkSome();
        var orders = DeadLetterFilter.of(NAME);

        assertEquals(List.of(1L, 2L, 3L, 4L), letterPositions(orders));
        assertEquals(List.of(1L, 1L), letterPositions(DeadLetterFilter.all().at(1)));
        assertEquals(List.of(3L), letterPositions(orders.at(3)));
        assertEquals(List.of(1L, 2L), letterPositions(orders.ofKey("a")));
        assertEquals(List.of(4L), letterPositions(orders.ofType("contract.counted")));
        assertEquals(List.of(4L), letterPositions(orders.failedWith(ArithmeticException.class.getName())));
        assertEquals(List.of(1L, 3L), letterPositions(orders.failedWith(IllegalStateException.class.getName())));
        assertEquals(List.of(1L, 4L), letterPositions(orders.in(State.PARKED)));
        assertEquals(List.of(2L), letterPositions(orders.in(State.WAITING)));
        assertEquals(List.of(3L), letterPositions(orders.in(State.RETRYING)));
        assertEquals(List.of(), letterPositions(orders.in(State.DISCARDED)));
        assertEquals(List.of(), letterPositions(orders.ofKey("a").in(State.RETRYING)));
        assertEquals(List.of(), letterPositions(DeadLetterFilter.of("nobody")));
        assertEquals(List.of(), letterPositions(orders.ofKey("a' OR 'a' = 'a")));
        assertEquals(
                List.of(2L),
                letters.list(orders.ofKey("a"), letters.list(orders, 1).getFirst(), 5).stream()
                        .map(DeadLetter::position)
                        .toList());
    }

    @Test
    void filtersByTimeAndByFingerprintFindWhatTheySay() throws Exception {
        var events = parkSome();
        subject.letTimePass(SHORT);
        var late = event("d");
        park(NAME, parked(late, 1));
        var orders = DeadLetterFilter.of(NAME);
        var moment = letter(NAME, late).parkedAt();
        var fingerprint = letter(NAME, events.get(3)).failure().orElseThrow().fingerprint();

        assertEquals(List.of(5L), letterPositions(orders.parkedFrom(moment)));
        assertEquals(List.of(1L, 2L, 3L, 4L), letterPositions(orders.parkedBefore(moment)));
        assertEquals(List.of(), letterPositions(orders.parkedFrom(moment).parkedBefore(moment)));
        assertEquals(List.of(4L), letterPositions(orders.ofFingerprint(fingerprint)));
        assertEquals(
                List.of(), letterPositions(orders.ofFingerprint(fingerprint).parkedFrom(moment)));
        assertEquals(List.of(), letterPositions(orders.ofFingerprint("another")));
    }

    @Test
    void lettersAndSequencesAreCounted() throws Exception {
        parkSome();

        assertEquals(new Count(6, 4), letters.count(DeadLetterFilter.all()));
        assertEquals(new Count(4, 3), letters.count(DeadLetterFilter.of(NAME)));
        assertEquals(new Count(2, 2), letters.count(DeadLetterFilter.all().in(State.WAITING)));
        assertEquals(new Count(0, 0), letters.count(DeadLetterFilter.of("nobody")));
    }

    @Test
    void failuresAreCountedByFingerprint() throws Exception {
        parkSome();

        var counts = letters.countByFingerprint(DeadLetterFilter.of(NAME));

        assertEquals(List.of(2L, 1L), List.copyOf(counts.values()), "most frequent first");
        counts.forEach((fingerprint, count) -> assertEquals(
                count == 1, fingerprint.contains(ArithmeticException.class.getName()), "how often " + fingerprint));
        assertEquals(1, letters.countByFingerprint(DeadLetterFilter.of(OTHER)).size());
        assertEquals(
                Map.of(), letters.countByFingerprint(DeadLetterFilter.of(NAME).in(State.WAITING)));
    }

    @Test
    void aRetryMakesTheFirstOfEachSequenceDue() throws Exception {
        var events = parkSome();

        assertEquals(3, letters.retry(DeadLetterFilter.of(NAME), "somebody"));

        assertEquals(State.RETRYING, letter(NAME, events.get(0)).state());
        assertEquals(State.WAITING, letter(NAME, events.get(1)).state());
        assertEquals(Optional.empty(), letter(NAME, events.get(1)).nextRetry());
        assertEquals(1, letter(NAME, events.get(0)).attempts());
        assertTrue(letter(NAME, events.get(0)).failure().isPresent(), "the reason stays until it is handled");
        var due = storage.due(NAME, BOTH, 10);
        assertEquals(Set.of("a", "b", "c"), Set.copyOf(keys(due)));
        assertTrue(due.stream()
                .noneMatch(sequence -> sequence.dueIn().orElseThrow().isPositive()));
        assertTrue(renew(A).lettersDue());
    }

    @Test
    void sequencesAreBegunAtTheGivenPace() throws Exception {
        parkSome();

        assertEquals(3, letters.retry(DeadLetterFilter.of(NAME), new Pace(4), "somebody"));

        var turns = letters.list(DeadLetterFilter.of(NAME), 10).stream()
                .flatMap(letter -> letter.nextRetry().stream())
                .toList();
        assertEquals(3, turns.size(), "one for each sequence");
        var spacing = Duration.ofMillis(250);
        assertEquals(spacing, Duration.between(turns.get(0), turns.get(1)));
        assertEquals(spacing, Duration.between(turns.get(1), turns.get(2)));
        var first = storage.due(NAME, BOTH, 10).getFirst();
        assertEquals("a", first.sequenceKey());
        assertFalse(first.dueIn().orElseThrow().isPositive());
        assertEquals("retry", letters.history(NAME, 4).getFirst().what());
    }

    @Test
    void aRetryTouchesNoOtherSubscription() throws Exception {
        var events = parkSome();
        var before = letters.list(DeadLetterFilter.of(OTHER), 10);

        assertEquals(1, letters.retry(DeadLetterFilter.of(NAME).at(1), "somebody"));

        assertEquals(before, letters.list(DeadLetterFilter.of(OTHER), 10));
        assertEquals(List.of(), storage.due(OTHER, BOTH, 10));
        assertEquals(List.of(), letters.history(OTHER, 1));
        assertEquals(State.PARKED, letter(NAME, events.get(3)).state());
    }

    @Test
    void onlyWhatHasFailedIsRetried() throws Exception {
        var events = parkSome();

        assertEquals(0, letters.retry(DeadLetterFilter.of(NAME).at(2), "somebody"));
        letters.discard(DeadLetterFilter.of(NAME).at(1), "somebody", "of no use");
        assertEquals(0, letters.retry(DeadLetterFilter.of(NAME).at(1), "somebody"));

        assertEquals(State.WAITING, letter(NAME, events.get(1)).state());
        assertEquals(State.DISCARDED, letter(NAME, events.get(0)).state());
        assertEquals(1, letters.history(NAME, 1).size());
        assertEquals(List.of(), letters.history(NAME, 2));
    }

    @Test
    void aDiscardedFirstLetterIsDue() throws Exception {
        var events = parkSome();

        assertEquals(1, letters.discard(DeadLetterFilter.of(NAME).at(1), "somebody", "of no use"));

        assertEquals(State.DISCARDED, letter(NAME, events.get(0)).state());
        assertEquals("a", keys(storage.due(NAME, BOTH, 10)).getFirst());
        assertEquals(State.PARKED, letter(OTHER, events.get(0)).state());
        assertEquals(List.of(), storage.due(OTHER, BOTH, 10));
    }

    @Test
    void aDiscardedFollowerWaitsForItsTurn() throws Exception {
        var events = parkSome();

        assertEquals(1, letters.discard(DeadLetterFilter.of(NAME).at(2), "somebody", "of no use"));

        assertEquals(State.DISCARDED, letter(NAME, events.get(1)).state());
        assertEquals(Optional.empty(), letter(NAME, events.get(1)).nextRetry());
        assertFalse(keys(storage.due(NAME, BOTH, 10)).contains("a"));
        assertEquals(List.of(1L, 2L), letterPositions(DeadLetterFilter.of(NAME).ofKey("a")));
    }

    @Test
    void aWholeSequenceCanBeDiscarded() throws Exception {
        parkSome();

        assertEquals(2, letters.discard(DeadLetterFilter.of(NAME).ofKey("a"), "somebody", "of no use"));
        assertEquals(0, letters.discard(DeadLetterFilter.of(NAME).ofKey("a"), "somebody", "once more"));

        assertEquals(List.of(1L, 2L), letterPositions(DeadLetterFilter.of(NAME).in(State.DISCARDED)));
        assertTrue(keys(storage.due(NAME, BOTH, 10)).contains("a"));
    }

    @Test
    void everyDecisionIsKept() throws Exception {
        var events = parkSome();
        letters.retry(DeadLetterFilter.of(NAME).at(1), "somebody");
        park(NAME, parked(events.get(0), 0));
        letters.discard(DeadLetterFilter.of(NAME).at(1), "somebody else", "of no use");
        settle(NAME, events.get(0));

        var history = letters.history(NAME, 1);

        assertEquals(
                List.of("retry", "discard"),
                history.stream().map(Decision::what).toList());
        assertEquals(
                List.of("somebody", "somebody else"),
                history.stream().map(Decision::who).toList());
        assertEquals(
                List.of("", "of no use"), history.stream().map(Decision::reason).toList());
        assertFalse(history.getLast().time().isBefore(history.getFirst().time()));
        assertEquals(List.of(), letters.history(OTHER, 1));
        assertEquals(List.of(), letters.history(NAME, 3));
    }

    private static List<String> keys(List<ParkedSequence> sequences) {
        return sequences.stream().map(ParkedSequence::sequenceKey).toList();
    }
}
