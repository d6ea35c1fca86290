package dev.headwater.kafka;

import dev.headwater.broker.Transactions;
import dev.headwater.broker.spi.LogBroker;
import dev.headwater.memory.InMemoryEventStorage;
import dev.headwater.memory.InMemorySubscriptionStorage;
import dev.headwater.store.EventStore;
import dev.headwater.store.spi.EventStorage;
import dev.headwater.subscription.DeadLetters;
import dev.headwater.subscription.spi.SubscriptionStorage;
import dev.headwater.testkit.CommandServiceContract;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Commands over Kafka. */
class CommandsBetweenServicesTest extends CommandServiceContract<List<String>> {

    private static final AtomicInteger TOPICS = new AtomicInteger();

    @Override
    protected Subject<List<String>> open() {
        return new OnTheCluster();
    }

    private static final class OnTheCluster implements Subject<List<String>> {

        private final KafkaLogBroker broker =
                new KafkaLogBroker(KafkaCluster.shared().properties());
        private final EventStorage log = new InMemoryEventStorage();
        private final List<String> written = new CopyOnWriteArrayList<>();
        private final InMemorySubscriptionStorage<List<String>> storage = new InMemorySubscriptionStorage<>(written);

        @Override
        public LogBroker broker() {
            return broker;
        }

        @Override
        public String freshName() {
            return "commands-" + TOPICS.incrementAndGet();
        }

        @Override
        public int partitions() {
            return 3;
        }

        @Override
        public EventStorage log() {
            return log;
        }

        @Override
        public SubscriptionStorage<List<String>> storage() {
            return storage;
        }

        @Override
        public DeadLetters letters() {
            return storage.deadLetters();
        }

        /** What is written stays when the work, whose last act is an append, has not failed. */
        @Override
        public Transactions<List<String>> transactions(EventStore store) {
            return work -> {
                var staged = new ArrayList<String>();
                work.in(staged, store);
                written.addAll(staged);
            };
        }

        @Override
        public void write(List<String> transaction, String text) {
            transaction.add(text);
        }

        @Override
        public List<String> written() {
            return List.copyOf(written);
        }

        @Override
        public void close() {
            broker.close();
        }
    }
}
