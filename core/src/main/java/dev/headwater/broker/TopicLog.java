package dev.headwater.broker;

import dev.headwater.MessageSerializer;
import dev.headwater.broker.spi.TopicReader;
import dev.headwater.store.EventStore;
import dev.headwater.subscription.StartFrom;
import dev.headwater.subscription.Subscription;
import dev.headwater.subscription.SubscriptionStatus;
import dev.headwater.subscription.Subscriptions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A topic as this process reads it: one log, with subscriptions of its own, for each partition. Thread-safe.
 *
 * @param <T> the transaction
 */
final class TopicLog<T> implements AutoCloseable {

    private final String topic;
    private final TopicReader reader;
    private final List<Partition<T>> partitions = new ArrayList<>();

    private record Partition<T>(int number, EventStore store, Subscriptions<T> subscriptions) {}

    TopicLog(
            String topic,
            TopicReader reader,
            MessageSerializer serializer,
            Function<EventStore, Subscriptions<T>> subscriptions) {
        this.topic = topic;
        this.reader = reader;
        for (int number = 0; number < reader.partitions(); number++) {
            var events = new CloudEventReader(topic, number);
            var store = new EventStore(new PartitionStorage(reader, events), serializer);
            partitions.add(new Partition<>(number, store, subscriptions.apply(store)));
        }
    }

    /** Starts a subscription in every partition, or in none. */
    List<RunningPartition<T>> start(Subscription<T> subscription) {
        var started = new ArrayList<RunningPartition<T>>();
        try {
            for (var partition : partitions) {
                var part = subscription
                        .withName(subscription.name() + '/' + topic + '/' + partition.number())
                        .withStart(startIn(partition, subscription.start()));
                started.add(
                        new RunningPartition<>(partition.subscriptions().start(part), partition.store()::headPosition));
            }
            return started;
        } catch (RuntimeException e) {
            started.forEach(each -> each.running().close());
            throw e;
        }
    }

    /** The beginning of a topic is the first record that is left of it. */
    private StartFrom startIn(Partition<T> partition, StartFrom start) {
        return start instanceof StartFrom.Beginning
                ? StartFrom.after(reader.retained(partition.number()).first() - 1)
                : start;
    }

    /** How every subscription is doing in every partition. */
    List<SubscriptionStatus> status() {
        return partitions.stream()
                .flatMap(partition -> partition.subscriptions().status().stream())
                .toList();
    }

    void renewSoon() {
        partitions.forEach(partition -> partition.subscriptions().renewSoon());
    }

    @Override
    public void close() {
        partitions.forEach(partition -> partition.subscriptions().close());
        reader.close();
    }
}
