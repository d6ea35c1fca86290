package dev.headwater.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.store.EventQuery;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StreamId;
import dev.headwater.subscription.Subscription;
import dev.headwater.testkit.simulation.Rental.CarCommand;
import dev.headwater.testkit.simulation.Rental.Desk;
import dev.headwater.testkit.simulation.Rental.Wish;
import dev.headwater.workflow.ProcessState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A system is played through with one seed after the other. */
class SimulationTest {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);

    private static Simulation rentals(Simulation simulation, Desk desk) {
        for (int i = 0; i < 2; i++) {
            simulation.running(
                    process -> Rental.start(process, (wf, wish) -> Rental.rent(wf, wish, desk, process::disturb)));
        }
        var workflow = Rental.workflow((wf, wish) -> "");
        simulation.workflows().start(workflow, "1", new Wish("Ann", "red"));
        simulation.workflows().start(workflow, "2", new Wish("Bob", "refused"));
        simulation.pass(HOUR);
        return simulation;
    }

    @Test
    void whateverHappensEveryInstanceEndsAsItShould() {
        Simulation.seeds(Rental.TYPES, 200).forEach(simulation -> {
            var desk = new Desk();
            rentals(simulation, desk).finish(DAY);

            assertThat(simulation.find("rental", "1").orElseThrow().state())
                    .isIn(ProcessState.COMPLETED, ProcessState.FAILED);
            assertThat(simulation.find("rental", "2").orElseThrow().state()).isEqualTo(ProcessState.FAILED);
            assertThat(desk.written).hasSize(2);
            assertThat(desk.torn).containsKey("rental-2/0/0");
        });
    }

    @Test
    void theSameSeedGivesTheSameLogWithIdsAndTimes() {
        for (long seed = 1; seed <= 5; seed++) {
            var log = rentals(Simulation.of(Rental.TYPES, seed), new Desk()).log();

            assertThat(rentals(Simulation.of(Rental.TYPES, seed), new Desk()).log())
                    .isEqualTo(log);
            assertThat(rentals(Simulation.of(Rental.TYPES, seed + 1), new Desk())
                            .log())
                    .isNotEqualTo(log);
        }
    }

    @Test
    void troublesAreFoundAmongTheSeeds() {
        var seen = ConcurrentHashMap.<String>newKeySet();
        Simulation.seeds(Rental.TYPES, 200).forEach(simulation -> {
            var starts = new AtomicInteger();
            var desk = new Desk();
            var handled = new ArrayList<Long>();
            simulation.running(process -> {
                if (starts.incrementAndGet() > 1) {
                    seen.add("a process dies and comes back");
                }
                process.subscriptions().start(Subscription.named("reactor").reacting(event -> {
                    if (handled.contains(event.position())) {
                        seen.add("an event comes again");
                    }
                    handled.add(event.position());
                }));
            });
            rentals(simulation, desk);
            desk.written.values().stream().filter(times -> times > 1).forEach(times -> seen.add("a step is repeated"));
            if (simulation.log().stream().anyMatch(line -> line.contains("$workflow.attempt-failed"))) {
                seen.add("a step fails");
            }
        });

        assertThat(seen).contains("a process dies and comes back", "an event comes again", "a step is repeated");
    }

    @Test
    void timePassesOnlyWhenTheTestSaysSo() {
        var simulation = Simulation.of(Rental.TYPES, 1).with(Troubles.NONE);
        simulation.running(process -> Rental.start(process, (wf, wish) -> {
            wf.sleep(HOUR);
            return "rested until " + wf.now();
        }));
        var begin = simulation.now();
        simulation.workflows().start(Rental.workflow((wf, wish) -> ""), "1", new Wish("Ann", "red"));

        simulation.settle();
        assertThat(simulation.now()).isEqualTo(begin);
        assertThat(simulation.find("rental", "1").orElseThrow().state()).isEqualTo(ProcessState.WAITING);
        simulation.pass(HOUR.minusSeconds(1));
        assertThat(simulation.find("rental", "1").orElseThrow().state()).isEqualTo(ProcessState.WAITING);
        simulation.pass(Duration.ofSeconds(2));
        assertThat(simulation.find("rental", "1").orElseThrow().state()).isEqualTo(ProcessState.COMPLETED);
    }

    @Test
    void whatIsInMemoryIsGoneAfterACrashAndWhatIsStoredIsNot() {
        var simulation = Simulation.of(Rental.TYPES, 1).with(Troubles.NONE);
        var starts = new ArrayList<Instant>();
        simulation.running(process -> {
            starts.add(simulation.now());
            Rental.start(process, (wf, wish) -> Rental.rent(wf, wish, new Desk(), () -> {}));
        });
        simulation.workflows().start(Rental.workflow((wf, wish) -> ""), "1", new Wish("Ann", "red"));

        simulation.crash(HOUR);
        simulation.pass(Duration.ofMinutes(59));
        assertThat(starts).hasSize(1);
        assertThat(simulation.find("rental", "1")).isEmpty();
        simulation.pass(Duration.ofMinutes(5));

        assertThat(starts).containsExactly(starts.getFirst(), starts.getFirst().plus(HOUR));
        assertThat(simulation.find("rental", "1").orElseThrow().state()).isEqualTo(ProcessState.COMPLETED);
    }

    @Test
    void aSeedThatFailsIsNamedWithTheEndOfItsLog() {
        assertThatThrownBy(() -> Simulation.seeds(Rental.TYPES, 50).from(100).forEach(simulation -> {
                    simulation
                            .store()
                            .append(StreamId.of("car", "1"), ExpectedVersion.any(), new Rental.CarEvent.Freed("1"));
                    assertThat(simulation.seed()).isNotEqualTo(120);
                }))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("The seed 120 fails; repeat it with -Dheadwater.simulation.seed=120.")
                .hasMessageContaining("car.freed")
                .hasRootCauseInstanceOf(AssertionError.class);
    }

    @Test
    void whatHasNoEndIsLeftOver() {
        var simulation = Simulation.of(Rental.TYPES, 1).with(Troubles.NONE);
        simulation.running(process -> process.subscriptions()
                .start(Subscription.named("picky").reacting(event -> {
                    throw new IllegalArgumentException("not this one");
                })));
        simulation.running(process ->
                Rental.start(process, (wf, wish) -> "" + wf.await(Rental.CarEvent.Reserved.class, DAY)));
        simulation.workflows().start(Rental.workflow((wf, wish) -> ""), "1", new Wish("Ann", "red"));
        simulation.store().append(StreamId.of("car", "1"), ExpectedVersion.any(), new Rental.CarEvent.Freed("1"));

        assertThatThrownBy(() -> simulation.finish(HOUR))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("is a dead letter of 'picky'")
                .hasMessageContaining("not this one")
                .hasMessageContaining("rental 1 is WAITING")
                .hasMessageContaining("with a time limit until");
    }

    // ---------------------------------------------------------------- code that is not the same each time

    private static void assertFound(Rental.Code code, String... explanations) {
        var simulation = Simulation.of(Rental.TYPES, 1).with(Troubles.NONE);
        simulation.running(process -> Rental.start(process, code));
        simulation.workflows().start(Rental.workflow(code), "1", new Wish("Ann", "red"));

        assertThatThrownBy(() -> simulation.finish(HOUR))
                .isInstanceOf(AssertionError.class)
                .hasMessageContainingAll(explanations);
    }

    private static String note(String note, dev.headwater.workflow.WorkflowContext wf) {
        wf.send(new CarCommand.Reserve(wf.id(), note));
        return wf.await(Rental.CarEvent.Reserved.class).car();
    }

    @Test
    void codeThatAsksTheClockIsFoundByTheFirstTest() {
        assertFound(
                (wf, wish) -> note("at " + Instant.now(), wf),
                "its code does not do the same each time",
                "send(car.reserve)",
                "SimulationTest.note(SimulationTest.java:");
        assertFound((wf, wish) -> note("red", wf) + " " + System.nanoTime(), "the result");
        assertFound(
                (wf, wish) -> {
                    throw wf.failure("at " + System.nanoTime());
                },
                "the failure");
        assertFound(
                (wf, wish) -> {
                    wf.show("since", "" + System.nanoTime());
                    return note("red", wf);
                },
                "show(since)");
    }

    @Test
    void codeThatDependsOnTheOrderOfAHashMapIsFoundByTheFirstTest() {
        assertFound(
                (wf, wish) -> {
                    var colours = new HashMap<Object, String>();
                    for (int i = 0; i < 20; i++) {
                        colours.put(new Object(), "colour " + i);
                    }
                    return note(String.join(", ", colours.values()), wf);
                },
                "send(car.reserve)");
        assertFound(
                (wf, wish) -> {
                    var steps = new HashMap<Object, String>();
                    for (int i = 0; i < 20; i++) {
                        steps.put(new Object(), "step " + i);
                    }
                    steps.values().forEach(name -> wf.step(name).run(key -> {}));
                    return note("red", wf);
                },
                "its code is not the one that has written its journal");
    }

    @Test
    void codeThatCountsWhatIsOutsideIsFoundByTheFirstTest() {
        var runs = new AtomicInteger();
        assertFound((wf, wish) -> note("run " + runs.incrementAndGet(), wf), "send(car.reserve)");
        assertFound(
                (wf, wish) -> runs.incrementAndGet() % 2 == 0 ? note("red", wf) : "at once",
                "the result",
                "it goes on");
    }

    @Test
    void idsOfALogAreNotGivenTwice() {
        var log = rentals(Simulation.of(Rental.TYPES, 3), new Desk());
        var ids = log.store()
                .readLogAsStored(0, EventQuery.all().withReserved())
                .map(event -> event.id())
                .toList();

        assertThat(new HashSet<>(ids)).hasSameSizeAs(ids);
        assertThat(List.of(log.log().size())).containsExactly(ids.size());
    }
}
