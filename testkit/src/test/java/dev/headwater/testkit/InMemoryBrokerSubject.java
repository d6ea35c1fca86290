package dev.headwater.testkit;

import dev.headwater.broker.spi.LogBroker;
import dev.headwater.memory.InMemoryLogBroker;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** The broker in memory, perhaps with something around it. */
final class InMemoryBrokerSubject implements LogBrokerContract.Subject {

    private static final int LIMIT = 100_000;

    private final InMemoryLogBroker memory = new InMemoryLogBroker(LIMIT, InstantSource.system());
    private final LogBroker broker;
    private final AtomicInteger names = new AtomicInteger();

    InMemoryBrokerSubject(UnaryOperator<LogBroker> around) {
        this.broker = around.apply(memory);
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
    public int tooLarge() {
        return LIMIT + 1;
    }

    @Override
    public void removeUpTo(String topic, int partition, long position) {
        memory.removeUpTo(topic, partition, position);
    }

    @Override
    public void leaveHole(String topic, int partition) {
        memory.leaveHole(topic, partition);
    }

    @Override
    public void close() {
        memory.close();
    }
}
