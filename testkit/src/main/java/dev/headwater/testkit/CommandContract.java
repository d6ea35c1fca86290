package dev.headwater.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.headwater.Envelope;
import dev.headwater.Metadata;
import dev.headwater.aggregate.Decider;
import dev.headwater.aggregate.DeciderRepository;
import dev.headwater.aggregate.Execution;
import dev.headwater.store.Append;
import dev.headwater.store.ConcurrencyException;
import dev.headwater.store.DuplicateEventException;
import dev.headwater.store.EventStore;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import dev.headwater.testkit.ContractCommand.Count;
import dev.headwater.testkit.ContractEvent.Counted;
import dev.headwater.testkit.ContractEvent.Noted;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A command to an aggregate has one outcome, however often it is executed. */
abstract class CommandContract extends StorageContract {

    private static final StreamId COUNTER = new StreamId("counter-a");
    private static final int MOST = 10;

    private final AtomicInteger decisions = new AtomicInteger();

    CommandContract(EventStoreContract implementation) {
        super(implementation);
    }

    /** Counts up to ten, and refuses what goes beyond. */
    private class Counter implements Decider<ContractCommand, Integer, Counted> {

        @Override
        public Integer initial() {
            return 0;
        }

        @Override
        public List<Counted> decide(ContractCommand command, Integer state) {
            decisions.incrementAndGet();
            return switch (command) {
                case Count(int steps) -> {
                    if (state + steps > MOST) {
                        throw new IllegalStateException("more than " + MOST);
                    }
                    yield IntStream.rangeClosed(1, steps)
                            .mapToObj(step -> new Counted(state + step))
                            .toList();
                }
            };
        }

        @Override
        public Integer evolve(Integer state, Counted event) {
            return state + 1;
        }
    }

    private DeciderRepository<ContractCommand, Integer, Counted> counters() {
        return counters(store);
    }

    private DeciderRepository<ContractCommand, Integer, Counted> counters(EventStore in) {
        return DeciderRepository.of(in, "counter", Counted.class, new Counter());
    }

    private static Envelope<Count> count(int steps) {
        return Envelope.of(new Count(steps), CLOCK);
    }

    @Test
    void aCommandIsCarriedOutOnce() {
        var command = count(2);
        var outcome = new Execution.Accepted(COUNTER, 2);

        assertEquals(outcome, counters().execute("a", command));
        counters().execute("a", count(5));
        assertEquals(outcome, counters(elsewhere).execute("a", command));

        assertEquals(2, decisions.get(), "a repetition is recognised before it is decided");
        assertEquals(Optional.of(outcome), counters().outcome("a", command.id()));
        assertEquals(7, store.streamVersion(COUNTER));
        assertEquals(7, counters().load("a").state());
    }

    @Test
    void aCommandThatWouldBeRefusedNowStaysAccepted() {
        var command = count(MOST);

        assertEquals(new Execution.Accepted(COUNTER, MOST), counters().execute("a", command));
        assertEquals(new Execution.Accepted(COUNTER, MOST), counters(elsewhere).execute("a", command));
        assertEquals(1, decisions.get(), "a repetition is recognised before it is decided");
    }

    @Test
    void aRefusalStaysOne() {
        counters().execute("a", count(8));
        var command = count(3);
        var refused = new Execution.Refused("IllegalStateException", "more than 10");

        assertEquals(refused, counters().execute("a", command));
        assertEquals(Optional.of(refused), counters().outcome("a", command.id()));
        assertEquals(refused, counters(elsewhere).execute("a", command));

        assertEquals(2, decisions.get(), "a repetition is recognised before it is decided");
        assertEquals(8, store.readLog(0).count(), "the record of it is not among all events");
    }

    @Test
    void nothingToDoStaysSo() {
        var command = count(0);
        assertEquals(new Execution.Accepted(COUNTER, 0), counters().execute("a", command));
        counters().execute("a", count(4));

        assertEquals(new Execution.Accepted(COUNTER, 0), counters(elsewhere).execute("a", command));
        assertEquals(2, decisions.get(), "a repetition is recognised before it is decided");
    }

    @Test
    void ofManyDecisionsOnOneCommandOneIsTheOutcome() {
        for (int round = 0; round < 20; round++) {
            var id = "r" + round;
            var command = count(1);
            var outcomes = Contenders.run(
                    8,
                    i -> () -> DeciderRepository.of(
                                    i % 2 == 0 ? store : elsewhere, "counter", Counted.class, new Moody())
                            .execute(id, command));

            var first = outcomes.getFirst().value();
            outcomes.forEach(outcome -> assertEquals(first, outcome.value(), "the outcome of " + id));
            assertEquals(
                    first instanceof Execution.Accepted ? 1 : 0,
                    store.streamVersion(new StreamId("counter-" + id)),
                    "the events of " + first);
        }
    }

    /** Decides one way or the other, as old and new code would side by side. */
    private final class Moody extends Counter {
        @Override
        public List<Counted> decide(ContractCommand command, Integer state) {
            if (ThreadLocalRandom.current().nextBoolean()) {
                throw new IllegalStateException("not in the mood");
            }
            return super.decide(command, state);
        }
    }

    @Test
    void eventsAndRefusalsAreCausedByTheirCommand() {
        var command = count(1).withMetadata(Metadata.NONE.withUser("ada"));
        var refused = count(MOST + 1);
        counters().execute("a", command);
        counters().execute("a", refused);

        var log = wholeLog();
        assertEquals(Metadata.causedBy(command), log.getFirst().encoded().metadata());
        assertEquals(Metadata.causedBy(refused), log.getLast().encoded().metadata());
        assertEquals("$command-" + refused.id(), log.getLast().stream().name());
    }

    @Test
    void aDecisionGoesIntoOneAppendWithOthers() {
        var journal = new StreamId("$journal-1");
        var command = count(2);
        var decided = counters().decide("a", command);
        assertEquals(0, store.headPosition(), "nothing is appended yet");

        toolkit.append(new Append(List.of(decided.part()), Optional.empty()).and(journal, ANY, new Noted("executed")));

        assertEquals(new Execution.Accepted(COUNTER, 2), decided.execution());
        assertEquals(Optional.of(decided.execution()), counters().outcome("a", command.id()));
        assertEquals(1, store.streamVersion(journal));
        assertEquals(decided.execution(), counters().execute("a", command));
        var again = counters().decide("a", command);
        assertThrows(
                DuplicateEventException.class,
                () -> toolkit.append(
                        new Append(List.of(again.part()), Optional.empty()).and(journal, ANY, new Noted("again"))));
        assertEquals(1, store.streamVersion(journal));
    }

    @Test
    void aDecisionOnAnOldVersionIsNotAppended() {
        var decided = counters().decide("a", count(2));
        counters().execute("a", count(1));

        refused(ConcurrencyException.class, () -> store.append(new Append(List.of(decided.part()), Optional.empty())));
    }

    @Test
    void aMistakeIsNoOutcome() {
        var command = count(1);
        var broken = DeciderRepository.of(store, "counter", Counted.class, new Counter() {
            @Override
            public List<Counted> decide(ContractCommand command, Integer state) {
                throw new NullPointerException("not on purpose");
            }
        });

        assertThrows(NullPointerException.class, () -> broken.execute("a", command));

        assertEquals(Optional.empty(), counters().outcome("a", command.id()));
        assertInstanceOf(Execution.Accepted.class, counters().execute("a", command));
    }

    @Test
    void aCommandBelongsToOneAggregate() {
        var accepted = count(1);
        var refused = count(MOST + 1);
        counters().execute("a", accepted);
        counters().execute("a", refused);

        assertThrows(IllegalStateException.class, () -> counters().execute("b", accepted));
        assertThrows(IllegalStateException.class, () -> counters().execute("b", refused));
        assertFalse(store.readStream(new StreamId("counter-b"))
                .findAny()
                .map(StoredEvent::id)
                .isPresent());
    }
}
