package dev.headwater.benchmarks;

import dev.headwater.UuidV7;
import dev.headwater.postgres.readmodel.ReadModelTable;
import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.Projection;
import dev.headwater.subscription.Subscription;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** Replay of the whole log by a subscription with the settings that one has when nothing is said. */
final class Replay {

    /** How many events a projection is handed at once. */
    static final int PAGE = Subscription.named("any")
            .<Connection>projecting((events, connection) -> {})
            .batchSize();

    private static final Duration PATIENCE = Duration.ofMinutes(30);

    private static final String UPSERT = """
            INSERT INTO counters AS c (key, events) VALUES (?, 1)
            ON CONFLICT (key) DO UPDATE SET events = c.events + 1""";

    private Replay() {}

    /** Replay into a handler that does nothing but ask for the event. */
    static Measurement decode(String url, Pace pace) throws Exception {
        try (var headwater = Headwater.open(url)) {
            return Passes.run(pace, () -> {
                var sink = new Sink();
                long events = pass(headwater, (page, connection) -> decode(page, sink));
                requireAll(events, sink.count());
                return events;
            });
        }
    }

    /** How many statements and commits a page costs when nothing fails, without those of the handler. */
    static Measurement statementsOfAPage(String url) throws Exception {
        try (var headwater = Headwater.openCounting(url)) {
            long before = headwater.statements();
            long events = pass(headwater, (page, connection) -> {});
            long statements = headwater.statements() - before;
            return new Measurement(statements, statements / Math.ceil((double) events / PAGE), 0, 0);
        }
    }

    /** Replay into {@link Counters} through the helper for tables. */
    static Measurement countInTable(String url, Pace pace) throws Exception {
        var counters = ReadModelTable.named(Counters.TABLE).key("key").columns("events");
        var sink = new Sink();
        return count(url, pace, counters.projection((event, rows) -> {
            sink.take(event.event());
            rows.upsert(event.stream().name()).add("events", 1);
        }));
    }

    /** Replay into {@link Counters} with a statement for each event, batched. */
    static Measurement countEachEvent(String url, Pace pace) throws Exception {
        var sink = new Sink();
        return count(url, pace, (events, connection) -> {
            decode(events, sink);
            upsertEach(events, connection);
        });
    }

    private static void upsertEach(List<StoredEvent> events, Connection connection) throws SQLException {
        try (var upsert = connection.prepareStatement(UPSERT)) {
            for (var event : events) {
                upsert.setString(1, event.stream().name());
                upsert.addBatch();
            }
            upsert.executeBatch();
        }
    }

    private static Measurement count(String url, Pace pace, Projection<Connection> projection) throws Exception {
        try (var headwater = Headwater.open(url)) {
            return Passes.run(pace, () -> {
                Counters.clear(url);
                long events = pass(headwater, projection);
                requireAll(events, Counters.sum(url));
                return events;
            });
        }
    }

    private static long pass(Headwater headwater, Projection<Connection> projection) throws InterruptedException {
        var name = "replay-" + UuidV7.next();
        try (var running =
                headwater.subscriptions().start(Subscription.named(name).projecting(projection))) {
            long head = headwater.store().headPosition();
            if (!running.awaitPosition(head, PATIENCE)) {
                throw new BenchmarkException("A subscription has not come to position " + head + " within " + PATIENCE
                        + ": " + running.status());
            }
            return head;
        }
    }

    static void decode(List<StoredEvent> events, Sink sink) {
        for (var event : events) {
            sink.take(event.event());
        }
    }

    static void requireAll(long events, long handled) {
        if (handled != events) {
            throw new IllegalStateException("Handled " + handled + " events of a log of " + events);
        }
    }
}
