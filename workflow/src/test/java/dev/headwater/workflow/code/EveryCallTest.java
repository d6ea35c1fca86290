package dev.headwater.workflow.code;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.aggregate.Execution;
import dev.headwater.workflow.Awaited;
import dev.headwater.workflow.Branch;
import dev.headwater.workflow.Ending;
import dev.headwater.workflow.WorkflowContext;
import dev.headwater.workflow.WorkflowDefinition;
import dev.headwater.workflow.code.Shop.Kind;
import dev.headwater.workflow.code.Shop.PaymentOutcome;
import dev.headwater.workflow.code.Shop.ShopCommand;
import dev.headwater.workflow.code.Shop.StockOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A workflow that makes every call there is, and a process that dies at each of its boundaries. */
class EveryCallTest {

    private static final String ID = "1";

    /** One run of the workflow, from beginning to end. */
    static final class Run {
        private final Simulation simulation;
        private final WorkflowDefinition<String, String> child;
        private final WorkflowDefinition<String, String> parent;

        Run(long seed, Simulation.Troubles troubles) {
            simulation = new Simulation(seed, troubles);
            child = WorkflowDefinition.of("child", 1, String.class, String.class, (wf, input) -> {
                wf.sleep(Duration.ofMinutes(1));
                return wf.step("inherit").call(String.class, key -> "child of " + input);
            });
            parent = WorkflowDefinition.of("parent", 1, String.class, String.class, this::first)
                    .awaiting(PaymentOutcome.class, PaymentOutcome::order)
                    .awaiting(StockOutcome.class, StockOutcome::order);
            simulation.run(child);
            simulation.run(parent);
        }

        /** The first run only makes place for the second one. */
        private String first(WorkflowContext wf, String input) throws Exception {
            if (input.startsWith("first ")) {
                wf.step("prepare").run(key -> {});
                return wf.continueWith(input.substring("first ".length()));
            }
            return everything(wf, input);
        }

        private String everything(WorkflowContext wf, String input) throws Exception {
            var world = simulation.world();
            wf.compensateWith("note", undo -> {
                undo.sleep(Duration.ofMinutes(1));
                undo.step("undo the note").run(key -> world.book(key, 1));
            });
            long quote = wf.step("quote").call(Long.class, key -> world.quote());
            wf.step("book").undoneBy(key -> world.unbook(key, 2)).run(key -> world.book(key, quote));
            wf.show("change", String.valueOf(wf.version("change", 2)));
            wf.send(new ShopCommand.Pay(ID, Kind.PLAIN), new ShopCommand.Refund(ID));
            if (wf.await(PaymentOutcome.class, Duration.ofHours(9)) instanceof Awaited.TimedOut) {
                throw wf.failure("not paid");
            }
            wf.send(new ShopCommand.Reserve(ID, Kind.PLAIN), new ShopCommand.Release(ID));
            var both = wf.all(List.of(
                    Branch.of("stock", branch -> {
                        branch.await(StockOutcome.class);
                        return branch.step("count").call(Integer.class, key -> 1);
                    }),
                    Branch.of("steps", branch -> {
                        long other = branch.step("another quote").call(Long.class, key -> world.quote());
                        branch.step("another booking").run(key -> world.book(key, other));
                        return 2;
                    })));
            var first = wf.any(List.of(
                    Branch.of("slow", branch -> {
                        branch.sleep(Duration.ofDays(1));
                        return "slow";
                    }),
                    Branch.of("fast", branch -> {
                        branch.sleep(Duration.ofMinutes(1));
                        return "fast";
                    })));
            var ending = wf.child(child, ID + ".1", input);
            if (wf.execute(new ShopCommand.Ship(ID)) instanceof Execution.Refused refused) {
                throw wf.failure("refused: " + refused.reason());
            }
            if (input.equals("bad")) {
                throw wf.failure("it is bad");
            }
            wf.log().debug("has come to its end at {} with {}", wf.now(), wf.uuid());
            return both + " " + first + " " + ((Ending.Completed<String>) ending).result();
        }

        List<String> wrongs(String input) {
            simulation.start(parent, ID, "first " + input);
            simulation.settle();
            var wrongs = new ArrayList<>(simulation.world().wrongs());
            var ended = new Calls(simulation.toolkit()).ending(parent, ID);
            boolean isBad = input.equals("bad");
            Ending<String> expected = isBad
                    ? new Ending.Failed<>("it is bad", List.of("stock.release", "payment.refund", "book", "note"))
                    : new Ending.Completed<>("[1, 2] fast child of good");
            if (!ended.equals(Optional.of(expected))) {
                wrongs.add("ended as " + ended);
            }
            expect(wrongs, "order", "shipped", simulation.orders().load(ID).state());
            expect(
                    wrongs,
                    "payment",
                    isBad ? "refunded" : "paid",
                    simulation.payments().load(ID).state());
            expect(
                    wrongs,
                    "stock",
                    isBad ? "released" : "reserved",
                    simulation.stock().load(ID).state());
            return wrongs;
        }

        private static void expect(List<String> wrongs, String what, String expected, String found) {
            if (!expected.equals(found)) {
                wrongs.add(what + " is " + found + ": expected " + expected);
            }
        }

        Simulation simulation() {
            return simulation;
        }

        List<WorkflowDefinition<?, ?>> definitions() {
            return List.of(child, parent);
        }

        long boundaries() {
            return simulation.boundaries();
        }
    }

    @Test
    void aProcessThatDiesAnywhereOnTheWayToTheEndChangesNothing() {
        assertThat(wrongsOfEachCrash("good")).isEmpty();
    }

    @Test
    void aProcessThatDiesAnywhereOnTheWayBackChangesNothing() {
        assertThat(wrongsOfEachCrash("bad")).isEmpty();
    }

    private static List<String> wrongsOfEachCrash(String input) {
        var calm = new Run(1, new Simulation.Troubles());
        var wrongs = new ArrayList<>(calm.wrongs(input));
        for (long boundary = 1; boundary <= calm.boundaries(); boundary++) {
            var troubles = new Simulation.Troubles();
            troubles.crashAt = boundary;
            for (var wrong : new Run(1, troubles).wrongs(input)) {
                wrongs.add("crash at boundary " + boundary + ": " + wrong);
            }
        }
        return wrongs;
    }
}
