package dev.headwater.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.history.HistoryCheck;
import dev.headwater.history.HistoryFailure;
import dev.headwater.postgres.readmodel.EmptyCopies;
import dev.headwater.store.EventStore;
import dev.headwater.subscription.Subscription;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Projections are tried out on the whole history, beside their real tables. */
final class HistoryCheckOnPostgresTest {

    private final String schema = TestServers.freshSchema();
    private final String table = "Notes of " + schema;
    private final String quoted = "\"" + table + "\"";
    private final PostgresDatabase database = TestServers.open(TestServers.newest(), schema);
    private final EventStore store = new EventStore(database.eventStorage(), Events.TYPES);

    @BeforeEach
    void fillTheRealTable() throws SQLException {
        store.append(Events.one("a", 1));
        store.append(Events.one("b", 20));
        store.append(Events.one("c", 30));
        execute("CREATE TABLE " + quoted + " (n int PRIMARY KEY CHECK (n < 25))");
        execute("INSERT INTO " + quoted + " VALUES (1)");
    }

    @AfterEach
    void close() throws SQLException {
        execute("DROP TABLE IF EXISTS " + quoted);
        database.close();
    }

    private HistoryCheck<Connection> check(String... tables) {
        var notes = Subscription.named("notes").<Connection>projecting((events, transaction) -> {
            try (var statement = transaction.createStatement()) {
                for (var event : events) {
                    int number = ((Events.Counted) event.event()).number();
                    statement.execute("INSERT INTO " + quoted + " VALUES (" + number + ")");
                }
            }
        });
        var mail = Subscription.named("mail").<Connection>reacting(event -> {
            throw new AssertionError("a reactor does not run");
        });
        return HistoryCheck.<Connection>of(store)
                .projections(database.subscriptionStorage(), EmptyCopies.of(tables), List.of(notes, mail));
    }

    @Test
    void whatAProjectionCannotHandleIsNamedAndTheRealTableIsNotTouched() throws SQLException {
        var report = check(table).run();

        assertThat(report.failures()).singleElement().satisfies(failure -> {
            assertThat(failure.stage()).isEqualTo(HistoryFailure.Stage.PROJECTING);
            assertThat(failure.reader()).isEqualTo("'notes'");
            assertThat(failure.position()).isEqualTo(3);
            assertThat(failure.reason()).contains("check constraint");
        });
        assertThat(numbers()).isEqualTo("1");
    }

    @Test
    void withoutACopyTheRealTableIsInTheWay() throws SQLException {
        var report = check().run();

        assertThat(report.failures())
                .singleElement()
                .satisfies(failure -> assertThat(failure.position()).isEqualTo(1));
        assertThat(numbers()).isEqualTo("1");
    }

    @Test
    void aTableThatIsNotThereEndsTheCheck() {
        assertThatThrownBy(() -> check("nowhere").run())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("'notes' could not be checked")
                .hasMessageContaining("nowhere");
        assertThatIllegalArgumentException().isThrownBy(() -> EmptyCopies.of(" "));
    }

    private void execute(String sql) throws SQLException {
        try (var connection = database.dataSource().getConnection();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private String numbers() throws SQLException {
        try (var connection = database.dataSource().getConnection();
                var statement = connection.createStatement();
                var row = statement.executeQuery("SELECT string_agg(n::text, ',') FROM " + quoted)) {
            row.next();
            return row.getString(1);
        }
    }
}
