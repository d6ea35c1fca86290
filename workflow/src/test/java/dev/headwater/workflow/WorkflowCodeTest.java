package dev.headwater.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.MessageSerializer;
import dev.headwater.MessageTypes;
import dev.headwater.memory.InMemoryEventStorage;
import dev.headwater.memory.InMemorySubscriptionStorage;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StreamId;
import dev.headwater.subscription.Subscriptions;
import dev.headwater.workflow.Trip.TripCommand;
import dev.headwater.workflow.Trip.TripEvent;
import dev.headwater.workflow.memory.InMemoryProcessStorage;
import dev.headwater.workflow.memory.InMemoryStepReceipts;
import dev.headwater.workflow.spi.StepReceipts;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Workflows on real subscriptions and threads, in memory. */
class WorkflowCodeTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-02-28T12:34:56Z"));
    private final InMemoryEventStorage log = new InMemoryEventStorage();
    private final MessageTypes types = MessageTypes.of(TripEvent.class, TripCommand.class);
    private final EventStore store = new EventStore(log, types);
    private final InMemorySubscriptionStorage<Object> storage = new InMemorySubscriptionStorage<>(new Object());
    private final InMemoryProcessStorage<Object> processes = new InMemoryProcessStorage<>(log, now::get);
    private final Subscriptions<Object> subscriptions = new Subscriptions<>(store, storage);

    @AfterEach
    void close() {
        subscriptions.close();
    }

    private Workflows start(WorkflowDefinition<?, ?>... definitions) {
        var builder = Workflows.builder(store, subscriptions, processes)
                .deadLetters(storage.deadLetters())
                .lookingEvery(Duration.ofMillis(1));
        for (var definition : definitions) {
            builder.run(definition);
        }
        return builder.start();
    }

    private static WorkflowDefinition<String, String> waiting(Duration limit) {
        return WorkflowDefinition.of("waiting", 1, String.class, String.class, (wf, input) -> {
                    wf.show("input", input);
                    return switch (wf.await(TripEvent.Booking.class, limit)) {
                        case Awaited.Received(TripEvent.Booking.Booked booked) -> "booked";
                        case Awaited.Received(TripEvent.Booking.Full full) -> throw wf.failure("full");
                        case Awaited.TimedOut() -> "nothing came";
                    };
                })
                .awaiting(TripEvent.Booking.class, TripEvent.Booking::trip);
    }

    @Test
    void aWorkflowIsStartedByCallAndItsEndIsAwaited() throws InterruptedException {
        var definition = waiting(Duration.ofDays(1));
        try (var workflows = start(definition)) {
            var handle = workflows.start(definition, "1", "somewhere");
            assertThat(handle.isNew()).isTrue();
            assertThat(workflows.start(definition, "1", "somewhere").isNew()).isFalse();
            store.append(new StreamId("trip-1"), ExpectedVersion.any(), new TripEvent.Booking.Booked("1", "ticket"));

            assertThat(workflows.awaitEnd(handle, PATIENCE)).contains(new Ending.Completed<>("booked"));
            assertThat(workflows.find("waiting", "1").orElseThrow().attributes())
                    .containsEntry("input", "somewhere");
            assertThat(workflows.history("waiting", "1")).anyMatch(line -> line.contains("received"));
        }
    }

    @Test
    void anInstanceThatWaitsIsARowWithItsDueTimeAndATimeThatEndsWakesIt() throws InterruptedException {
        var definition = waiting(Duration.ofDays(1));
        try (var workflows = start(definition)) {
            var handle = workflows.start(definition, "1", "somewhere");
            var waiting = await(workflows, ProcessState.WAITING);
            assertThat(waiting.waitingFor()).contains(" or ");
            assertThat(waiting.due()).contains(now.get().plus(Duration.ofDays(1)));

            now.updateAndGet(time -> time.plus(Duration.ofDays(2)));

            assertThat(workflows.awaitEnd(handle, PATIENCE)).contains(new Ending.Completed<>("nothing came"));
        }
    }

    @Test
    void anInstanceIsCancelled() throws InterruptedException {
        var definition = waiting(Duration.ofDays(1));
        try (var workflows = start(definition)) {
            var handle = workflows.start(definition, "1", "somewhere");
            assertThat(workflows.cancel(definition, "2", "ann", "no such trip")).isFalse();
            assertThat(workflows.cancel(definition, "1", "ann", "stays at home"))
                    .isTrue();

            assertThat(workflows.awaitEnd(handle, PATIENCE))
                    .contains(new Ending.Cancelled<>("stays at home", "ann", List.of()));
            assertThat(workflows.cancel(definition, "1", "ann", "again")).isFalse();
        }
    }

    @Test
    void anInstanceThatIsStuckIsShownAndGoesOnWhenItIsRetried() throws InterruptedException {
        var isBroken = new AtomicBoolean(true);
        var definition = WorkflowDefinition.of("fragile", 1, String.class, String.class, (wf, input) -> {
            if (isBroken.get()) {
                throw new IllegalStateException("broken");
            }
            return "mended";
        });
        try (var workflows = start(definition)) {
            var handle = workflows.start(definition, "1", "somewhere");
            var stuck = await(workflows, ProcessState.STUCK, "fragile", "1");
            assertThat(stuck.problem())
                    .hasValueSatisfying(problem -> assertThat(problem)
                            .contains("IllegalStateException")
                            .contains("Nothing is undone"));
            isBroken.set(false);

            assertThat(workflows.retry(definition, "3", "ann")).isFalse();
            while (!workflows.retry(definition, "1", "ann")) {
                Thread.onSpinWait(); // the letter is stored soon after the row
            }

            assertThat(workflows.awaitEnd(handle, PATIENCE)).contains(new Ending.Completed<>("mended"));
        }
    }

    @Test
    void anInstanceThatIsStuckAtTheEventThatStartsItIsShownAndGoesOnWhenItIsRetried() throws InterruptedException {
        var isBroken = new AtomicBoolean(true);
        var definition = WorkflowDefinition.of("fragile", 1, String.class, String.class, (wf, input) -> input)
                .startedBy(TripEvent.Wanted.class, TripEvent::trip, wanted -> {
                    if (isBroken.get()) {
                        throw new IllegalStateException("broken");
                    }
                    return "mended";
                });
        try (var workflows = start(definition)) {
            store.append(new StreamId("trip-1"), ExpectedVersion.any(), new TripEvent.Wanted("1", 5));
            await(workflows, ProcessState.STUCK, "fragile", "1");
            assertThat(workflows.history("fragile", "1")).isNotEmpty();
            assertThat(workflows.count().get("fragile")).containsEntry(ProcessState.STUCK, 1L);
            isBroken.set(false);

            while (!workflows.retry(definition, "1", "ann")) {
                Thread.onSpinWait(); // the letter is stored soon after the row
            }

            await(workflows, ProcessState.COMPLETED, "fragile", "1");
        }
    }

    @Test
    void anInstanceThatShowsMoreThanCanBeRecordedIsStuckAndGoesOnWhenItIsRetried() throws InterruptedException {
        var isBroken = new AtomicBoolean(true);
        var definition = WorkflowDefinition.of("boastful", 1, String.class, String.class, (wf, input) -> {
            wf.show("size", isBroken.get() ? "x".repeat(MessageSerializer.MAX_PAYLOAD_BYTES) : "small");
            return "mended";
        });
        try (var workflows = start(definition)) {
            var handle = workflows.start(definition, "1", "somewhere");
            var stuck = await(workflows, ProcessState.STUCK, "boastful", "1");
            assertThat(stuck.problem())
                    .hasValueSatisfying(problem -> assertThat(problem).contains("InvalidMessageException"));
            isBroken.set(false);

            while (!workflows.retry(definition, "1", "ann")) {
                Thread.onSpinWait(); // the letter is stored soon after the row
            }

            assertThat(workflows.awaitEnd(handle, PATIENCE)).contains(new Ending.Completed<>("mended"));
        }
    }

    @Test
    void anInstanceThatIsStuckIsTriedAgainWithTheNextStart() throws InterruptedException {
        var isBroken = new AtomicBoolean(true);
        var definition = WorkflowDefinition.of("fragile", 1, String.class, String.class, (wf, input) -> {
            if (isBroken.get()) {
                throw new IllegalStateException("broken");
            }
            return "mended";
        });
        try (var workflows = start(definition)) {
            workflows.start(definition, "1", "somewhere");
            await(workflows, ProcessState.STUCK, "fragile", "1");
        }
        isBroken.set(false);
        try (var workflows = start(definition)) {
            var handle = workflows.start(definition, "1", "somewhere");
            assertThat(handle.isNew()).isFalse();
            assertThat(workflows.awaitEnd(handle, PATIENCE)).contains(new Ending.Completed<>("mended"));
        }
    }

    @Test
    void aStepInATransactionGoesOnWhenAnotherBranchHasRecordedSomethingMeanwhile() throws InterruptedException {
        var otherHasRecorded = new CountDownLatch(1);
        var receipts = new InMemoryStepReceipts<>(log, Object.class, new Object());
        var late = new StepReceipts<Object>() {
            @Override
            public Class<Object> transaction() {
                return receipts.transaction();
            }

            @Override
            public Optional<String> once(Claim claim, Work<Object> work) throws Exception {
                otherHasRecorded.await();
                return receipts.once(claim, work);
            }

            @Override
            public void forget(Collection<String> keys, Object transaction) {
                receipts.forget(keys, transaction);
            }
        };
        var effects = new AtomicInteger();
        var definition = WorkflowDefinition.of("branching", 1, String.class, String.class, (wf, input) -> {
            wf.all(List.of(
                    Branch.of(
                            "paying",
                            branch ->
                                    branch.step("pay").transaction(Object.class, String.class, transaction -> "paid")),
                    Branch.of("sending", branch -> {
                        branch.step("pack").run(key -> {});
                        branch.step("send").run(key -> {
                            effects.incrementAndGet();
                            otherHasRecorded.countDown();
                        });
                        return "sent";
                    })));
            return "done";
        });
        try (var workflows = Workflows.builder(store, subscriptions, processes)
                .transactionalSteps(late)
                .run(definition)
                .start()) {
            var handle = workflows.start(definition, "1", "somewhere");

            assertThat(workflows.awaitEnd(handle, PATIENCE)).contains(new Ending.Completed<>("done"));
            assertThat(effects).hasValue(1);
        }
    }

    @Test
    void codeThatDisagreesWithAJournalIsFoundBeforeItIsDeployed() throws InterruptedException {
        var definition = waiting(Duration.ofDays(1));
        try (var workflows = start(definition)) {
            workflows.start(definition, "1", "somewhere");
            await(workflows, ProcessState.WAITING);
        }
        var changed = WorkflowDefinition.of("waiting", 1, String.class, String.class, (wf, input) -> {
            wf.step("first").run(key -> {});
            return "at once";
        });

        assertThat(WorkflowReplay.of(store).run(definition)).isEmpty();
        assertThat(WorkflowReplay.of(store).run(changed)).singleElement().satisfies(found -> {
            assertThat(found.id()).isEqualTo("1");
            assertThat(found.problem()).contains("code     step(first) at ", "WorkflowCodeTest.java");
        });
    }

    @Test
    void refusesTwoWorkflowsOfOneNameAndVersion() {
        var builder = Workflows.builder(store, subscriptions, new InMemoryProcessStorage<>(log, now::get))
                .run(waiting(Duration.ofDays(1)));

        assertThatThrownBy(() -> builder.run(waiting(Duration.ofDays(2))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("given twice in version 1");
    }

    private static ProcessInstance await(Workflows workflows, ProcessState state) throws InterruptedException {
        return await(workflows, state, "waiting", "1");
    }

    private static ProcessInstance await(Workflows workflows, ProcessState state, String process, String id)
            throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        Optional<ProcessInstance> found = Optional.empty();
        while (System.nanoTime() - end < 0) {
            found = workflows.find(process, id).filter(instance -> instance.state() == state);
            if (found.isPresent()) {
                return found.get();
            }
            Thread.onSpinWait();
        }
        throw new AssertionError("is not " + state + " but " + workflows.find(process, id));
    }
}
