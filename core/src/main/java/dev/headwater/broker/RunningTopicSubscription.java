package dev.headwater.broker;

import dev.headwater.bus.Registration;
import dev.headwater.subscription.RunningSubscription;
import java.time.Duration;
import java.util.List;

/**
 * A subscription to topics at work in this process; closing ends that, and everything stays where it is. Thread-safe.
 *
 * @param <T> the transaction
 */
public final class RunningTopicSubscription<T> implements Registration {

    private final String name;
    private final List<RunningPartition<T>> partitions;

    RunningTopicSubscription(String name, List<RunningPartition<T>> partitions) {
        this.name = name;
        this.partitions = List.copyOf(partitions);
    }

    /** The name of the subscription. */
    public String name() {
        return name;
    }

    /** The subscriptions that it consists of, one for each partition of each topic. */
    public List<RunningSubscription<T>> partitions() {
        return partitions.stream().map(RunningPartition::running).toList();
    }

    /** How it is doing now. */
    public TopicSubscriptionStatus status() {
        return new TopicSubscriptionStatus(
                name,
                partitions.stream()
                        .map(partition -> partition.running().status())
                        .toList());
    }

    /**
     * Waits until everything that stands in the topics now has been handled or became a dead letter, on whichever
     * instance.
     *
     * @return whether that happened in time
     */
    public boolean awaitCaughtUp(Duration timeout) throws InterruptedException {
        long end = System.nanoTime() + timeout.toNanos();
        for (var partition : partitions) {
            var left = Duration.ofNanos(Math.max(0, end - System.nanoTime()));
            if (!partition.running().awaitPosition(partition.head().getAsLong(), left)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        partitions.forEach(partition -> partition.running().close());
    }
}
