package dev.headwater.testkit;

import dev.headwater.broker.Transactions;
import dev.headwater.broker.spi.LogBroker;
import dev.headwater.memory.InMemoryEventStorage;
import dev.headwater.memory.InMemoryLogBroker;
import dev.headwater.memory.InMemorySubscriptionStorage;
import dev.headwater.store.EventStore;
import dev.headwater.store.spi.EventStorage;
import dev.headwater.subscription.DeadLetters;
import dev.headwater.subscription.spi.SubscriptionStorage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** Commands over the broker in memory, perhaps with something around it. */
final class InMemoryCommandSubject implements CommandServiceContract.Subject<List<String>> {

    private final LogBroker broker;
    private final EventStorage log = new InMemoryEventStorage();
    private final List<String> written = new CopyOnWriteArrayList<>();
    private final InMemorySubscriptionStorage<List<String>> storage = new InMemorySubscriptionStorage<>(written);
    private final AtomicInteger names = new AtomicInteger();

    InMemoryCommandSubject(UnaryOperator<LogBroker> around) {
        this.broker = around.apply(new InMemoryLogBroker());
    }

    @Override
    public LogBroker broker() {
        return broker;
    }

    @Override
    public String freshName() {
        return "topic-" + names.incrementAndGet();
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
