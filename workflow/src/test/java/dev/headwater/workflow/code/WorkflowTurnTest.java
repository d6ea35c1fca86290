package dev.headwater.workflow.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.headwater.aggregate.Execution;
import dev.headwater.store.StreamId;
import dev.headwater.workflow.Awaited;
import dev.headwater.workflow.Branch;
import dev.headwater.workflow.Ending;
import dev.headwater.workflow.StepFailedException;
import dev.headwater.workflow.StepRetry;
import dev.headwater.workflow.WorkflowContext;
import dev.headwater.workflow.WorkflowDefinition;
import dev.headwater.workflow.WorkflowFailedException;
import dev.headwater.workflow.code.Shop.PaymentOutcome;
import dev.headwater.workflow.code.Shop.StockOutcome;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WorkflowTurnTest {

    @Test
    void threeStepsAreRecordedWithThreeAppendsAfterTheStart() {
        var versions = new HashSet<Long>();
        var probe = new Probe(wf -> {
            for (int i = 0; i < 3; i++) {
                wf.step("step " + i).run(key -> {});
            }
            return "done";
        });
        probe.settle().simulation().stream(probe.stream()).forEach(event -> versions.add(event.version()));

        assertThat(probe.kinds()).containsExactly("Started", "Stepped", "Stepped", "Stepped", "Ended");
        assertThat(probe.simulation().appends()).isEqualTo(1 + 3);
    }

    @Test
    void aResultIsWhatWasRecordedAlsoAtTheFirstTime() {
        record Precise(double value) {}
        var probe = new Probe(wf -> String.valueOf(
                wf.step("compute").call(Precise.class, key -> new Precise(0.1)).value()));

        assertThat(probe.settle().result()).contains("0.1");
    }

    @Test
    void anEventThatCameBeforeItWasAwaitedIsTakenInTheOrderOfTheLog() {
        var probe = new Probe(wf -> {
            wf.await(PaymentOutcome.class);
            wf.await(StockOutcome.class);
            return "both";
        });
        probe.reserved().settle();
        assertThat(probe.kinds()).containsExactly("Started", "Awaiting", "Kept");

        probe.paid().settle();

        assertThat(probe.result()).contains("both");
        assertThat(probe.kinds()).endsWith("Received", "Received", "Ended");
    }

    @Test
    void aTimeThatEndsIsAnOutcome() {
        var probe = new Probe(wf -> switch (wf.await(PaymentOutcome.class, Duration.ofDays(3))) {
            case Awaited.Received(var outcome) -> "paid";
            case Awaited.TimedOut() -> "not paid by " + wf.now();
        });

        assertThat(probe.settle().result())
                .hasValueSatisfying(result -> assertThat(result).startsWith("not paid by 2026-01-04"));
    }

    @Test
    void anEventAfterTheEndIsRecordedAsUnclaimed() {
        var probe = new Probe(wf -> "done");
        probe.settle().paid().settle();

        assertThat(probe.kinds()).containsExactly("Started", "Ended", "Unclaimed");
    }

    @Test
    void aPauseOfAStepThatIsLongIsATimer() {
        var attempts = new ArrayList<String>();
        var probe = new Probe(wf -> wf.step("call")
                .retrying(StepRetry.DEFAULT.withPauses(Duration.ofMinutes(1), Duration.ofHours(1)))
                .call(String.class, key -> {
                    attempts.add(key);
                    if (attempts.size() < 3) {
                        throw new IOException("away");
                    }
                    return "done";
                }));

        assertThat(probe.settle().result()).contains("done");
        assertThat(attempts).hasSize(3).containsOnly("probe-1/0/0");
        assertThat(probe.kinds())
                .containsExactly(
                        "Started", "AttemptFailed", "TimedOut", "AttemptFailed", "TimedOut", "Stepped", "Ended");
    }

    @Test
    void theLastFailureOfAStepIsAFailureThatCodeCanCatch() {
        var probe = new Probe(wf -> {
            try {
                wf.step("call").retrying(StepRetry.DEFAULT.withAttempts(1)).run(key -> {
                    throw new IOException("away");
                });
                return "called";
            } catch (StepFailedException e) {
                return e.getMessage();
            }
        });

        assertThat(probe.settle().result()).contains("The step 'call' failed: IOException: away");
    }

    @Test
    void aResultThatIsTooLargeFailsTheStepWithItsSize() {
        var probe = new Probe(wf -> {
            try {
                return wf.step("call").call(String.class, key -> "x".repeat(1024 * 1024));
            } catch (StepFailedException e) {
                return e.getMessage();
            }
        });

        assertThat(probe.settle().result())
                .hasValueSatisfying(result -> assertThat(result).contains("1048578 bytes", "store it elsewhere"));
    }

    @Test
    void whatWasDoneIsUndoneInReverse() {
        var undone = new ArrayList<String>();
        var probe = new Probe(wf -> {
            wf.compensateWith("first", undo -> undone.add("first"));
            wf.step("second").undoneBy(key -> undone.add("second " + key)).run(key -> {});
            throw wf.failure("no");
        });

        assertThat(probe.settle().how()).contains(Entry.How.FAILED);
        assertThat(undone).containsExactly("second probe-1/0/0", "first");
        assertThat(probe.simulation().ended(probe.stream()).orElseThrow().compensations())
                .containsExactly("second", "first");
    }

    @Test
    void aCompensationThatFailsIsTriedUntilItIsDoneAndTheOthersFollow() {
        var calls = new ArrayList<String>();
        var probe = new Probe(wf -> {
            wf.compensateWith("first", undo -> calls.add("first"));
            wf.compensateWith("second", undo -> {
                calls.add("second");
                if (calls.size() < 10) {
                    throw new IOException("not now");
                }
            });
            throw wf.failure("no");
        });

        assertThat(probe.settle().how()).contains(Entry.How.FAILED);
        assertThat(calls).hasSize(11).endsWith("second", "first");
        assertThat(probe.kinds()).contains("AttemptFailed");
    }

    @Test
    void attemptsOfAStepAreCountedAlsoWhenTheirPausesAreShort() {
        var attempts = new ArrayList<String>();
        var probe = new Probe(wf -> {
            wf.step("call").retrying(StepRetry.DEFAULT.withAttempts(10)).run(key -> {
                attempts.add(key);
                throw new IOException("away");
            });
            return "called";
        });

        assertThat(probe.settle().kinds()).contains("AttemptFailed", "Stepped");
        assertThat(attempts).hasSize(10);
    }

    @Test
    void anAttemptOfACompensationIsNotAnsweredWithWhatAFormerOneHasRecorded() {
        var calls = new ArrayList<String>();
        var probe = new Probe(wf -> {
            wf.compensateWith(
                    "undo",
                    undo -> undo.step("call")
                            .retrying(StepRetry.DEFAULT.withAttempts(1))
                            .run(key -> {
                                calls.add(key);
                                if (calls.size() < 9) {
                                    throw new IOException("not now");
                                }
                            }));
            throw wf.failure("no");
        });
        probe.settle();

        assertThat(probe.how()).contains(Entry.How.FAILED);
        var numbers = probe.entries().stream()
                .filter(Entry.AttemptFailed.class::isInstance)
                .map(failed -> ((Entry.AttemptFailed) failed).attempt())
                .toList();
        assertThat(numbers).hasSizeGreaterThan(1).doesNotHaveDuplicates().isSorted();
        assertThat(calls).hasSize(9);
        assertThat(numbers.getLast()).isEqualTo(8);
    }

    @Test
    void anotherAttemptOfACompensationRepeatsNoCommand() {
        var outcomes = new ArrayList<Execution>();
        var probe = new Probe(wf -> {
            wf.compensateWith("undo", undo -> {
                outcomes.add(undo.execute(new Shop.ShopCommand.Cancel(Probe.ID)));
                undo.send(new Shop.ShopCommand.Release(Probe.ID));
                if (outcomes.size() < 9) {
                    throw new IOException("not now");
                }
            });
            throw wf.failure("no");
        });
        probe.settle();

        assertThat(probe.how()).contains(Entry.How.FAILED);
        assertThat(outcomes).hasSizeGreaterThanOrEqualTo(9).allMatch(Execution.Accepted.class::isInstance);
        assertThat(probe.simulation().stream(StreamId.of("order", Probe.ID))).hasSize(1);
        assertThat(probe.simulation().stream(probe.stream()).stream()
                        .filter(event -> event.type().equals("stock.release")))
                .hasSize(1);
    }

    @Test
    void peopleCanGiveUpACompensation() {
        var probe = new Probe(wf -> {
            wf.compensateWith("possible", undo -> {});
            wf.compensateWith("impossible", undo -> {
                throw new IOException("never");
            });
            throw wf.failure("no");
        });
        probe.settleFor(200);
        assertThat(probe.how()).isEmpty();

        probe.remark(new Remarks.SkipRequested(Probe.NAME, Probe.ID, "impossible", "ann", "done by hand"))
                .settle();

        assertThat(probe.how()).contains(Entry.How.FAILED);
        assertThat(probe.simulation().ended(probe.stream()).orElseThrow().compensations())
                .containsExactly("possible");
    }

    @Test
    void aCancelledInstanceIsUndoneAndASecondCancelChangesNothing() {
        var undone = new ArrayList<String>();
        var probe = new Probe(wf -> {
            wf.compensateWith("undo", undo -> {
                undo.step("carefully").run(key -> undone.add("undone"));
                undo.sleep(Duration.ofHours(1));
            });
            wf.await(PaymentOutcome.class);
            return "paid";
        });
        probe.settleFor(5).cancel().settleFor(5).cancel().settle();

        assertThat(probe.how()).contains(Entry.How.CANCELLED);
        assertThat(undone).hasSize(1);
        assertThat(probe.kinds().stream().filter("Cancelling"::equals)).hasSize(1);
    }

    @Test
    void aMistakeInTheCodeUndoesNothingAndGoesOnWithMendedCode() {
        var undone = new ArrayList<String>();
        var probe = new Probe(wf -> {
            wf.compensateWith("undo", undo -> undone.add("undone"));
            wf.await(PaymentOutcome.class);
            throw new NullPointerException("a mistake");
        });
        probe.settle().paid();

        assertThatThrownBy(probe::settle)
                .isInstanceOf(WorkflowStuckException.class)
                .hasMessageContaining("NullPointerException")
                .hasMessageContaining("Nothing is undone");
        assertThat(undone).isEmpty();
        assertThat(probe.kinds()).containsExactly("Started", "Awaiting");

        var mended = probe.deploy(wf -> {
            wf.compensateWith("undo", undo -> undone.add("undone"));
            wf.await(PaymentOutcome.class);
            return "mended";
        });
        assertThat(mended.settle().result()).contains("mended");
        assertThat(undone).isEmpty();
    }

    @Test
    void anErrorOutsideOfTheCodeLeavesTheInstanceStuck() {
        record Broken(boolean whole) {
            @JsonProperty
            String value() {
                if (!whole) {
                    throw new AssertionError("a mistake");
                }
                return "whole";
            }
        }
        var probe = new Probe(wf ->
                wf.step("call").call(Broken.class, key -> new Broken(false)).value());

        assertThatThrownBy(probe::settle)
                .isInstanceOf(WorkflowStuckException.class)
                .hasMessageContaining("AssertionError");
        assertThat(probe.simulation().log().getLast().event()).isInstanceOf(Remarks.Stuck.class);
    }

    @Test
    void branchesThatEndInAnyOrderReplayToTheSame() {
        for (long seed = 0; seed < 50; seed++) {
            var troubles = new Simulation.Troubles();
            troubles.crashes = 0.05;
            var probe = new Probe(seed, troubles, WorkflowTurnTest::threeBranches);
            probe.paid().reserved().settle();

            assertThat(probe.result()).as("seed %d", seed).contains("[0 1, paid, reserved]");
        }
    }

    private static String threeBranches(WorkflowContext wf) {
        return wf.all(List.of(
                        Branch.of(
                                "steps",
                                branch -> IntStream.range(0, 2)
                                        .mapToObj(i -> branch.step("step " + i).call(Integer.class, key -> i))
                                        .map(String::valueOf)
                                        .reduce((one, other) -> one + " " + other)
                                        .orElse("")),
                        Branch.of("payment", branch -> {
                            branch.step("ask").run(key -> {});
                            branch.await(PaymentOutcome.class);
                            return "paid";
                        }),
                        Branch.of("stock", branch -> {
                            branch.await(StockOutcome.class);
                            branch.step("note").run(key -> {});
                            return "reserved";
                        })))
                .toString();
    }

    @Test
    void theFirstBranchToEndIsTheSameInEveryReplay() {
        for (long seed = 0; seed < 50; seed++) {
            var troubles = new Simulation.Troubles();
            troubles.crashes = 0.05;
            var probe = new Probe(seed, troubles, wf -> {
                var first = wf.any(List.of(
                        Branch.of("payment", branch -> {
                            branch.await(PaymentOutcome.class);
                            return "paid";
                        }),
                        Branch.of("stock", branch -> {
                            branch.await(StockOutcome.class);
                            return "reserved";
                        })));
                wf.sleep(Duration.ofHours(1));
                return first;
            });
            probe.reserved().paid().settle();

            assertThat(probe.result()).as("seed %d", seed).contains("reserved");
        }
    }

    @Test
    void aBranchThatFailsFailsAllAndWhatBranchesDidIsUndoneInOneOrder() {
        var undone = new ArrayList<String>();
        var probe = new Probe(wf -> {
            wf.all(List.of(
                    Branch.of("one", branch -> {
                        branch.compensateWith("one", undo -> undone.add("one"));
                        branch.await(PaymentOutcome.class);
                        return 1;
                    }),
                    Branch.of("two", branch -> {
                        branch.compensateWith("two", undo -> undone.add("two"));
                        branch.sleep(Duration.ofMinutes(1));
                        throw branch.failure("two is not possible");
                    })));
            return "all";
        });

        assertThat(probe.settle().how()).contains(Entry.How.FAILED);
        assertThat(undone).containsExactly("two", "one");
    }

    @Test
    void aBranchThatUsesTheContextOfTheWorkflowIsRefused() {
        var probe = new Probe(wf -> wf.all(List.of(
                        Branch.of("wrong", branch -> wf.step("mine").call(String.class, key -> ""))))
                .toString());

        assertThatThrownBy(probe::settle)
                .isInstanceOf(WorkflowStuckException.class)
                .hasMessageContaining("a branch uses the context that it is given")
                .hasMessageContaining("WorkflowTurnTest.java");
    }

    @Test
    void aThreadOfTheCodesOwnIsRefused() {
        var probe = new Probe(wf -> {
            var thread = new Thread(() -> {
                try {
                    wf.step("elsewhere").run(key -> {});
                } catch (IllegalStateException e) {
                    // refused
                }
            });
            thread.start();
            thread.join();
            return "done";
        });

        assertThatThrownBy(probe::settle)
                .isInstanceOf(WorkflowStuckException.class)
                .hasMessageContaining("only the thread that runs the workflow may");
    }

    @Test
    void codeThatSwallowsEverythingIsStoppedAllTheSame() {
        var probe = new Probe(wf -> {
            try {
                wf.await(PaymentOutcome.class);
                return "paid";
            } catch (Throwable e) {
                try {
                    wf.step("never").run(key -> {
                        throw new AssertionError("must not be called");
                    });
                } catch (Throwable again) {
                    return "swallowed";
                }
                return "swallowed";
            }
        });
        probe.settle();
        assertThat(probe.kinds()).containsExactly("Started", "Awaiting");

        assertThat(probe.paid().settle().result()).contains("paid");
    }

    @Test
    void aChangeIsFollowedByThoseWhoComeToItFirstAndByNobodyElse() {
        var probe = new Probe(wf -> {
            wf.await(PaymentOutcome.class);
            return "old";
        });
        probe.settle();
        Probe.Code changed = wf -> {
            int before = wf.version("before", 2);
            wf.await(PaymentOutcome.class);
            int after = wf.version("after", 2);
            wf.step("new").run(key -> {});
            return before + " " + after + " " + wf.version("after", 2);
        };

        assertThat(probe.deploy(changed).paid().settle().result()).contains("1 2 2");
        assertThat(new Probe(changed).paid().settle().result()).contains("2 2 2");
    }

    @Test
    void continuingTakesWhatWaitsToTheNextRun() {
        var runs = new ArrayList<String>();
        var simulation = new Simulation(1, new Simulation.Troubles());
        var definition = WorkflowDefinition.of("counter", 1, Integer.class, String.class, (wf, count) -> {
                    wf.await(PaymentOutcome.class);
                    runs.add(count + " " + wf.uuid());
                    return count == 5 ? "five" : wf.continueWith(count + 1);
                })
                .awaiting(PaymentOutcome.class, PaymentOutcome::order);
        simulation.run(definition);
        simulation.start(definition, "1", 1);
        for (int i = 0; i < 5; i++) {
            simulation.happen(StreamId.of("payment", "1"), new PaymentOutcome.PaymentCompleted("1"));
        }
        simulation.settle();

        assertThat(simulation.ended(definition.journal("1")).map(Entry.Ended::how))
                .contains(Entry.How.COMPLETED);
        assertThat(new HashSet<>(runs)).hasSize(5);
    }

    @Test
    void aChildIsStartedWithTheRecordAndItsEndIsAnOutcome() {
        var child = WorkflowDefinition.of("child", 1, String.class, String.class, (wf, input) -> {
            if (input.equals("bad")) {
                throw wf.failure("it is bad");
            }
            return "child of " + input;
        });
        var parent = WorkflowDefinition.of("parent", 1, String.class, String.class, (wf, input) -> {
            var ending = wf.child(child, wf.id() + ".1", input);
            return switch (ending) {
                case Ending.Completed<String>(var result) -> result;
                case Ending.Failed<String>(var reason, var compensations) -> "failed: " + reason;
                case Ending.Cancelled<String> cancelled -> "cancelled";
            };
        });
        var troubles = new Simulation.Troubles();
        troubles.crashes = 0.02;
        var simulation = new Simulation(1, troubles);
        simulation.run(child);
        simulation.run(parent);
        simulation.start(parent, "1", "good");
        simulation.start(parent, "2", "bad");
        simulation.settle();

        var calls = new Calls(simulation.toolkit());
        assertThat(calls.ending(parent, "1")).contains(new Ending.Completed<>("child of good"));
        assertThat(calls.ending(parent, "2")).contains(new Ending.Completed<>("failed: it is bad"));
    }

    @Test
    void startingAgainWithTheSameInputIsTheSameAndWithAnotherOneIsRefused() {
        var simulation = new Simulation(1, new Simulation.Troubles());
        var definition = Probe.definition(1, wf -> "done");
        simulation.run(definition);
        var calls = new Calls(simulation.toolkit());

        assertThat(calls.start(definition, "7", "input")).isTrue();
        assertThat(calls.start(definition, "7", "input")).isFalse();
        assertThatThrownBy(() -> calls.start(definition, "7", "other"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("another input");
    }

    private record Order(long amount, double weight, List<Integer> places) {}

    /** Equals means nothing here. */
    private static final class Parcel {
        private final int[] sizes;

        @JsonCreator
        Parcel(@JsonProperty("sizes") int... sizes) {
            this.sizes = sizes;
        }

        @JsonProperty("sizes")
        int[] sizes() {
            return sizes;
        }
    }

    @Test
    void aRecordWithNumbersIsTheSameInputWhenItIsGivenAgain() {
        var calls = new Calls(new Simulation(1, new Simulation.Troubles()).toolkit());
        var definition = WorkflowDefinition.of("order", 1, Order.class, String.class, (wf, order) -> "done");

        assertThat(calls.start(definition, "1", new Order(5L, 1.50, List.of(1))))
                .isTrue();
        assertThat(calls.start(definition, "1", new Order(5L, 1.50, List.of(1))))
                .isFalse();
        assertThatThrownBy(() -> calls.start(definition, "1", new Order(6L, 1.50, List.of(1))))
                .hasMessageContaining("another input");
    }

    @Test
    void anInputWithoutEqualsIsComparedByWhatIsWrittenOfIt() {
        var calls = new Calls(new Simulation(1, new Simulation.Troubles()).toolkit());
        var definition = WorkflowDefinition.of("parcel", 1, Parcel.class, String.class, (wf, parcel) -> "done");

        assertThat(calls.start(definition, "1", new Parcel(1, 2))).isTrue();
        assertThat(calls.start(definition, "1", new Parcel(1, 2))).isFalse();
        assertThatThrownBy(() -> calls.start(definition, "1", new Parcel(2, 1))).hasMessageContaining("another input");
    }

    @Test
    void anInstanceKeepsTheVersionThatItBeganWith() {
        var simulation = new Simulation(1, new Simulation.Troubles());
        var first = Probe.definition(1, wf -> wf.await(PaymentOutcome.class).order() + " first");
        var second = Probe.definition(2, wf -> wf.await(PaymentOutcome.class).order() + " second");
        simulation.run(first);
        var calls = new Calls(simulation.toolkit());
        calls.start(first, "1", "input");
        simulation.settle();
        simulation.replace(second, first);
        calls.start(second, "2", "input");
        simulation.happen(StreamId.of("payment", "1"), new PaymentOutcome.PaymentCompleted("1"));
        simulation.happen(StreamId.of("payment", "2"), new PaymentOutcome.PaymentCompleted("2"));
        simulation.settle();

        assertThat(calls.ending(first, "1")).contains(new Ending.Completed<>("1 first"));
        assertThat(calls.ending(second, "2")).contains(new Ending.Completed<>("2 second"));
    }

    @Test
    void anEventForAnInstanceThatHasEndedIsUnclaimedAlsoWhenItsVersionIsRetired() {
        var probe = new Probe(wf -> "done");
        probe.settle();
        probe.simulation().replace(Probe.definition(2, wf -> "new"));

        probe.paid().settle();

        assertThat(probe.kinds()).containsExactly("Started", "Ended", "Unclaimed");
    }

    @Test
    void anEventThatComesAfterLaterOnesIsUnclaimedAndOneThatComesTwiceIsNot() throws Exception {
        Probe.Code code = wf -> wf.await(PaymentOutcome.class).order();
        var probe = new Probe(code);
        probe.settle();
        var simulation = probe.simulation();
        probe.paid();
        var setAside = simulation.log().getLast();
        probe.reserved();
        var later = simulation.log().getLast();
        var turns = new InstanceTurns(List.of(Probe.definition(1, code)), simulation.surroundings());
        for (var event : List.of(later, setAside, setAside, later)) {
            turns.take(Probe.ID, new Offer.Event(event, event.type()), event);
        }

        assertThat(probe.kinds()).containsExactly("Started", "Awaiting", "Kept", "Unclaimed");
    }

    @Test
    void aVersionThatIsNotThereIsNamed() {
        var probe = new Probe(wf -> wf.await(PaymentOutcome.class).order());
        probe.settle().paid();
        probe.simulation().replace(Probe.definition(2, wf -> "new"));

        assertThatThrownBy(probe::settle)
                .isInstanceOf(WorkflowStuckException.class)
                .hasMessageContaining("runs version 1 of its code, and here are [2]");
    }

    @Test
    void idsAndRandomnessAreTheSameInEveryReplay() {
        var seen = new ArrayList<String>();
        var probe = new Probe(wf -> {
            var id = wf.uuid() + " " + wf.uuid() + " " + wf.random().nextInt();
            seen.add(id);
            wf.await(PaymentOutcome.class);
            return id;
        });
        probe.settle().paid().settle();

        assertThat(seen).hasSizeGreaterThan(1);
        assertThat(new HashSet<>(seen)).hasSize(1);
    }

    @Test
    void aFailureOfTheProcessIsNotAnException() {
        var probe = new Probe(wf -> {
            throw new WorkflowFailedException("out of stock");
        });

        assertThat(probe.settle().simulation().ended(probe.stream()).flatMap(Entry.Ended::reason))
                .contains("out of stock");
    }
}
