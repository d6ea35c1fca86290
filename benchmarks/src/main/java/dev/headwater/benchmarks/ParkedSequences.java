package dev.headwater.benchmarks;

import dev.headwater.failure.FailureKind;
import dev.headwater.failure.RetryPolicy;
import dev.headwater.subscription.DeadLetterFilter;
import dev.headwater.subscription.Subscription;
import java.sql.Connection;
import java.time.Duration;

/**
 * Replay of the events after a position, by a subscription that has parked every sequence before it, or none of them.
 *
 * @param name the subscription
 * @param after where it begins
 */
record ParkedSequences(String name, long after) implements Trial {

    static final String HEALTHY = "healthy";
    static final String SICK = "sick";

    private static final Duration PATIENCE = Duration.ofMinutes(10);

    /** Makes one subscription fail for every event that is in the log now, and another one for none. */
    static void park(Headwater headwater, int sequences) throws InterruptedException {
        replay(headwater, Subscription.named(HEALTHY).projecting((events, connection) -> {}));
        Subscription<Connection> sick = Subscription.named(SICK)
                .retrying(RetryPolicy.none()
                        .treating(IllegalArgumentException.class, FailureKind.PERMANENT)
                        .openingCircuitAfter(Integer.MAX_VALUE))
                .projecting((events, connection) -> {
                    throw new IllegalArgumentException("not to be handled");
                });
        replay(headwater, sick);
        long parked = headwater.deadLetters().count(DeadLetterFilter.of(SICK)).sequences();
        if (parked != sequences) {
            throw new IllegalStateException("Parked " + parked + " sequences: expected " + sequences);
        }
    }

    @Override
    public Measurement run(String url, Pace pace) throws Exception {
        try (var headwater = Headwater.open(url)) {
            return Passes.run(pace, () -> {
                var sink = new Sink();
                headwater.subscriptions().reset(name, after);
                replay(
                        headwater,
                        Subscription.named(name).projecting((events, connection) -> Replay.decode(events, sink)));
                Replay.requireAll(headwater.store().headPosition() - after, sink.count());
                return sink.count();
            });
        }
    }

    private static void replay(Headwater headwater, Subscription<Connection> subscription) throws InterruptedException {
        try (var running = headwater.subscriptions().start(subscription)) {
            if (!running.awaitPosition(headwater.store().headPosition(), PATIENCE)) {
                throw new BenchmarkException("The log was not read within " + PATIENCE + ": " + running.status());
            }
        }
    }
}
