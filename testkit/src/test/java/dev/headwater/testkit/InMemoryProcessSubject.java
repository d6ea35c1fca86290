package dev.headwater.testkit;

import dev.headwater.memory.InMemoryEventStorage;
import dev.headwater.memory.InMemorySubscriptionStorage;
import dev.headwater.store.spi.EventStorage;
import dev.headwater.subscription.DeadLetters;
import dev.headwater.subscription.spi.PageTransaction;
import dev.headwater.subscription.spi.SubscriptionStorage;
import dev.headwater.workflow.memory.InMemoryProcessStorage;
import dev.headwater.workflow.spi.ProcessStorage;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;

/** Everything in memory, the storage of processes perhaps spoiled, on a clock that ticks whenever it is read. */
final class InMemoryProcessSubject implements ProcessSubject<Object> {

    private final EventStorage log = new InMemoryEventStorage();
    private final Object transaction = new Object();
    private final InMemorySubscriptionStorage<Object> subscriptions = new InMemorySubscriptionStorage<>(transaction);
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-02-28T12:34:56Z"));
    private final ProcessStorage<Object> processes;

    InMemoryProcessSubject() {
        this((correct, log) -> correct);
    }

    InMemoryProcessSubject(BiFunction<ProcessStorage<Object>, EventStorage, ProcessStorage<Object>> spoiled) {
        this.processes = spoiled.apply(new InMemoryProcessStorage<>(log, this::tick), log);
    }

    private Instant tick() {
        return now.updateAndGet(time -> time.plus(1, ChronoUnit.MICROS));
    }

    @Override
    public EventStorage log() {
        return log;
    }

    @Override
    public SubscriptionStorage<Object> subscriptions() {
        return subscriptions;
    }

    @Override
    public DeadLetters letters() {
        return subscriptions.deadLetters();
    }

    @Override
    public ProcessStorage<Object> processes() {
        return processes;
    }

    @Override
    public void inTransaction(PageTransaction.Part<Object> work) throws Exception {
        work.in(transaction);
    }

    @Override
    public void close() {}
}
