package dev.headwater.testkit;

import dev.headwater.memory.InMemoryEventStorage;
import dev.headwater.memory.InMemorySubscriptionStorage;
import dev.headwater.store.spi.EventStorage;
import dev.headwater.subscription.DeadLetters;
import dev.headwater.subscription.spi.PageTransaction;
import dev.headwater.subscription.spi.SubscriptionStorage;
import dev.headwater.workflow.memory.InMemoryProcessStorage;
import dev.headwater.workflow.memory.InMemoryStepReceipts;
import dev.headwater.workflow.spi.ProcessStorage;
import dev.headwater.workflow.spi.StepReceipts;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

/** Everything in memory, the storage of processes perhaps spoiled, on a clock that ticks whenever it is read. */
final class InMemoryProcessSubject implements ProcessSubject<Object> {

    private final EventStorage log = new InMemoryEventStorage();
    private final Object transaction = new Object();
    private final InMemorySubscriptionStorage<Object> subscriptions = new InMemorySubscriptionStorage<>(transaction);
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-02-28T12:34:56Z"));
    private final ProcessStorage<Object> processes;
    private final List<String> notes = new CopyOnWriteArrayList<>();
    private final StepReceipts<Object> receipts;

    InMemoryProcessSubject() {
        this((correct, log) -> correct);
    }

    InMemoryProcessSubject(BiFunction<ProcessStorage<Object>, EventStorage, ProcessStorage<Object>> spoiled) {
        this.processes = spoiled.apply(new InMemoryProcessStorage<>(log, this::tick), log);
        this.receipts = new InMemoryStepReceipts<>(log, Object.class, transaction);
    }

    private InMemoryProcessSubject(InstantSource clock, UnaryOperator<StepReceipts<Object>> spoiled) {
        this.processes = new InMemoryProcessStorage<>(log, clock);
        this.receipts = spoiled.apply(new InMemoryStepReceipts<>(log, Object.class, transaction));
    }

    /** Everything in memory, the receipts perhaps spoiled, in which time passes by itself. */
    static InMemoryProcessSubject inRealTime(UnaryOperator<StepReceipts<Object>> spoiled) {
        return new InMemoryProcessSubject(InstantSource.system(), spoiled);
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
    public StepReceipts<Object> receipts() {
        return receipts;
    }

    @Override
    public void note(Object within, String text) {
        notes.add(text);
    }

    @Override
    public List<String> noted() {
        return List.copyOf(notes);
    }

    @Override
    public void inTransaction(PageTransaction.Part<Object> work) throws Exception {
        work.in(transaction);
    }

    @Override
    public void close() {}
}
