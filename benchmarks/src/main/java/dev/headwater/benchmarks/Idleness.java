package dev.headwater.benchmarks;

import dev.headwater.subscription.Subscription;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** What many subscriptions cost while no event comes. */
final class Idleness {

    static final int SUBSCRIPTIONS = 50;

    private static final Duration SHORTEST = Duration.ofSeconds(3);
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final double HUNDRED_PERCENT_IN_MICROS = 1e4;

    private Idleness() {}

    /**
     * What has been spent since some moment.
     *
     * @param statements sent to the server by Headwater
     * @param transactions that the server saw in the database, checks of the connection pool included
     * @param cpuMicros of this process, and of the server's where it is our own
     */
    private record Spent(long nanos, long statements, long transactions, long cpuMicros) {

        private static Spent now(Server server, Headwater headwater, String url) throws Exception {
            return new Spent(
                    System.nanoTime(),
                    headwater.statements(),
                    server.transactions(url),
                    Host.cpuMicros() + server.cpuMicros());
        }

        private Spent minus(Spent before) {
            return new Spent(
                    nanos - before.nanos,
                    statements - before.statements,
                    transactions - before.transactions,
                    cpuMicros - before.cpuMicros);
        }
    }

    static List<Bound> measure(Server server, String url, Scale scale) throws Exception {
        var spent = new ArrayList<Spent>();
        var window = scale.pace().window().multipliedBy(2);
        try (var headwater = Headwater.openCounting(url)) {
            startAll(headwater);
            pause(window);
            for (int round = 0; round < scale.rounds(); round++) {
                var before = Spent.now(server, headwater, url);
                pause(window.compareTo(SHORTEST) < 0 ? SHORTEST : window);
                spent.add(Spent.now(server, headwater, url).minus(before));
            }
        }
        var work = SUBSCRIPTIONS + " idle subscriptions: ";
        var cpu = server.isEmbedded() ? "CPU of this process and the server" : "CPU of this process";
        return List.of(
                bound(work + "statements", "/s", spent.stream().map(s -> rate(s.statements(), s.nanos())), 10),
                bound(
                        work + "transactions as the server counts them",
                        "/s",
                        spent.stream().map(s -> rate(s.transactions(), s.nanos())),
                        10),
                bound(work + cpu, "% of a core", spent.stream().map(s -> percent(s.cpuMicros(), s.nanos())), 1));
    }

    private static Bound bound(String work, String unit, Stream<Measurement> rounds, double below) {
        return new Bound(work, unit, rounds.toList(), Measurement::perSecond, below);
    }

    private static Measurement rate(long units, long nanos) {
        return Measurement.of(units, nanos, new long[0]);
    }

    private static Measurement percent(long micros, long nanos) {
        return new Measurement(micros, rate(micros, nanos).perSecond() / HUNDRED_PERCENT_IN_MICROS, 0, 0);
    }

    private static void startAll(Headwater headwater) throws InterruptedException {
        Fill.orders(headwater.store(), new SampleEvents(), 1);
        long head = headwater.store().headPosition();
        for (int i = 0; i < SUBSCRIPTIONS; i++) {
            Subscription<Connection> subscription =
                    Subscription.named("idle-" + i).projecting((events, connection) -> {});
            var running = headwater.subscriptions().start(subscription);
            if (!running.awaitPosition(head, PATIENCE)) {
                throw new BenchmarkException("An event was not handled within " + PATIENCE + ": " + running.status());
            }
        }
    }

    private static void pause(Duration duration) {
        long end = System.nanoTime() + duration.toNanos();
        for (long left = duration.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
