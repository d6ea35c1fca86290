package dev.headwater.workflow;

import dev.headwater.MessageTypes;
import dev.headwater.Metadata;
import dev.headwater.store.EventStore;
import dev.headwater.store.ToolkitStore;
import dev.headwater.subscription.RunningSubscription;
import dev.headwater.subscription.StartFrom;
import dev.headwater.subscription.Stepper;
import dev.headwater.subscription.Subscription;
import dev.headwater.subscription.Subscriptions;
import dev.headwater.workflow.code.Aggregates;
import dev.headwater.workflow.code.Calls;
import dev.headwater.workflow.code.JournalTypes;
import dev.headwater.workflow.spi.EndedTime;
import dev.headwater.workflow.spi.ProcessStorage;
import dev.headwater.workflow.spi.StepReceipts;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** What runs processes. Thread-safe. */
final class Engine<T> implements AutoCloseable {

    private static final Duration CLOSING_LIMIT = Duration.ofSeconds(8);

    /** The most rows that are removed in one statement. */
    private static final int PIECE = 1000;

    private static final long GLANCE_MILLIS = 20;

    private static final MessageTypes BUILT_IN = JournalTypes.and(TimeEnded.class);

    private final EventStore store;
    private final Calls calls;
    private final ProcessStorage<T> storage;
    private final Timekeeper timekeeper;
    private final Subscriptions<T> subscriptions;
    private final List<RunningSubscription<T>> running = new CopyOnWriteArrayList<>();
    private final Map<String, Set<Integer>> versions = new ConcurrentHashMap<>();

    Engine(EventStore store, ProcessStorage<T> storage, Subscriptions<T> subscriptions) {
        this.subscriptions = subscriptions;
        this.store = ToolkitStore.of(store, BUILT_IN);
        this.calls = new Calls(this.store);
        this.storage = storage;
        this.timekeeper = new Timekeeper(this.store, storage);
    }

    void start(TableProcess process, StartFrom from) {
        versions.put(process.name(), Set.of(process.version()));
        start(new TableProjection<>(process, store, storage).subscription(from));
    }

    void start(CodeProcess process, Aggregates aggregates, Optional<StepReceipts<T>> receipts) {
        versions.put(process.name(), process.versions());
        start(process.rows(store, storage, receipts));
        var random = subscriptions.settings().stepper().map(Stepper::random);
        start(process.turns(store, aggregates, receipts, random));
    }

    Calls calls() {
        return calls;
    }

    void start(Subscription<T> subscription) {
        running.add(subscriptions.start(subscription));
    }

    void keepTime(Duration interval, Optional<Stepper> stepper) {
        stepper.ifPresentOrElse(
                stepped -> timekeeper.startStepped(interval, stepped), () -> timekeeper.start(interval));
    }

    ProcessStorage<T> storage() {
        return storage;
    }

    int endTimes() {
        return timekeeper.endTimes();
    }

    /** Ends the pauses before other attempts of an instance; returns whether there was one. */
    boolean endPauses(String workflow, String id, String by) {
        var pauses = calls.pauses(workflow, id).stream()
                .map(timer -> new EndedTime(workflow, id, timer))
                .toList();
        timekeeper.record(pauses, Metadata.NONE.withUser(by));
        return !pauses.isEmpty();
    }

    WorkflowsStatus status() {
        var names = running.stream().map(RunningSubscription::name).collect(Collectors.toSet());
        return new Watch<>(subscriptions, storage, versions, names).status();
    }

    Optional<ProcessInstance> awaitEnd(String process, String id, Duration atMost) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        while (true) {
            var found = storage.find(process, id)
                    .filter(instance -> instance.state().isEnded());
            if (found.isPresent() || System.nanoTime() - end >= 0) {
                return found;
            }
            TimeUnit.MILLISECONDS.sleep(GLANCE_MILLIS);
        }
    }

    List<String> history(String process, String id) {
        return new History(store, storage).of(process, id);
    }

    long removeEnded(Duration endedFor) {
        long all = 0;
        int removed;
        do {
            removed = storage.removeEnded(endedFor, PIECE);
            all += removed;
        } while (removed >= PIECE);
        return all;
    }

    @Override
    public void close() {
        timekeeper.close(CLOSING_LIMIT);
        running.forEach(RunningSubscription::close);
    }
}
