package dev.headwater.postgres.append;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.embedded.EmbeddedDatabase;
import dev.headwater.postgres.Events;
import dev.headwater.postgres.PostgresDatabase;
import dev.headwater.postgres.TestServers;
import dev.headwater.store.AppendResult;
import dev.headwater.store.ConcurrencyException;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StreamId;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Appends of a process that knows the log, while another one changes what it knows. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ForeseenAppendTest {

    private static final StreamId STREAM = new StreamId("a-1");

    private final EmbeddedDatabase server = TestServers.newest();
    private final String schema = TestServers.freshSchema();
    private final PostgresDatabase database = TestServers.open(server, schema);
    private final PostgresDatabase otherDatabase = TestServers.open(server, schema);
    private final EventStore store = Events.store(database.eventStorage());
    private final EventStore other = Events.store(otherDatabase.eventStorage());

    @AfterEach
    void close() {
        Events.requireOrder(store);
        database.close();
        otherDatabase.close();
    }

    @Test
    void whatIsKnownIsNotLookedUp() throws SQLException {
        append(store, STREAM, ExpectedVersion.noStream(), 1);
        append(store, STREAM, ExpectedVersion.exactly(1), 1);

        execute("UPDATE " + schema + ".events SET stream_id = -stream_id");
        assertThat(append(store, STREAM, ExpectedVersion.exactly(2), 1).lastPosition())
                .isEqualTo(3);
        assertThat(append(store, STREAM, ExpectedVersion.any(), 3).version(STREAM))
                .isEqualTo(6);
    }

    @Test
    void anEventIsNotStoredUnderTheNumberOfAnotherStream() throws SQLException {
        append(store, STREAM, ExpectedVersion.noStream(), 1);
        append(store, STREAM, ExpectedVersion.exactly(1), 1);

        execute("UPDATE " + schema + ".streams SET name = 'a-2' WHERE name = 'a-1'");
        assertThat(append(store, STREAM, ExpectedVersion.any(), 1).version(STREAM))
                .isEqualTo(1);
        execute("DELETE FROM " + schema + ".events WHERE position < 3");
        execute("UPDATE " + schema + ".events SET position = 1");
    }

    @Test
    void noEventOfManyIsStoredUnderTheNumberOfAnotherStream() throws SQLException {
        append(store, STREAM, ExpectedVersion.noStream(), 1);
        append(store, STREAM, ExpectedVersion.exactly(1), 1);

        execute("UPDATE " + schema + ".streams SET name = 'a-2' WHERE name = 'a-1'");
        assertThat(append(store, STREAM, ExpectedVersion.any(), 2).version(STREAM))
                .isEqualTo(2);
        execute("DELETE FROM " + schema + ".events WHERE position < 3");
        execute("UPDATE " + schema + ".events SET position = position - 2");
    }

    @Test
    void newStreamsAreNumberedWithoutALookUp() throws SQLException {
        append(store, STREAM, ExpectedVersion.noStream(), 1);
        append(store, STREAM, ExpectedVersion.exactly(1), 1);
        execute("DROP FUNCTION " + schema + ".append_batch");

        var created = append(store, new StreamId("a-2"), ExpectedVersion.noStream(), 2);
        assertThat(created.firstPosition()).isEqualTo(3);
        assertThat(append(store, new StreamId("a-2"), ExpectedVersion.streamExists(), 2)
                        .version(new StreamId("a-2")))
                .isEqualTo(4);
    }

    @Test
    void aStreamThatAnotherProcessHasMovedOnIsRefused() {
        append(store, STREAM, ExpectedVersion.any(), 1);
        append(store, STREAM, ExpectedVersion.any(), 1);
        append(other, STREAM, ExpectedVersion.exactly(2), 1);

        assertThatThrownBy(() -> append(store, STREAM, ExpectedVersion.exactly(2), 1))
                .isInstanceOf(ConcurrencyException.class)
                .hasMessageContaining("version 3");
        assertThat(append(store, STREAM, ExpectedVersion.any(), 1).version(STREAM))
                .isEqualTo(4);
    }

    @Test
    void aNewStreamThatIsNotNewIsRefused() {
        append(other, new StreamId("a-2"), ExpectedVersion.noStream(), 1);
        append(store, STREAM, ExpectedVersion.noStream(), 1);
        append(store, STREAM, ExpectedVersion.exactly(1), 1);

        assertThatThrownBy(() -> append(store, new StreamId("a-2"), ExpectedVersion.noStream(), 1))
                .isInstanceOf(ConcurrencyException.class);
        assertThat(append(store, new StreamId("a-3"), ExpectedVersion.noStream(), 1)
                        .firstPosition())
                .isEqualTo(4);
    }

    @Test
    void processesThatTakeTurnsKeepOneOrder() {
        long version = 0;
        for (int i = 1; i <= 20; i++) {
            var turn = i % 3 == 0 ? other : store;
            append(turn, STREAM, ExpectedVersion.exactly(version++), 1);
            append(turn, new StreamId("b-" + i), ExpectedVersion.noStream(), 2);
        }
        assertThat(store.headPosition()).isEqualTo(60);
    }

    @Test
    void aLogThatLostItsEndAndGrewAgainIsNotTakenForTheOneThatWasKnown() throws SQLException {
        append(store, STREAM, ExpectedVersion.any(), 1);
        append(store, STREAM, ExpectedVersion.any(), 1);
        append(store, STREAM, ExpectedVersion.any(), 1);
        execute("DELETE FROM " + schema + ".events WHERE position > 1");
        append(other, new StreamId("a-2"), ExpectedVersion.any(), 2);

        assertThat(append(store, STREAM, ExpectedVersion.any(), 1).version(STREAM))
                .isEqualTo(2);
        assertThat(append(store, STREAM, ExpectedVersion.any(), 1).version(STREAM))
                .isEqualTo(3);
    }

    private static AppendResult append(EventStore store, StreamId stream, ExpectedVersion expected, int events) {
        var numbers = new Events.Counted[events];
        for (int i = 0; i < events; i++) {
            numbers[i] = new Events.Counted(i);
        }
        return store.append(stream, expected, numbers);
    }

    private void execute(String sql) throws SQLException {
        try (var connection = DriverManager.getConnection(server.jdbcUrl());
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
