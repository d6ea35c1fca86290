package dev.headwater.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.store.EventStore;
import dev.headwater.subscription.DeadLetterFilter;
import dev.headwater.subscription.Subscription;
import dev.headwater.subscription.Subscriptions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A handler is tried with an event, and nothing remains of it. */
final class RehearsalTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final String schema = TestServers.freshSchema();
    private final PostgresDatabase database = TestServers.open(TestServers.newest(), schema);
    private final EventStore store = new EventStore(database.eventStorage(), Events.TYPES);
    private final Subscriptions<Connection> subscriptions = new Subscriptions<>(store, database.subscriptionStorage());

    @BeforeEach
    void createTable() throws SQLException {
        try (var connection = database.dataSource().getConnection();
                var statement = connection.createStatement()) {
            statement.execute("CREATE TABLE " + schema + ".notes (n int CHECK (n < 10))");
        }
    }

    @AfterEach
    void close() {
        subscriptions.close();
        database.close();
    }

    @Test
    void tellsWhatTheHandlerWouldDoOrHowItFailsAndChangesNothing() throws Exception {
        store.append(Events.one("a", 1));
        store.append(Events.one("b", 20));
        var running = subscriptions.start(Subscription.named("notes").projecting((events, transaction) -> {
            try (var statement = transaction.createStatement()) {
                for (var event : events) {
                    int number = ((Events.Counted) event.event()).number();
                    statement.execute("INSERT INTO " + schema + ".notes VALUES (" + number + "), (" + number + ")");
                }
            }
        }));
        assertThat(running.awaitPosition(2, LIMIT)).isTrue();

        var fine = running.rehearse(1);
        var failing = running.rehearse(2);

        assertThat(fine.failure()).isEmpty();
        assertThat(fine.changes()).containsExactly(schema + ".notes: 2 inserted");
        assertThat(failing.failure().orElseThrow().message()).contains("notes_n_check");
        assertThat(failing.changes()).isEmpty();
        assertThat(numberOfNotes()).isEqualTo(2);
        assertThat(database.deadLetters().list(DeadLetterFilter.of("notes"), 10))
                .singleElement()
                .satisfies(letter -> assertThat(letter.attempts()).isEqualTo(1));
    }

    @Test
    void aHandlerThatCommitsInARehearsalIsToldOf() {
        assertThatThrownBy(() -> database.subscriptionStorage().rehearse(transaction -> {
                    try (var statement = transaction.createStatement()) {
                        statement.execute("INSERT INTO " + schema + ".notes VALUES (1)");
                        statement.execute("COMMIT");
                    }
                }))
                .hasMessageContaining("committed the transaction")
                .hasMessageContaining("is stored");
    }

    @Test
    void aReactorCannotBeRehearsed() {
        store.append(Events.one("a", 1));
        var running = subscriptions.start(Subscription.named("mail").reacting(event -> {}));

        assertThatThrownBy(() -> running.rehearse(1))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("mail");
    }

    private int numberOfNotes() throws SQLException {
        try (var connection = database.dataSource().getConnection();
                var statement = connection.createStatement();
                var row = statement.executeQuery("SELECT count(*) FROM " + schema + ".notes")) {
            row.next();
            return row.getInt(1);
        }
    }
}
