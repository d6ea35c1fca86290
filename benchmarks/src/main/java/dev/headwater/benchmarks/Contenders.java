package dev.headwater.benchmarks;

import dev.headwater.aggregate.DeciderRepository;
import dev.headwater.aggregate.Memento;
import dev.headwater.aggregate.SnapshotPolicy;
import dev.headwater.aggregate.Snapshots;
import dev.headwater.benchmarks.AggregateLoads.OrderDecider;
import dev.headwater.benchmarks.AggregateLoads.OrderState;
import dev.headwater.benchmarks.ClosedLoop.Operation;
import dev.headwater.store.ConcurrencyException;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StreamId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Callers who execute commands on one aggregate, each on a virtual thread, beside four bystanders with a stream of
 * their own.
 *
 * @param contenders how many fight
 * @param ofContenders whether the figures are those of the contenders: how many appends were won; otherwise they are
 *     those of the bystanders
 */
record Contenders(int contenders, boolean ofContenders, SampleEvents samples) implements Trial {

    private static final int BYSTANDERS = 4;
    private static final String CONTENDED = "contended";
    private static final int EVENTS_PER_SNAPSHOT = 100;

    @Override
    public Measurement run(String url, Pace pace) throws Exception {
        var stop = new AtomicBoolean();
        var won = new AtomicLong();
        try (var headwater = Headwater.open(url);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var orders = orders(headwater);
            var fights = new ArrayList<Future<Void>>();
            for (int i = 0; i < contenders; i++) {
                fights.add(threads.submit(fight(orders, stop, won)));
            }
            Measurement bystanders;
            long start = System.nanoTime();
            try {
                bystanders = ClosedLoop.run(pace, Thread.ofPlatform().factory(), bystanders(headwater.store()));
            } finally {
                stop.set(true);
            }
            long nanos = System.nanoTime() - start;
            for (var fight : fights) {
                fight.get();
            }
            return ofContenders ? Measurement.of(won.get(), nanos, new long[0]) : bystanders;
        }
    }

    private static DeciderRepository<OrderEvent, OrderState, OrderEvent> orders(Headwater headwater) {
        var memento = Memento.of("order", 1, OrderState.class);
        return DeciderRepository.of(headwater.store(), "order", OrderEvent.class, new OrderDecider())
                .withSnapshots(
                        new Snapshots<>(headwater.snapshots(), memento, SnapshotPolicy.every(EVENTS_PER_SNAPSHOT)));
    }

    private Callable<Void> fight(
            DeciderRepository<OrderEvent, OrderState, OrderEvent> orders, AtomicBoolean stop, AtomicLong won) {
        var event = samples.at(0, 0).event();
        return () -> {
            while (!stop.get()) {
                try {
                    orders.execute(CONTENDED, event);
                    won.incrementAndGet();
                } catch (ConcurrencyException e) {
                    // Others were first in every attempt.
                }
            }
            return null;
        };
    }

    private List<Operation> bystanders(EventStore store) {
        var operations = new ArrayList<Operation>();
        for (int i = 0; i < BYSTANDERS; i++) {
            operations.add(bystander(store));
        }
        return operations;
    }

    private Operation bystander(EventStore store) {
        var stream = StreamId.of("order", OpenOrders.newId());
        var event = samples.at(0, 1).event();
        return () -> {
            store.append(stream, ExpectedVersion.any(), event);
            return 1;
        };
    }
}
