package dev.headwater.postgres.faults;

import dev.headwater.embedded.EmbeddedDatabase;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StreamId;
import dev.headwater.subscription.StartFrom;
import dev.headwater.subscription.Subscription;
import dev.headwater.testkit.Await;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Somebody holds a snapshot for the whole run, as a dump, a report or a forgotten transaction does, so that no dead row
 * can be removed. Two instances append, project and react; every event is handled, and counted once and in order.
 */
@Timeout(value = 60, unit = TimeUnit.MINUTES)
final class HeldSnapshotTest {

    private static final int PARTS = 4;
    private static final int APPENDS_OF_A_PART = FaultSettings.isFull() ? 7_500 : 25;
    private static final int STREAMS = 50;
    private static final Counted[] EVENTS = new Counted[10];
    private static final long EVENTS_OF_A_PART = (long) APPENDS_OF_A_PART * EVENTS.length;
    private static final Duration LIMIT = FaultSettings.isFull() ? Duration.ofMinutes(15) : Duration.ofSeconds(30);

    static {
        for (int i = 0; i < EVENTS.length; i++) {
            EVENTS[i] = new Counted("snapshot", i, EVENTS.length);
        }
    }

    @Test
    void everyEventIsHandledBesideAnIdleTransaction() throws Exception {
        var reactedTo = ConcurrentHashMap.<Long>newKeySet();
        var perSecond = new StringBuilder();
        try (var server = EmbeddedDatabase.start();
                var connection = DriverManager.getConnection(server.jdbcUrl());
                var holder = DriverManager.getConnection(server.jdbcUrl());
                var one = Instance.open(server.jdbcUrl());
                var other = Instance.open(server.jdbcUrl())) {
            Counters.create(connection);
            holdSnapshot(holder);
            for (var instance : List.of(one, other)) {
                instance.start(Subscription.named(Counters.SUBSCRIPTION).projecting(new Counters()));
                instance.start(Subscription.named("reactor")
                        .startingAt(StartFrom.beginning())
                        .reacting(event -> reactedTo.add(event.position())));
            }
            for (int part = 1; part <= PARTS; part++) {
                long start = System.nanoTime();
                append(part % 2 == 0 ? one : other);
                awaitHandled(connection, reactedTo, part * EVENTS_OF_A_PART);
                long nanos = System.nanoTime() - start;
                perSecond.append(' ').append((long) (EVENTS_OF_A_PART * 1e9 / nanos));
            }
            holder.rollback();
        }
        System.out.printf(
                "Held snapshot: %d events counted once and in order; events per second in each of %d parts:%s%n",
                reactedTo.size(), PARTS, perSecond);
    }

    private static void holdSnapshot(Connection holder) throws SQLException {
        holder.setAutoCommit(false);
        holder.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        try (var statement = holder.createStatement()) {
            statement.execute("SELECT count(*) FROM headwater.events");
        }
    }

    private static void append(Instance instance) {
        for (int i = 0; i < APPENDS_OF_A_PART; i++) {
            instance.store().append(StreamId.of("key", Integer.toString(i % STREAMS)), ExpectedVersion.any(), EVENTS);
        }
    }

    private static void awaitHandled(Connection connection, Set<Long> reactedTo, long appended) {
        Await.until("all " + appended + " events are handled", LIMIT, () -> {
            try {
                return reactedTo.size() == appended && Counters.total(connection) == appended;
            } catch (SQLException e) {
                throw new AssertionError(e);
            }
        });
    }
}
