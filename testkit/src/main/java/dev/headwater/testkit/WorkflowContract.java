package dev.headwater.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StreamId;
import dev.headwater.testkit.WorkflowOrders.Kind;
import dev.headwater.testkit.WorkflowOrders.OrderEvent;
import dev.headwater.testkit.WorkflowOrders.PaymentEvent;
import dev.headwater.workflow.Ending;
import dev.headwater.workflow.ProcessFilter;
import dev.headwater.workflow.ProcessState;
import dev.headwater.workflow.StepRetry;
import dev.headwater.workflow.WorkflowDefinition;
import dev.headwater.workflow.WorkflowReplay;
import dev.headwater.workflow.Workflows;
import dev.headwater.workflow.spi.StepReceipts;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What workflow code promises on every database, as a JUnit suite: extend it and say how to open one.
 *
 * @param <T> the transaction of subscriptions
 */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
public abstract class WorkflowContract<T> {

    private static final int ORDERS = 40;

    private WorkflowRun<T> run;

    /** For subclasses. */
    protected WorkflowContract() {}

    /** Opens an empty database; called once before each test. */
    protected abstract ProcessSubject<T> open() throws Exception;

    @BeforeEach
    final void openSubject() throws Exception {
        run = new WorkflowRun<>(open());
    }

    @AfterEach
    final void closeSubject() {
        run.close();
    }

    @Test
    void everyOrderEndsOnceWhileInstancesComeAndGo() throws Exception {
        var definition = run.orders();
        run.start(definition);
        run.start(definition);
        for (int order = 1; order <= ORDERS; order++) {
            run.create(order);
            if (order == ORDERS / 2) {
                run.stopOldest();
                run.start(definition);
            }
        }
        var workflows = run.start(definition);
        Await.until("every order has ended", WorkflowRun.PATIENCE, () -> ended(workflows) == ORDERS);

        assertEquals(expected(), endings());
        var everyOrder = IntStream.rangeClosed(1, ORDERS)
                .mapToObj(String::valueOf)
                .sorted()
                .toList();
        assertEquals(
                everyOrder,
                run.subject().noted().stream().sorted().toList(),
                "each has reserved once, in the transaction of the step");
        assertEquals(
                Map.of(
                        ProcessState.COMPLETED, expected().get("shipped"),
                        ProcessState.FAILED, expected().get("cancelled")),
                workflows.count().get(WorkflowOrders.NAME));
        assertEquals(List.of(), WorkflowReplay.of(run.store()).run(definition));
        Await.until(
                "all is well", WorkflowRun.PATIENCE, () -> workflows.status().isWell());
    }

    private static long ended(Workflows workflows) {
        return workflows.count().getOrDefault(WorkflowOrders.NAME, Map.of()).entrySet().stream()
                .filter(state -> state.getKey().isEnded())
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    private Map<String, Long> endings() {
        try (var events = run.store().readLog(0)) {
            return events.filter(event -> event.event() instanceof OrderEvent.OrderShipped
                            || event.event() instanceof OrderEvent.OrderCancelled)
                    .collect(Collectors.groupingBy(
                            event -> event.event() instanceof OrderEvent.OrderShipped ? "shipped" : "cancelled",
                            Collectors.counting()));
        }
    }

    private static Map<String, Long> expected() {
        return IntStream.rangeClosed(1, ORDERS)
                .mapToObj(Kind::of)
                .collect(Collectors.groupingBy(
                        kind -> kind == Kind.PAID ? "shipped" : "cancelled", Collectors.counting()));
    }

    @Test
    void theHistoryReadsAsAStoryWithWhatWasNotTaken() throws Exception {
        var workflows = run.start(run.orders());
        run.create("1", Kind.SILENT);
        run.await(WorkflowOrders.NAME, "1", ProcessState.FAILED);
        run.store().append(StreamId.of("payment", "1"), ExpectedVersion.any(), new PaymentEvent.PaymentCompleted("1"));
        Await.until(
                "nobody takes it",
                WorkflowRun.PATIENCE,
                () -> !workflows.countUnclaimed().isEmpty());

        var story = String.join("\n", workflows.history(WorkflowOrders.NAME, "1"));

        var expected = List.of(
                "started version 1 with order.created",
                "step reserve is done",
                "sent payment.pay",
                "awaits payment.completed or payment.declined",
                "the time has ended",
                "fails: no answer",
                "executed order.cancel",
                "undid cancel",
                "ended: FAILED",
                "did not take payment.completed");
        int from = 0;
        for (var part : expected) {
            int found = story.indexOf(part, from);
            assertTrue(found >= 0, "the story goes on with \"" + part + "\", but is:\n" + story);
            from = found;
        }
    }

    @Test
    void aWorkflowIsStartedByCallOnOneInstanceAndRunByAnother() throws Exception {
        var definition = WorkflowDefinition.of("sums", 1, Integer.class, Integer.class, (wf, input) -> {
            int half = wf.step("half").call(Integer.class, key -> input / 2);
            wf.sleep(Duration.ofMillis(50));
            return half + wf.step("other half").call(Integer.class, key -> input - half);
        });
        run.start(definition);
        var workflows = run.start(definition);
        var handles = IntStream.range(0, 20)
                .mapToObj(i -> workflows.start(definition, String.valueOf(i), i))
                .toList();

        for (int i = 0; i < handles.size(); i++) {
            assertEquals(
                    Optional.of(new Ending.Completed<>(i)), workflows.awaitEnd(handles.get(i), WorkflowRun.PATIENCE));
        }
    }

    private static WorkflowDefinition<String, String> waiting(int version) {
        return WorkflowDefinition.of("waiting", version, String.class, String.class, (wf, input) -> {
                    wf.show("input", input);
                    wf.compensateWith("undo", undo -> {});
                    wf.await(PaymentEvent.class, Duration.ofDays(1));
                    return "paid";
                })
                .awaiting(PaymentEvent.class, PaymentEvent::order);
    }

    @Test
    void whatWaitsIsFoundByWhatItWaitsForAndIsCancelled() throws Exception {
        var workflows = run.start(waiting(1));
        var handle = workflows.start(waiting(1), "1", "a");
        run.await("waiting", "1", ProcessState.WAITING);

        var filter = ProcessFilter.of("waiting").waitingFor("payment.completed").showing("input", "a");
        var found = workflows.list(filter.startedFor(Duration.ZERO), Optional.empty(), 10);
        assertEquals(1, found.size());
        assertTrue(found.getFirst().due().isPresent());
        assertEquals(List.of(), workflows.list(filter.ofVersion(2), Optional.empty(), 10));

        assertTrue(workflows.cancel(waiting(1), "1", "ann", "changed my mind"));
        assertEquals(
                Optional.of(new Ending.Cancelled<>("changed my mind", "ann", List.of("undo"))),
                workflows.awaitEnd(handle, WorkflowRun.PATIENCE));
        assertFalse(workflows.cancel(waiting(1), "1", "ann", "again"));
    }

    @Test
    void anInstanceThatIsStuckGoesOnAfterAFix() throws Exception {
        var isBroken = new AtomicBoolean(true);
        var definition = WorkflowDefinition.of("fragile", 1, String.class, String.class, (wf, input) -> {
            if (isBroken.get()) {
                throw new IllegalStateException("broken");
            }
            return "mended";
        });
        var workflows = run.start(definition);
        var handle = workflows.start(definition, "1", "input");
        var stuck = run.await("fragile", "1", ProcessState.STUCK);
        assertTrue(stuck.problem().orElseThrow().contains("IllegalStateException"));
        assertFalse(workflows.status().isWell());
        assertEquals(
                1,
                workflows
                        .list(ProcessFilter.of("fragile").withProblem("IllegalStateException"), Optional.empty(), 10)
                        .size());

        isBroken.set(false);
        Await.until("it is retried", WorkflowRun.PATIENCE, () -> workflows.retry(definition, "1", "ann"));

        assertEquals(Optional.of(new Ending.Completed<>("mended")), workflows.awaitEnd(handle, WorkflowRun.PATIENCE));
    }

    @Test
    void whatIsTriedAgainInAnHourIsTriedNowOnDemand() throws Exception {
        var isBroken = new AtomicBoolean(true);
        var pauses = StepRetry.DEFAULT.withPauses(Duration.ofHours(1), Duration.ofHours(1));
        var definition = WorkflowDefinition.of(
                "patient",
                1,
                String.class,
                String.class,
                (wf, input) -> wf.step("mail").retrying(pauses).call(String.class, key -> {
                    if (isBroken.get()) {
                        throw new IllegalStateException("mailbox full");
                    }
                    return "sent";
                }));
        var workflows = run.start(definition);
        var handle = workflows.start(definition, "1", "input");
        var retrying = run.await("patient", "1", ProcessState.RETRYING);
        assertTrue(retrying.problem().orElseThrow().contains("mailbox full"));

        isBroken.set(false);
        assertTrue(workflows.retry(definition, "1", "ann"));

        assertEquals(Optional.of(new Ending.Completed<>("sent")), workflows.awaitEnd(handle, WorkflowRun.PATIENCE));
    }

    @Test
    void anOldVersionThatNobodyRunsIsReportedUntilSomebodyDoes() {
        var first = run.start(waiting(1));
        first.start(waiting(1), "1", "a");
        run.await("waiting", "1", ProcessState.WAITING);
        run.stopOldest();

        var second = run.start(waiting(2));
        assertTrue(second.status().alarms().stream().anyMatch(alarm -> alarm.contains("version 1 of 'waiting': 1")));
        run.stopOldest();

        var both = run.start(waiting(2), waiting(1));
        Await.until("all is well", WorkflowRun.PATIENCE, () -> both.status().isWell());
    }

    @Test
    void aStepThatTwoRunnersDoAtTheSameMomentIsDoneOnce() throws Exception {
        var receipts = run.subject().receipts();
        var journal = new StreamId("$orders-1");
        for (int i = 0; i < 20; i++) {
            var claim = new StepReceipts.Claim("step " + i, journal, 0);
            var results = Contenders.run(
                    2,
                    runner -> () -> receipts.once(claim, transaction -> {
                        run.subject().note(transaction, claim.key());
                        return "\"" + runner + "\"";
                    }));
            assertEquals(
                    1,
                    results.stream().map(Contenders.Outcome::value).distinct().count(),
                    "both get the result of one");
        }
        assertEquals(20, run.subject().noted().size());
    }

    @Test
    void aStepOfARunnerThatWasLeftBehindIsNotDone() throws Exception {
        run.create("1", Kind.PAID);
        var claim = new StepReceipts.Claim("step", StreamId.of("order", "1"), 0);

        var result = run.subject().receipts().once(claim, transaction -> {
            run.subject().note(transaction, "too late");
            return "\"done\"";
        });

        assertEquals(Optional.empty(), result);
        assertEquals(List.of(), run.subject().noted());
    }
}
