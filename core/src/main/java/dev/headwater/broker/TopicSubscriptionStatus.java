package dev.headwater.broker;

import dev.headwater.subscription.SubscriptionStatus;
import dev.headwater.subscription.SubscriptionStatus.State;
import java.util.Comparator;
import java.util.List;

/**
 * How a subscription to topics is doing.
 *
 * @param name its name
 * @param partitions how it is doing in each partition, under the name {@code <name>/<topic>/<partition>}
 */
public record TopicSubscriptionStatus(String name, List<SubscriptionStatus> partitions) {

    /** The one that needs somebody first stands first. */
    private static final List<State> BY_NEED = List.of(
            State.FAILED,
            State.BEYOND_THE_LOG,
            State.FORGOTTEN,
            State.REPLACED,
            State.NOT_RENEWED,
            State.RETRYING,
            State.PAUSED,
            State.DEGRADED,
            State.CATCHING_UP,
            State.RUNNING,
            State.STOPPED);

    /** Copies the list. */
    public TopicSubscriptionStatus {
        partitions = List.copyOf(partitions);
    }

    /** The state of the partition that needs somebody first. */
    public State state() {
        return partitions.stream()
                .map(SubscriptionStatus::state)
                .min(Comparator.comparingInt(BY_NEED::indexOf))
                .orElse(State.STOPPED);
    }

    /** How many records stand behind what was handled, wanted or not. */
    public long lag() {
        return partitions.stream().mapToLong(SubscriptionStatus::lag).sum();
    }

    /** How many dead letters there are, at least. */
    public long letters() {
        return partitions.stream()
                .mapToLong(partition -> partition.letters().number())
                .sum();
    }
}
