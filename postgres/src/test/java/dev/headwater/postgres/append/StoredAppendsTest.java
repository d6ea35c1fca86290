package dev.headwater.postgres.append;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.EncodedMessage;
import dev.headwater.Metadata;
import dev.headwater.embedded.EmbeddedDatabase;
import dev.headwater.postgres.Events;
import dev.headwater.postgres.TestServers;
import dev.headwater.postgres.jdbc.Schema;
import dev.headwater.store.Append;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.spi.EncodedAppend;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The look for what is stored already, in a log that was small when the statement was planned. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class StoredAppendsTest {

    /** After so many calls the driver and the server keep what they have prepared. */
    private static final int UNTIL_PREPARED = 20;

    private static final int GROWN = 5_000;

    private final EmbeddedDatabase server = TestServers.newest();
    private final String schema = TestServers.freshSchema();

    @Test
    void aPlanThatWasMadeForASmallLogReadsNoWholeTableLater() throws SQLException {
        try (var database = TestServers.open(server, schema);
                var connection = DriverManager.getConnection(server.jdbcUrl())) {
            var first = Events.one("a-1", 1);
            var original = Events.store(database.eventStorage()).append(first);
            execute(connection, "ALTER TABLE " + schema + ".events SET (autovacuum_enabled = off)");
            execute(connection, "VACUUM ANALYZE " + schema + ".events");
            var stored = new StoredAppends(new Schema(schema));
            var repeated = List.of(encoded(first));
            for (int i = 0; i < UNTIL_PREPARED; i++) {
                assertThat(stored.find(connection, repeated)).containsExactly(new AppendOutcome.Stored(original));
            }
            grow(connection);

            connection.setAutoCommit(false);
            assertThat(stored.find(connection, repeated)).containsExactly(new AppendOutcome.Stored(original));
            assertThat(rowsOfScans(connection)).isZero();
            connection.rollback();
        }
    }

    private static EncodedAppend encoded(Append append) {
        var message = new EncodedMessage(Events.id(append), "counted", 1, Instant.EPOCH, Metadata.NONE, new byte[1]);
        var part = append.parts().getFirst();
        return new EncodedAppend(
                List.of(new EncodedAppend.Part(
                        part.stream(), ExpectedVersion.any(), List.of(new EncodedAppend.Event(message, Set.of())))),
                Optional.empty());
    }

    private void grow(Connection connection) throws SQLException {
        execute(connection, """
                INSERT INTO %1$s.events (position, stream_id, version, time, id, schema_version, data_bytes, time_nanos,
                    type, stream, data)
                SELECT n, 2, n, now(), gen_random_uuid(), 1, 2, 0, 'counted', 'a-2', '{}'
                FROM generate_series(2, %2$d) AS n""".formatted(schema, GROWN));
    }

    /** How many rows this transaction has read by scans of whole tables of events. */
    private long rowsOfScans(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var row =
                        statement.executeQuery("SELECT seq_tup_read FROM pg_stat_xact_user_tables WHERE schemaname = '"
                                + schema + "' AND relname = 'events'")) {
            row.next();
            return row.getLong(1);
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
