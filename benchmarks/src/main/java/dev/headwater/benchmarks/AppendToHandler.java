package dev.headwater.benchmarks;

import dev.headwater.Envelope;
import dev.headwater.UuidV7;
import dev.headwater.store.Append;
import dev.headwater.store.AppendResult;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.NewEvent;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import dev.headwater.subscription.RunningSubscription;
import dev.headwater.subscription.StartFrom;
import dev.headwater.subscription.Subscription;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The time from the moment at which an event was to be appended until a projection is handed it.
 *
 * <p>Events are due at a fixed rate whether or not those before them are done, and waiting counts: an append that is
 * slow does not hide the ones behind it.
 */
record AppendToHandler(SampleEvents samples) implements Trial {

    static final int PER_SECOND = 1_000;

    private static final long SPACING_NANOS = TimeUnit.SECONDS.toNanos(1) / PER_SECOND;
    private static final int STREAMS = 1_000;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @Override
    public Measurement run(String url, Pace pace) throws Exception {
        var due = new ConcurrentHashMap<UUID, Long>();
        var durations = new Durations();
        try (var headwater = Headwater.open(url)) {
            Subscription<Connection> subscription = Subscription.named("latency")
                    .startingAt(StartFrom.end())
                    .projecting((events, connection) -> handle(events, due, durations));
            try (var running = headwater.subscriptions().start(subscription)) {
                await(running, append(headwater.store(), 0, UuidV7.next()));
                paced(headwater.store(), running, pace, due);
            }
        }
        if (!due.isEmpty()) {
            throw new IllegalStateException(due.size() + " events were not handled");
        }
        return Durations.sum(List.of(durations), pace.window().toNanos());
    }

    private static void handle(List<StoredEvent> events, ConcurrentHashMap<UUID, Long> due, Durations durations) {
        long now = System.nanoTime();
        for (var event : events) {
            var wanted = due.remove(event.id());
            if (wanted != null) {
                durations.add(now - wanted, 1);
            }
        }
    }

    private void paced(
            EventStore store, RunningSubscription<Connection> running, Pace pace, ConcurrentHashMap<UUID, Long> due)
            throws InterruptedException, ExecutionException {
        long unmeasured = pace.rampUp().toNanos() / SPACING_NANOS;
        long all = unmeasured + pace.window().toNanos() / SPACING_NANOS;
        var appends = new ArrayList<Future<AppendResult>>();
        try (var writers = Executors.newVirtualThreadPerTaskExecutor()) {
            long start = System.nanoTime();
            for (int i = 0; i < all; i++) {
                long time = start + i * SPACING_NANOS;
                parkUntil(time);
                int key = i;
                var id = UuidV7.next();
                if (i >= unmeasured) {
                    due.put(id, time);
                }
                appends.add(writers.submit(() -> append(store, key, id)));
            }
        }
        for (var append : appends) {
            await(running, append.get());
        }
    }

    private static void parkUntil(long time) {
        for (long left = time - System.nanoTime(); left > 0; left = time - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private AppendResult append(EventStore store, int key, UUID id) {
        var event = Envelope.of(samples.at(key, key).event()).withId(id);
        var stream = StreamId.of("order", String.valueOf(key % STREAMS));
        return store.append(Append.to(stream, ExpectedVersion.any(), List.of(NewEvent.of(event))));
    }

    private static void await(RunningSubscription<Connection> running, AppendResult appended)
            throws InterruptedException {
        if (!running.awaitCaughtUp(appended, PATIENCE)) {
            throw new BenchmarkException("An event was not handled within " + PATIENCE + ": " + running.status());
        }
    }
}
