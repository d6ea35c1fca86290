package dev.headwater.subscription;

import dev.headwater.UuidV7;
import dev.headwater.failure.RetryPolicy;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How the subscriptions of a process share work with other processes, wait and recover. Immutable: begin with
 * {@link #DEFAULT}, and each call returns other settings.
 */
public final class SubscriptionSettings {

    private static final int CONCURRENCY = 32;

    /** Between the name of an instance and what tells it from those before it. */
    private static final String NAME_END = "#";

    /**
     * Polls every second; leases of 10 seconds; handlers may take a minute; recovery pauses of up to 10 seconds; 32
     * keys of a reactor at once.
     */
    public static final SubscriptionSettings DEFAULT = new SubscriptionSettings();

    private Duration pollInterval = Duration.ofSeconds(1);
    private Duration lease = Duration.ofSeconds(10);
    private Duration handlerLimit = Duration.ofMinutes(1);
    private RetryPolicy recovery = RetryPolicy.DEFAULT.withPauses(Duration.ofMillis(100), Duration.ofSeconds(10));
    private int concurrency = CONCURRENCY;
    private Optional<String> instanceName = Optional.empty();
    private GuardedListeners listeners = GuardedListeners.NONE;
    private @Nullable Stepper stepper;

    private SubscriptionSettings() {}

    private SubscriptionSettings with(Consumer<SubscriptionSettings> choice) {
        var copy = new SubscriptionSettings();
        copy.pollInterval = pollInterval;
        copy.lease = lease;
        copy.handlerLimit = handlerLimit;
        copy.recovery = recovery;
        copy.concurrency = concurrency;
        copy.instanceName = instanceName;
        copy.listeners = listeners;
        copy.stepper = stepper;
        choice.accept(copy);
        return copy;
    }

    /** How long events may stay unseen when no hint tells of them. */
    public SubscriptionSettings withPollInterval(Duration interval) {
        requirePositive("poll interval", interval);
        return with(copy -> copy.pollInterval = interval);
    }

    /**
     * How long a segment stays with an instance that no longer renews it, as after a crash; a projection's transaction
     * may stand idle no longer than that.
     */
    public SubscriptionSettings withLease(Duration lease) {
        requirePositive("lease", lease);
        return with(copy -> copy.lease = lease);
    }

    /**
     * How long a handler may take for one call before its thread is interrupted and its segments may be claimed by
     * others.
     */
    public SubscriptionSettings withHandlerLimit(Duration limit) {
        requirePositive("limit of a handler", limit);
        return with(copy -> copy.handlerLimit = limit);
    }

    /** The pauses while something that every event needs is out of reach. */
    public SubscriptionSettings recoveringWith(Duration firstPause, Duration longestPause) {
        return recoveringWith(recovery.withPauses(firstPause, longestPause));
    }

    /** What happens while something that every event needs is out of reach. */
    public SubscriptionSettings recoveringWith(RetryPolicy recovery) {
        return with(copy -> copy.recovery = recovery);
    }

    /** How many keys of a reactor are handled at once; 32 unless chosen. */
    public SubscriptionSettings withConcurrency(int keys) {
        if (keys < 1) {
            throw new IllegalArgumentException(
                    "The number of keys handled at once is " + keys + ": expected 1 or more");
        }
        return with(copy -> copy.concurrency = keys);
    }

    /**
     * The name of this process among those that share the work, which it keeps when it is started again: the one of a
     * pod in a StatefulSet, or any when nobody else can use the database. Whoever starts under a name takes over at
     * once what those before it under that name had, instead of when their leases have run out. A name is for one
     * process at a time: two that live share the work as others do, but what one has at hand when the other starts may
     * be done twice, by reactors, and is refused to projections.
     *
     * @throws IllegalArgumentException when it is empty or has a {@code #} in it
     */
    public SubscriptionSettings withInstanceName(String name) {
        if (name.isBlank() || name.contains(NAME_END)) {
            throw new IllegalArgumentException(
                    "The name of the instance is '" + name + "': expected one that is not empty, without '#'");
        }
        return with(copy -> copy.instanceName = Optional.of(name));
    }

    /** One more listener that is told what subscriptions do. */
    public SubscriptionSettings withListener(SubscriptionListener listener) {
        return with(copy -> copy.listeners = listeners.and(listener));
    }

    /** Has the subscriptions start no threads, and work when they are told, as a test does that decides the order. */
    public SubscriptionSettings steppedBy(Stepper newStepper) {
        return with(copy -> copy.stepper = newStepper);
    }

    /** How long events may stay unseen when no hint tells of them. */
    public Duration pollInterval() {
        return pollInterval;
    }

    /** How long a segment stays with an instance that no longer renews it. */
    public Duration lease() {
        return lease;
    }

    /** How long a handler may take for one call. */
    public Duration handlerLimit() {
        return handlerLimit;
    }

    /** What happens while something that every event needs is out of reach. */
    public RetryPolicy recovery() {
        return recovery;
    }

    /** How many keys of a reactor are handled at once. */
    public int concurrency() {
        return concurrency;
    }

    /** The name that this process keeps when it is started again. */
    public Optional<String> instanceName() {
        return instanceName;
    }

    /** What tells the subscriptions to work; nothing when they have threads for that. */
    public Optional<Stepper> stepper() {
        return Optional.ofNullable(stepper);
    }

    /** How those began that had this name before. */
    Optional<String> formerInstances() {
        return instanceName.map(name -> name + NAME_END);
    }

    /** All listeners as one, which throws nothing. */
    SubscriptionListener listener() {
        return listeners;
    }

    /** The time, on a scale of its own. */
    long nanoTime() {
        return stepper == null ? System.nanoTime() : stepper.nanoTime();
    }

    /** What is up to chance. */
    RandomGenerator random() {
        return stepper == null ? ThreadLocalRandom.current() : stepper.random();
    }

    /** A name for the process that nobody else has. */
    String newInstance() {
        return formerInstances().orElse("")
                + (stepper == null
                        ? UuidV7.next()
                        : new UUID(stepper.random().nextLong(), stepper.random().nextLong()));
    }

    /** How long a subscription that has failed waits before it tries again by itself, after so many failures. */
    Duration pauseOfFailed(int times) {
        return recovery.longestPause().multipliedBy(Math.min(times, 4) * 10L);
    }

    /** How often an instance renews its leases. */
    Duration renewal() {
        return lease.dividedBy(3);
    }

    private static void requirePositive(String what, Duration duration) {
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException("The " + what + " is " + duration + ": expected more than zero");
        }
    }
}
