package dev.headwater.benchmarks;

import dev.headwater.UuidV7;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import dev.headwater.subscription.Reactor;
import dev.headwater.subscription.StartFrom;
import dev.headwater.subscription.Subscription;
import dev.headwater.subscription.SubscriptionSettings;
import dev.headwater.subscription.SubscriptionStatus;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A subscription that works through the log for the time of a measurement, or to its end; of every stream its events
 * have to come in order.
 *
 * @param kind what it does
 * @param events how many events are in the log
 * @param effectMillis how long a reactor's effect takes
 * @param inOrderOfTheLog whether all events share one key, so that they are handled one at a time
 * @param besideSnapshot whether somebody holds a snapshot all the time
 */
record Reactions(Kind kind, long events, int effectMillis, boolean inOrderOfTheLog, boolean besideSnapshot)
        implements Trial {

    private static final int KEYS_AT_ONCE = 512;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /** What handles the events. */
    enum Kind {
        REACTOR,
        /** With a page of one event, so that each event is a checkpoint. */
        PROJECTION
    }

    @Override
    public Measurement run(String url, Pace pace) throws Exception {
        var versions = new ConcurrentHashMap<StreamId, Long>();
        var handled = new AtomicLong();
        var violation = new AtomicReference<@Nullable StoredEvent>();
        try (var headwater = Headwater.open(url);
                var holder = DriverManager.getConnection(url)) {
            if (besideSnapshot) {
                hold(holder);
            }
            var settings = SubscriptionSettings.DEFAULT.withConcurrency(KEYS_AT_ONCE);
            try (var subscriptions = headwater.subscribing(settings);
                    var running = subscriptions.start(subscription(event -> {
                        if (!isInOrder(event, versions)) {
                            violation.set(event);
                        }
                        handled.incrementAndGet();
                    }))) {
                await(pace.rampUp(), () -> handled.get() >= events / 2);
                long before = handled.get();
                long start = System.nanoTime();
                await(pace.window(), () -> handled.get() >= events);
                long units = handled.get() - before;
                long nanos = System.nanoTime() - start;
                if (running.status().state() == SubscriptionStatus.State.FAILED) {
                    throw new BenchmarkException("The subscription has failed: " + running.status());
                }
                if (violation.get() != null) {
                    throw new BenchmarkException("The order of a stream was broken: " + violation.get());
                }
                return Measurement.of(units, nanos, new long[0]);
            }
        }
    }

    private Subscription<Connection> subscription(Consumer<StoredEvent> counting) {
        var named = Subscription.named("reactions-" + UuidV7.next()).startingAt(StartFrom.beginning());
        var ordered = inOrderOfTheLog ? named.orderedBy(event -> "one") : named;
        Reactor reactor = event -> {
            if (effectMillis > 0) {
                pause(TimeUnit.MILLISECONDS.toNanos(effectMillis));
            }
            counting.accept(event);
        };
        return switch (kind) {
            case REACTOR -> ordered.reacting(reactor);
            case PROJECTION ->
                ordered.batchSize(1).projecting((events, connection) -> reactor.react(events.getFirst()));
        };
    }

    /** A first event, or the next one of its stream. */
    private static boolean isInOrder(StoredEvent event, Map<StreamId, Long> versions) {
        var before = versions.put(event.stream(), event.version());
        return before == null || before == event.version() - 1;
    }

    private static void hold(Connection holder) throws Exception {
        holder.setAutoCommit(false);
        holder.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        try (var statement = holder.createStatement()) {
            statement.execute("SELECT count(*) FROM headwater.streams");
        }
    }

    private static void await(Duration limit, BooleanSupplier earlier) {
        long end = System.nanoTime() + limit.toNanos();
        while (System.nanoTime() < end && !earlier.getAsBoolean()) {
            LockSupport.parkNanos(Math.min(LOOK_NANOS, end - System.nanoTime()));
        }
    }

    private static void pause(long nanos) {
        long end = System.nanoTime() + nanos;
        for (long left = nanos; left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
