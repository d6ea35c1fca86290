package dev.headwater.workflow.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.workflow.Branch;
import dev.headwater.workflow.code.Shop.Kind;
import dev.headwater.workflow.code.Shop.PaymentOutcome;
import dev.headwater.workflow.code.Shop.StockOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JournalReplayTest {

    @Test
    void everyPrefixOfEveryJournalReplays() {
        for (long seed = 0; seed < 10; seed++) {
            var scenario = new OrderScenario(seed, Trials.troubles(seed)).run();
            for (var kind : Kind.values()) {
                var events = scenario.simulation().stream(scenario.journal(kind));
                for (int length = 1; length <= events.size(); length++) {
                    var problem = Rehearsal.of(
                            scenario.definition(), scenario.simulation().surroundings(), events.subList(0, length));
                    assertThat(problem)
                            .as("%s of %d events, seed %d", kind, length, seed)
                            .isEmpty();
                }
            }
        }
    }

    /** What each changed version of the code below does at which place, as the message must say. */
    private static final Map<String, Probe.Code> CHANGED = Map.of(
            "step(quote)",
                    wf -> {
                        wf.step("renamed").run(key -> {});
                        return rest(wf);
                    },
            "sleep(PT1M)",
                    wf -> {
                        wf.step("quote").run(key -> {});
                        wf.await(PaymentOutcome.class);
                        wf.sleep(Duration.ofMinutes(1));
                        return "swapped";
                    },
            "all(left, right)",
                    wf -> {
                        wf.step("quote").run(key -> {});
                        wf.sleep(Duration.ofMinutes(1));
                        wf.await(PaymentOutcome.class);
                        return "removed";
                    },
            "await(payment.completed)",
                    wf -> {
                        wf.step("quote").run(key -> {});
                        wf.sleep(Duration.ofMinutes(1));
                        wf.all(List.of(Branch.of("left", left -> 1), Branch.of("right", right -> 2)));
                        return "shortened";
                    });

    private static String rest(dev.headwater.workflow.WorkflowContext wf) {
        wf.sleep(Duration.ofMinutes(1));
        wf.all(List.of(Branch.of("left", left -> 1), Branch.of("right", right -> 2)));
        wf.await(PaymentOutcome.class);
        wf.await(StockOutcome.class);
        return "done";
    }

    @Test
    void codeThatDoesSomethingElseIsStuckWithBothSidesInTheMessage() {
        CHANGED.forEach((recorded, changed) -> {
            var probe = new Probe(wf -> {
                wf.step("quote").run(key -> {});
                return rest(wf);
            });
            probe.paid().settle();
            var before = probe.entries();
            var deployed = probe.deploy(changed).reserved();

            assertThatThrownBy(deployed::settle)
                    .as(recorded)
                    .isInstanceOf(WorkflowStuckException.class)
                    .hasMessageContaining("journal  " + recorded)
                    .hasMessageContaining("code     ");
            assertThat(probe.entries()).isEqualTo(before);
        });
    }

    @Test
    void theMessageOfAContradictionNamesTheLineOfTheCode() {
        var probe = new Probe(wf -> {
            wf.step("quote").run(key -> {});
            return rest(wf);
        });
        probe.settleFor(6);
        var deployed = probe.deploy(CHANGED.get("step(quote)")).paid();

        assertThatThrownBy(deployed::settle)
                .hasMessageContaining("at       0/0 in $probe-1")
                .hasMessageContaining("code     step(renamed) at ")
                .hasMessageContaining("JournalReplayTest.java");
    }

    @Test
    void codeThatIsNotDeterministicIsFoundByItsNextTurn() {
        var calls = new ArrayList<Integer>();
        var probe = new Probe(wf -> {
            calls.add(1);
            wf.step("number " + calls.size()).run(key -> {});
            wf.await(PaymentOutcome.class);
            return "done";
        });
        probe.settle().paid();

        assertThatThrownBy(probe::settle)
                .hasMessageContaining("journal  step(number 1)")
                .hasMessageContaining("code     step(number 2)");
    }

    @Test
    void anInstanceThatIsStuckGoesOnWithTheCodeThatItKnows() {
        Probe.Code right = wf -> {
            wf.step("quote").run(key -> {});
            wf.await(PaymentOutcome.class);
            return "done";
        };
        var probe = new Probe(right).settle();
        var broken = probe.deploy(wf -> "at once").paid();
        assertThatThrownBy(broken::settle).hasMessageContaining("has ended before");

        assertThat(broken.deploy(right).settle().result()).contains("done");
    }
}
