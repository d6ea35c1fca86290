package dev.headwater.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.MessageTypes;
import dev.headwater.memory.InMemoryEventStorage;
import dev.headwater.memory.InMemorySubscriptionStorage;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StreamId;
import dev.headwater.subscription.SubscriptionSettings;
import dev.headwater.subscription.Subscriptions;
import dev.headwater.workflow.Trip.TripCommand;
import dev.headwater.workflow.Trip.TripEvent;
import dev.headwater.workflow.memory.InMemoryProcessStorage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The status of workflows, on a clock that the test moves. */
class WorkflowStatusTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration LEASE = SubscriptionSettings.DEFAULT.lease();

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
    private final InMemoryEventStorage log = new InMemoryEventStorage();
    private final EventStore store =
            new EventStore(log, MessageTypes.of(TripEvent.class, TripCommand.class)).withClock(now::get);
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
                .withoutTimekeeper();
        for (var definition : definitions) {
            builder.run(definition);
        }
        return builder.start();
    }

    private static WorkflowDefinition<String, String> waiting(int version) {
        return WorkflowDefinition.of("waiting", version, String.class, String.class, (wf, input) -> {
                    wf.await(TripEvent.Booking.class, Duration.ofDays(1));
                    return "done";
                })
                .awaiting(TripEvent.Booking.class, TripEvent.Booking::trip);
    }

    private void pass(Duration time) {
        now.updateAndGet(before -> before.plus(time));
    }

    private static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end >= 0) {
                throw new AssertionError("not in time: " + what);
            }
            Thread.onSpinWait();
        }
    }

    private static void awaitState(Workflows workflows, String process, ProcessState state) {
        await(
                process + " is " + state,
                () -> workflows
                        .find(process, "1")
                        .filter(instance -> instance.state() == state)
                        .isPresent());
    }

    private static void awaitAlarm(Workflows workflows, String words) {
        await(
                "an alarm that says: " + words + "; found " + workflows.status().alarms(),
                () -> workflows.status().alarms().stream().anyMatch(alarm -> alarm.contains(words)));
    }

    @Test
    void allIsWellAsLongAsEverythingThatCouldMoveMoves() {
        try (var workflows = start(waiting(1))) {
            workflows.start(waiting(1), "1", "somewhere");
            awaitState(workflows, "waiting", ProcessState.WAITING);
            pass(LEASE.multipliedBy(100));

            await("all is well", () -> workflows.status().isWell());

            assertThat(workflows.status().processes()).singleElement().satisfies(process -> {
                assertThat(process.name()).isEqualTo("waiting");
                assertThat(process.in(ProcessState.WAITING)).isEqualTo(1);
                assertThat(process.unfinished()).isEqualTo(Map.of(1, 1L));
                assertThat(process.timers()).isEqualTo(1);
                assertThat(process.owners().values().stream()
                                        .mapToLong(Long::longValue)
                                        .sum()
                                + process.free())
                        .isEqualTo(16);
            });
        }
    }

    @Test
    void aTimeThatHasEndedWhileNobodyKeepsTimeIsAnAlarmAfterThreeLeases() {
        try (var workflows = start(waiting(1))) {
            workflows.start(waiting(1), "1", "somewhere");
            awaitState(workflows, "waiting", ProcessState.WAITING);
            pass(Duration.ofDays(1).plus(LEASE.multipliedBy(3)).minusMillis(1));
            await("all is well until then", () -> workflows.status().isWell());

            pass(Duration.ofMillis(1));

            awaitAlarm(workflows, "a time limit of 'waiting' has ended PT30S ago");
            workflows.endTimes();
            await("it has ended", () -> workflows.status().isWell());
        }
    }

    @Test
    void anEventThatNobodyTakesSinceItsOwnerIsDeadIsAnAlarmAfterThreeLeases() {
        storage.register("$waiting", 16, 0);
        storage.renew("dead", Set.of("$waiting"), Duration.ofDays(1));
        try (var workflows = start(waiting(1))) {
            workflows.start(waiting(1), "1", "somewhere");
            awaitState(workflows, "waiting", ProcessState.RUNNING);
            assertThat(workflows.status().alarms()).isEmpty();

            pass(LEASE.multipliedBy(3));

            awaitAlarm(workflows, "an event has waited for '$waiting' for PT30S");
            awaitAlarm(
                    workflows, "an instance of 'waiting' could have gone on for PT30S, and has not, such as waiting 1");
            assertThat(workflows.status().processes().getFirst().owners()).isEqualTo(Map.of("dead", 16L));
        }
    }

    @Test
    void anInstanceWhoseStepDoesNotReturnIsAnAlarmAfterThreeLeases() throws Exception {
        var returns = new CountDownLatch(1);
        var slow = WorkflowDefinition.of(
                "slow",
                1,
                String.class,
                String.class,
                (wf, input) -> wf.step("endless").call(String.class, key -> {
                    returns.await();
                    return "done";
                }));
        try (var workflows = start(slow)) {
            var handle = workflows.start(slow, "1", "somewhere");
            awaitState(workflows, "slow", ProcessState.RUNNING);

            pass(LEASE.multipliedBy(3));

            awaitAlarm(workflows, "an instance of 'slow' could have gone on");
            returns.countDown();
            assertThat(workflows.awaitEnd(handle, PATIENCE)).contains(new Ending.Completed<>("done"));
            await("all is well again", () -> workflows.status().isWell());
        }
    }

    @Test
    void instancesThatAreStuckAreAnAlarmUntilTheyGoOn() throws Exception {
        var isBroken = new AtomicBoolean(true);
        var fragile = WorkflowDefinition.of("fragile", 1, String.class, String.class, (wf, input) -> {
            if (isBroken.get()) {
                throw new IllegalStateException("broken");
            }
            return "mended";
        });
        try (var workflows = start(fragile)) {
            var handle = workflows.start(fragile, "1", "somewhere");
            awaitAlarm(workflows, "stuck in 'fragile': 1, such as fragile 1");
            awaitAlarm(workflows, "the subscription '$fragile' is DEGRADED");

            isBroken.set(false);
            await("it is retried", () -> workflows.retry(fragile, "1", "ann"));

            assertThat(workflows.awaitEnd(handle, PATIENCE)).isPresent();
            await("all is well again", () -> workflows.status().isWell());
        }
    }

    @Test
    void anOldVersionThatNobodyRunsIsReported() {
        try (var workflows = start(waiting(1))) {
            workflows.start(waiting(1), "1", "somewhere");
            awaitState(workflows, "waiting", ProcessState.WAITING);
        }
        try (var workflows = start(waiting(2))) {
            awaitAlarm(workflows, "left of version 1 of 'waiting': 1, and here run [2]");
        }
        try (var workflows = start(waiting(2), waiting(1))) {
            await("both versions run", () -> workflows.status().isWell());
        }
    }

    @Test
    void instancesOfAProcessThatNobodyRunsAreReported() {
        try (var workflows = start(waiting(1))) {
            workflows.start(waiting(1), "1", "somewhere");
            awaitState(workflows, "waiting", ProcessState.WAITING);
        }
        try (var workflows = start()) {
            awaitAlarm(workflows, "unfinished in 'waiting', which nobody runs: 1");
        }
    }

    @Test
    void aPausedProcessIsNotWell() {
        try (var workflows = start(waiting(1))) {
            subscriptions.pause("$waiting", "anna");
            awaitAlarm(workflows, "the subscription '$waiting' is PAUSED: ");

            subscriptions.resume("$waiting");
            await("it goes on", () -> workflows.status().isWell());
        }
    }

    @Test
    void whatIsTriedAgainLaterIsFoundByItsErrorAndTriedAgainNow() throws Exception {
        var isBroken = new AtomicBoolean(true);
        var patient = WorkflowDefinition.of(
                "patient",
                1,
                String.class,
                String.class,
                (wf, input) -> wf.step("mail")
                        .retrying(StepRetry.DEFAULT.withPauses(Duration.ofHours(1), Duration.ofHours(1)))
                        .call(String.class, key -> {
                            if (isBroken.get()) {
                                throw new IllegalStateException("mailbox full");
                            }
                            return "sent";
                        }));
        try (var workflows = start(patient)) {
            var handle = workflows.start(patient, "1", "somewhere");
            awaitState(workflows, "patient", ProcessState.RETRYING);
            var filter = ProcessFilter.of("patient").withProblem("mailbox full").waitingFor("attempt of mail");
            assertThat(workflows.list(filter, Optional.empty(), 10))
                    .singleElement()
                    .satisfies(instance ->
                            assertThat(instance.due()).contains(now.get().plus(Duration.ofHours(1))));

            isBroken.set(false);
            assertThat(workflows.retry(patient, "2", "ann")).isFalse();
            assertThat(workflows.retry(patient, "1", "ann")).isTrue();

            assertThat(workflows.awaitEnd(handle, PATIENCE)).contains(new Ending.Completed<>("sent"));
            assertThat(workflows.retry(patient, "1", "ann")).isFalse();
        }
    }

    @Test
    void aCompensationThatCannotSucceedIsTriedAgainNowAndGivenUpByName() throws Exception {
        var attempts = new AtomicInteger();
        var hopeless = WorkflowDefinition.of("hopeless", 1, String.class, String.class, (wf, input) -> {
            wf.compensateWith("first", undo -> wf.log().debug("undone"));
            wf.compensateWith("second", undo -> {
                attempts.incrementAndGet();
                throw new IllegalStateException("gone for ever");
            });
            throw wf.failure("on purpose");
        });
        try (var workflows = start(hopeless)) {
            var handle = workflows.start(hopeless, "1", "somewhere");
            var paused =
                    ProcessFilter.of("hopeless").in(ProcessState.COMPENSATING).withProblem("gone for ever");
            await(
                    "a pause that is a timer",
                    () -> workflows.list(paused, Optional.empty(), 1).stream()
                            .anyMatch(instance -> instance.due().isPresent()));
            int before = attempts.get();
            assertThat(workflows.retry(hopeless, "1", "ann")).isTrue();
            await("another attempt", () -> attempts.get() > before);

            workflows.skipCompensation(hopeless, "1", "second", "ann", "the supplier is gone");

            assertThat(workflows.awaitEnd(handle, PATIENCE))
                    .contains(new Ending.Failed<>("on purpose", List.of("first")));
            assertThat(workflows.history("hopeless", "1"))
                    .anyMatch(line -> line.contains("ann gave up undoing second: the supplier is gone"));
        }
    }

    @Test
    void anInstanceThatWaitsForAnEventIsNotDisturbedByARetry() throws Exception {
        try (var workflows = start(waiting(1))) {
            var handle = workflows.start(waiting(1), "1", "somewhere");
            awaitState(workflows, "waiting", ProcessState.WAITING);

            assertThat(workflows.retry(waiting(1), "1", "ann")).isFalse();
            store.append(new StreamId("trip-1"), ExpectedVersion.any(), new TripEvent.Booking.Booked("1", "ticket"));

            assertThat(workflows.awaitEnd(handle, PATIENCE)).contains(new Ending.Completed<>("done"));
        }
    }
}
