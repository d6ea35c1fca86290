package dev.headwater.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.aggregate.Decider;
import dev.headwater.aggregate.DeciderRepository;
import dev.headwater.aggregate.Memento;
import dev.headwater.aggregate.SnapshotPolicy;
import dev.headwater.aggregate.Snapshots;
import dev.headwater.embedded.EmbeddedDatabase;
import dev.headwater.postgres.Events.Counted;
import dev.headwater.store.EventStore;
import dev.headwater.store.Snapshot;
import dev.headwater.store.StreamId;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SnapshotsAndTransactionsTest {

    private final EmbeddedDatabase server = TestServers.newest();
    private final PostgresDatabase database = TestServers.open(server, TestServers.freshSchema());
    private final EventStore store = Events.store(database.eventStorage());
    private final DeciderRepository<Integer, Integer, Counted> sums = sums(store);

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void noSnapshotIsTakenOfWhatTheCallersTransactionMayStillUndo() throws SQLException {
        sums.execute("1", 1);
        try (var connection = DriverManager.getConnection(server.jdbcUrl())) {
            connection.setAutoCommit(false);
            var inside = sums(Events.store(database.eventStorage().within(connection)));

            assertThat(inside.execute("1", 10).state()).isEqualTo(11);
            assertThat(inside.load("1").state()).isEqualTo(11);
            assertThat(snapshot())
                    .hasValueSatisfying(kept -> assertThat(kept.version()).isEqualTo(1));
            connection.rollback();
        }

        sums.execute("1", 100);

        assertThat(sums.load("1").state()).isEqualTo(101);
        assertThat(snapshot())
                .hasValueSatisfying(kept -> assertThat(kept.version()).isEqualTo(2));
    }

    @Test
    void aSnapshotThatOlderCodeHasWrittenIsIgnored() throws SQLException {
        sums.execute("1", 1);
        try (var connection = DriverManager.getConnection(server.jdbcUrl());
                var statement = connection.createStatement()) {
            statement.execute(
                    database.schema().in("UPDATE {schema}.snapshots SET last_event = NULL, state = '1000'::json"));
        }

        assertThat(sums.load("1").state()).isEqualTo(1);
    }

    private Optional<Snapshot> snapshot() {
        return database.snapshotStore().load(StreamId.of("sum", "1"), "sum");
    }

    private DeciderRepository<Integer, Integer, Counted> sums(EventStore log) {
        return DeciderRepository.of(log, "sum", Counted.class, new Sum())
                .withSnapshots(new Snapshots<>(
                        database.snapshotStore(), Memento.of("sum", 1, Integer.class), SnapshotPolicy.every(1)));
    }

    private record Sum() implements Decider<Integer, Integer, Counted> {

        @Override
        public Integer initial() {
            return 0;
        }

        @Override
        public List<Counted> decide(Integer command, Integer state) {
            return List.of(new Counted(command));
        }

        @Override
        public Integer evolve(Integer state, Counted event) {
            return state + event.number();
        }
    }
}
