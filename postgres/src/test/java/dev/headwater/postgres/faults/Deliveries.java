package dev.headwater.postgres.faults;

import dev.headwater.failure.FailureKind;
import dev.headwater.failure.RetryPolicy;
import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.Projection;
import dev.headwater.subscription.Subscription;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts events as {@link Counters} does, but fails at some: one in ten until it was tried alone in this process, one
 * in a hundred until somebody has removed the cause.
 */
final class Deliveries implements Projection<Connection> {

    static final String SUBSCRIPTION = "deliveries";

    /** An event that fails until it is cured. */
    static final class PoisonException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        PoisonException(StoredEvent event) {
            super("Poison: " + event);
        }
    }

    /** An event that succeeds when it is tried again. */
    static final class HiccupException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        HiccupException(StoredEvent event) {
            super("Hiccup: " + event);
        }
    }

    private final Counters counters = new Counters();
    private final Set<UUID> tried = ConcurrentHashMap.newKeySet();

    static Subscription<Connection> subscription() {
        return Subscription.named(SUBSCRIPTION)
                .retrying(RetryPolicy.DEFAULT
                        .withAttempts(20)
                        .withPauses(Duration.ofMillis(20), Duration.ofMillis(200))
                        .treating(PoisonException.class, FailureKind.PERMANENT))
                .projecting(new Deliveries());
    }

    static void create(Connection connection) throws SQLException {
        Counters.create(connection);
        try (var statement = connection.createStatement()) {
            statement.execute("CREATE TABLE cured ()");
        }
    }

    static void cure(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("INSERT INTO cured DEFAULT VALUES");
        }
    }

    static boolean isPoison(StoredEvent event) {
        return lot(event) == 0;
    }

    private static int lot(StoredEvent event) {
        return Math.floorMod(event.id().hashCode(), 100);
    }

    @Override
    public void project(List<StoredEvent> events, Connection transaction) throws Exception {
        boolean cured = isCured(transaction);
        for (var event : events) {
            if (isPoison(event) && !cured) {
                throw new PoisonException(event);
            }
            boolean hiccup = lot(event) <= 10 && !tried.contains(event.id());
            if (hiccup) {
                if (events.size() == 1) {
                    tried.add(event.id());
                }
                throw new HiccupException(event);
            }
        }
        counters.project(events, transaction);
    }

    private static boolean isCured(Connection transaction) throws SQLException {
        try (var statement = transaction.createStatement();
                var row = statement.executeQuery("SELECT EXISTS (SELECT FROM cured)")) {
            row.next();
            return row.getBoolean(1);
        }
    }
}
