package dev.headwater.benchmarks;

import dev.headwater.benchmarks.ClosedLoop.Operation;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StreamId;
import java.util.ArrayList;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;

/**
 * Appends through Headwater, by a number of writers that share one store.
 *
 * @param writers how many
 * @param threads what they run on
 * @param writer makes one writer's operation
 */
record HeadwaterAppend(
        int writers, ThreadFactory threads, BiFunction<EventStore, OpenOrders, Operation> writer, SampleEvents samples)
        implements Trial {

    private static final StreamId HOT = StreamId.of("order", "hot");

    /** One event for one order, at the version that the writer knows. */
    static HeadwaterAppend oneEvent(int writers, ThreadFactory threads, SampleEvents samples) {
        return new HeadwaterAppend(writers, threads, HeadwaterAppend::oneEvent, samples);
    }

    /** A new order with all its events. */
    static HeadwaterAppend wholeOrders(int writers, ThreadFactory threads, SampleEvents samples) {
        return new HeadwaterAppend(
                writers,
                threads,
                (store, orders) -> () -> {
                    var events = samples.order(orders.key());
                    store.append(StreamId.of("order", OpenOrders.newId()), ExpectedVersion.noStream(), events);
                    return events.size();
                },
                samples);
    }

    /** One event for the stream that everybody writes to. */
    static HeadwaterAppend hotStream(int writers, ThreadFactory threads, SampleEvents samples) {
        return new HeadwaterAppend(
                writers,
                threads,
                (store, orders) -> () -> {
                    int key = orders.key();
                    store.append(
                            HOT,
                            ExpectedVersion.any(),
                            samples.at(Math.floorMod(key, SampleEvents.STEPS), key >>> 8)
                                    .event());
                    return 1;
                },
                samples);
    }

    private static Operation oneEvent(EventStore store, OpenOrders orders) {
        return () -> {
            var order = orders.next();
            store.append(
                    StreamId.of("order", order.id()),
                    ExpectedVersion.exactly(order.version()),
                    orders.sample(order).event());
            order.appended();
            return 1;
        };
    }

    @Override
    public Measurement run(String url, Pace pace) throws Exception {
        try (var headwater = Headwater.open(url)) {
            var numbers = new AtomicLong();
            var operations = new ArrayList<Operation>(writers);
            for (int i = 0; i < writers; i++) {
                operations.add(writer.apply(headwater.store(), new OpenOrders(samples, numbers, i)));
            }
            return ClosedLoop.run(pace, threads, operations);
        }
    }
}
