package dev.headwater.workflow.code;

import dev.headwater.workflow.Branch;
import dev.headwater.workflow.WorkflowContext;
import dev.headwater.workflow.code.Shop.PaymentOutcome;
import dev.headwater.workflow.code.Shop.StockOutcome;
import java.util.ArrayList;
import java.util.List;

/** Everything that is run against an engine with a bug, by one seed. */
final class MutantScenarios {

    private MutantScenarios() {}

    static List<String> wrongs(long seed) {
        var wrongs = new ArrayList<String>();
        wrongs.addAll(Trials.random(seed));
        wrongs.addAll(branches(seed));
        wrongs.addAll(changes(seed));
        wrongs.addAll(order());
        return wrongs;
    }

    /** Branches that end in another order each time. */
    private static List<String> branches(long seed) {
        return expect("branches", "[1, 2, 3] paid", () -> {
            var troubles = new Simulation.Troubles();
            troubles.crashes = 0.05;
            var probe = new Probe(seed, troubles, MutantScenarios::branching);
            probe.paid().reserved().settle();
            return probe.result().orElse("has not ended");
        });
    }

    private static String branching(WorkflowContext wf) {
        var all = wf.all(List.of(step(1), step(2), step(3)));
        var first = wf.any(List.of(
                Branch.of("payment", branch -> {
                    branch.await(PaymentOutcome.class);
                    return "paid";
                }),
                Branch.of("stock", branch -> {
                    branch.await(StockOutcome.class);
                    return "reserved";
                })));
        wf.step("after " + first).run(key -> {});
        wf.sleep(java.time.Duration.ofMinutes(1));
        return all + " " + (first.isEmpty() ? "nothing" : "paid");
    }

    private static Branch<Integer> step(int number) {
        return Branch.of("branch " + number, branch -> {
            branch.step("first").run(key -> {});
            return branch.step("second").call(Integer.class, key -> number);
        });
    }

    /** Code that changes under instances that run. */
    private static List<String> changes(long seed) {
        var wrongs = new ArrayList<String>();
        wrongs.addAll(expect("a change", "2 2", () -> {
            Probe.Code code = wf -> {
                int version = wf.version("change", 2);
                wf.await(PaymentOutcome.class);
                return version + " "
                        + (wf.version("another", 2) == 2 ? wf.step("new").call(Integer.class, key -> 2) : 1);
            };
            var probe = new Probe(seed, new Simulation.Troubles(), code);
            probe.settle().paid().settle();
            return probe.result().orElse("has not ended");
        }));
        wrongs.addAll(expectStuck("a call removed", wf -> {
            wf.step("kept").run(key -> {});
            return "ends";
        }));
        wrongs.addAll(expectStuck("a step renamed", wf -> {
            wf.step("renamed").run(key -> {});
            wf.await(PaymentOutcome.class);
            return "ends";
        }));
        return wrongs;
    }

    private static List<String> expectStuck(String what, Probe.Code changed) {
        var probe = new Probe(wf -> {
            wf.step("kept").run(key -> {});
            wf.await(PaymentOutcome.class);
            return "ends";
        });
        probe.settle();
        return expect(what, "stuck", () -> {
            try {
                return probe.deploy(changed).paid().settle().result().orElse("waits");
            } catch (WorkflowStuckException e) {
                return "stuck";
            }
        });
    }

    /** Compensations in reverse. */
    private static List<String> order() {
        var undone = new ArrayList<String>();
        return expect("compensations", "[second, first]", () -> {
            undone.clear();
            new Probe(wf -> {
                        wf.compensateWith("first", undo -> undone.add("first"));
                        wf.compensateWith("second", undo -> undone.add("second"));
                        throw wf.failure("no");
                    })
                    .settle();
            return undone.toString();
        });
    }

    private interface Scenario {
        String run();
    }

    private static List<String> expect(String what, String expected, Scenario scenario) {
        String found;
        try {
            found = scenario.run();
        } catch (RuntimeException | Error e) {
            found = e.toString();
        }
        return found.equals(expected) ? List.of() : List.of(what + ": expected " + expected + ", found " + found);
    }
}
