package dev.headwater.subscription;

import dev.headwater.store.EventStore;
import dev.headwater.store.Hints;
import dev.headwater.subscription.spi.SubscriptionStorage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the subscriptions of a process at work, with three threads that never wait for one another.
 *
 * <p>One renews the leases and asks where the log ends. One wakes those for whom something was appended. And one, which
 * never asks the database for anything, looks after the two others, after every subscription and after handlers that do
 * not return: whoever waits for an answer longer than two leases is interrupted, which closes the connection that it
 * waits on. Thread-safe.
 */
final class Coordinator<T> {

    private static final Logger LOG = LoggerFactory.getLogger(Coordinator.class);

    private static final Duration UNTIL_WOKEN = Duration.ofDays(1);

    private final EventStore store;
    private final SubscriptionStorage<T> storage;
    private final SubscriptionSettings settings;
    private final String instance;
    private final Succession succession;
    private final Supplier<List<RunningSubscription<T>>> running;

    private final TailReader<T> tail;
    private final Rounds renewal;
    private final Rounds wakeUp;
    private final Rounds watch;
    private final Hints hints;

    private volatile boolean renewalWanted = true;
    private volatile @Nullable Outage outage;

    private long renewedAt;
    private long head = -1;

    /**
     * Leases cannot be renewed.
     *
     * @param since the first attempt that failed
     * @param reason why the latest one did
     */
    record Outage(Instant since, Throwable reason) {}

    /** Starts the threads, unless a test steps by hand. */
    Coordinator(
            EventStore store,
            SubscriptionStorage<T> storage,
            SubscriptionSettings settings,
            String instance,
            Succession succession,
            Supplier<List<RunningSubscription<T>>> running) {
        this.store = store;
        this.storage = storage;
        this.settings = settings;
        this.instance = instance;
        this.succession = succession;
        this.running = running;
        this.tail = new TailReader<>(store, running);
        this.renewedAt = settings.nanoTime() - settings.lease().toNanos();
        var tick = shorter(settings.pollInterval(), settings.renewal());
        this.renewal = new Rounds("subscriptions-leases", tick, this::renewAndPoll, this::renewalFailed);
        this.wakeUp = new Rounds("subscriptions-wake-up", UNTIL_WOKEN, tail::wakeThoseConcerned, this::wakeUpFailed);
        this.watch = new Rounds(
                "subscriptions-watch", shorter(tick, settings.handlerLimit()), this::lookAfterAll, this::watchFailed);
        settings.stepper().ifPresentOrElse(this::startStepped, this::startThreads);
        this.hints = store.onAppend(wakeUp::wake);
    }

    private void startThreads() {
        renewal.start();
        wakeUp.start();
        watch.start();
    }

    /** Nobody falls silent who is stepped by hand. */
    private void startStepped(Stepper stepper) {
        renewal.startStepped(stepper);
        wakeUp.startStepped(stepper);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** Looks for work that somebody has announced, without delay. */
    void renewSoon() {
        renewalWanted = true;
        renewal.wake();
    }

    /** Why leases cannot be renewed now; empty when they are. */
    Optional<Outage> outage() {
        return Optional.ofNullable(outage);
    }

    /** No hint comes any more; handlers that are still at work are looked after. */
    void stopHints() {
        hints.close();
    }

    /** Ends the threads, and waits for those that the database does not hold up; last of all. */
    void stop(Deadline deadline) {
        for (var rounds : List.of(renewal, wakeUp, watch)) {
            rounds.stop();
        }
        for (var rounds : List.of(renewal, wakeUp, watch)) {
            if (!deadline.join(rounds.thread())) {
                rounds.thread().interrupt();
            }
        }
    }

    private void renewAndPoll() {
        long now = settings.nanoTime();
        if (renewalWanted || now - renewedAt >= settings.renewal().toNanos()) {
            renewalWanted = false;
            renewedAt = now;
            renew();
            outage = null;
        }
        long latest = store.headPosition();
        if (latest != head) {
            head = latest;
            wakeUp.wake();
        }
    }

    private void renew() {
        var alive = running.get().stream()
                .filter(subscription -> subscription.isAlive(silence()))
                .collect(Collectors.toMap(RunningSubscription::name, Function.identity()));
        if (alive.isEmpty()) {
            return;
        }
        var movesBefore =
                alive.values().stream().collect(Collectors.toMap(Function.identity(), RunningSubscription::moves));
        succession.of(alive.keySet());
        var assignments = storage.renew(instance, alive.keySet(), settings.lease());
        alive.forEach((name, subscription) -> {
            var assignment = assignments.get(name);
            if (assignment == null) {
                subscription.forgotten();
            } else {
                subscription.assign(assignment, movesBefore.getOrDefault(subscription, 0L));
            }
        });
        // Those that have ended in the meantime may have been announced after they had left.
        alive.values().stream().filter(RunningSubscription::hasEnded).forEach(RunningSubscription::leave);
        alive.values().forEach(RunningSubscription::storeWhatWasSkipped);
    }

    private void renewalFailed(Throwable failure) {
        var before = outage;
        outage = new Outage(before == null ? Instant.now() : before.since(), failure);
        LOG.warn("The leases of subscriptions were not renewed; it is tried again: {}", failure.toString());
    }

    private void wakeUpFailed(Throwable failure) {
        LOG.debug("The end of the log could not be read; every subscription looks for itself", failure);
        tail.wakeAll();
    }

    /** How long one may be silent who waits for an answer. */
    private Duration silence() {
        return settings.lease().multipliedBy(2);
    }

    private void lookAfterAll() {
        running.get().forEach(subscription -> subscription.lookAfter(silence()));
        for (var rounds : List.of(renewal, wakeUp)) {
            if (rounds.pulse().interruptIfSilentFor(silence())) {
                LOG.warn(
                        "No answer came within {}: the thread '{}' is interrupted and asks again",
                        silence(),
                        rounds.thread().getName());
            }
        }
    }

    private void watchFailed(Throwable failure) {
        LOG.error("A look at the subscriptions failed; the next one follows", failure);
    }
}
