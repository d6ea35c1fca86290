package dev.headwater.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.Envelope;
import dev.headwater.MessageSerializer;
import dev.headwater.postgres.failure.PostgresException;
import dev.headwater.store.Append;
import dev.headwater.store.ConcurrencyException;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.EncodedAppend;
import dev.headwater.subscription.Projection;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Projections in the transaction of the append. */
final class InlineProjectionTest {

    private final String schema = TestServers.freshSchema();
    private final PostgresDatabase database = TestServers.open(TestServers.newest(), schema);
    private final List<String> seen = new ArrayList<>();
    private final EventStore store = storeWith((events, connection) -> {
        for (var event : events) {
            seen.add(event.stream() + "@" + event.version() + "#" + event.position());
            count(event, connection);
        }
    });

    @BeforeEach
    void createTable() throws SQLException {
        try (var connection = database.dataSource().getConnection();
                var statement = connection.createStatement()) {
            statement.execute("CREATE TABLE " + schema + ".counts (stream text PRIMARY KEY, n int)");
        }
    }

    @AfterEach
    void close() {
        database.close();
    }

    private EventStore storeWith(Projection<Connection> projection) {
        var serializer = new MessageSerializer(Events.TYPES);
        return new EventStore(database.eventStorage().projecting(serializer, List.of(projection)), serializer);
    }

    private void count(StoredEvent event, Connection connection) throws SQLException {
        try (var statement = connection.prepareStatement("INSERT INTO " + schema
                + ".counts AS c VALUES (?, 1) ON CONFLICT (stream) DO UPDATE SET n = c.n + 1")) {
            statement.setString(1, event.stream().name());
            statement.executeUpdate();
        }
    }

    private int counted(String stream) throws SQLException {
        try (var connection = database.dataSource().getConnection();
                var statement = connection.prepareStatement(
                        "SELECT coalesce(sum(n), 0) FROM " + schema + ".counts WHERE stream = ?")) {
            statement.setString(1, stream);
            try (var row = statement.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }

    @Test
    void whoHasAppendedReadsWhatItWrote() throws Exception {
        store.append(Events.one("a", 1));
        store.append(
                Append.to(new StreamId("a"), ExpectedVersion.exactly(1), new Events.Counted(2), new Events.Counted(3))
                        .and(new StreamId("b"), ExpectedVersion.any(), new Events.Counted(1)));

        assertThat(counted("a")).isEqualTo(3);
        assertThat(counted("b")).isEqualTo(1);
        assertThat(seen).containsExactly("a@1#1", "a@2#2", "a@3#3", "b@1#4");
    }

    @Test
    void eventsOfAStreamInSeveralPartsHaveTheirVersions() {
        var storage = database.eventStorage().projecting(store.serializer(), List.of((events, connection) -> {
            for (var event : events) {
                seen.add(event.stream() + "@" + event.version() + "#" + event.position());
            }
        }));

        storage.append(new EncodedAppend(List.of(part("a", 1, 2), part("b", 1), part("a", 3)), Optional.empty()));

        assertThat(seen).containsExactly("a@1#1", "a@2#2", "b@1#3", "a@3#4");
    }

    private EncodedAppend.Part part(String stream, int... numbers) {
        var events = Arrays.stream(numbers)
                .mapToObj(number -> new EncodedAppend.Event(
                        store.serializer().encode(Envelope.of(new Events.Counted(number))), Set.of()))
                .toList();
        return new EncodedAppend.Part(new StreamId(stream), ExpectedVersion.any(), events);
    }

    @Test
    void anAppendThatIsRefusedProjectsNothing() throws Exception {
        store.append(Events.one("a", 1));

        assertThatThrownBy(() -> store.append(new StreamId("a"), ExpectedVersion.noStream(), new Events.Counted(2)))
                .isInstanceOf(ConcurrencyException.class);

        assertThat(counted("a")).isEqualTo(1);
    }

    @Test
    void anAppendThatIsRepeatedIsProjectedOnce() throws Exception {
        var append = Events.one("a", 1);
        var first = store.append(append);

        assertThat(store.append(append)).isEqualTo(first);

        assertThat(counted("a")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"conservative", "always"})
    void everyAppendIsProjectedAlsoWhenTheDriverSetsSavepoints(String autosave) throws Exception {
        var url = TestServers.newest().jdbcUrl();
        try (var saving = PostgresDatabase.builder()
                .url(url + (url.contains("?") ? "&" : "?") + "autosave=" + autosave)
                .schema(schema)
                .open()) {
            var savingStore = new EventStore(
                    saving.eventStorage()
                            .projecting(
                                    store.serializer(),
                                    List.of((events, connection) -> count(events.getFirst(), connection))),
                    store.serializer());
            for (int i = 0; i < 20; i++) {
                savingStore.append(Events.one("a", i));
            }
        }

        assertThat(counted("a")).isEqualTo(20);
    }

    @Test
    void aProjectionThatFailsRefusesTheAppend() throws Exception {
        var failing = storeWith((events, connection) -> {
            count(events.getFirst(), connection);
            throw new IllegalStateException("not on Sundays");
        });

        assertThatThrownBy(() -> failing.append(Events.one("a", 1)))
                .isInstanceOf(PostgresException.class)
                .hasMessageContaining("nothing was stored")
                .hasMessageContaining("not on Sundays");

        assertThat(store.headPosition()).isZero();
        assertThat(counted("a")).isZero();
    }

    @Test
    void aProjectionCannotEndTheTransactionOfTheAppend() {
        var meddling = storeWith((events, connection) -> connection.commit());

        assertThatThrownBy(() -> meddling.append(Events.one("a", 1))).hasMessageContaining("commit");

        assertThat(store.headPosition()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anAppendWhoseProjectionRollsBackIsNotAcknowledged(boolean inSql) {
        var meddling = storeWith((events, connection) -> {
            try (var statement = connection.createStatement()) {
                if (inSql) {
                    statement.execute("ROLLBACK");
                } else {
                    statement.getConnection().rollback();
                }
            }
        });

        assertThatThrownBy(() -> meddling.append(Events.one("a", 1)))
                .isInstanceOf(PostgresException.class)
                .hasMessageContaining("ROLLBACK")
                .hasMessageContaining("was not stored");

        assertThat(store.headPosition()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "SELECT 1 / 0"})
    void anAppendWhoseProjectionCommitsIsSaidToBeStored(String next) {
        var meddling = storeWith((events, connection) -> {
            try (var statement = connection.createStatement()) {
                statement.execute("COMMIT");
                statement.execute(next);
            }
        });

        assertThatThrownBy(() -> meddling.append(Events.one("a", 1)))
                .isInstanceOf(PostgresException.class)
                .hasMessageContaining("COMMIT")
                .hasMessageContaining("the append is stored");

        assertThat(store.headPosition()).isEqualTo(1);
    }

    @Test
    void concurrentAppendsAreProjectedInTheirOrder() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 100; i++) {
                int number = i;
                threads.execute(() -> store.append(Events.one("s-" + number % 3, number)));
            }
        }

        assertThat(counted("s-0") + counted("s-1") + counted("s-2")).isEqualTo(100);
        Events.requireOrder(store);
    }
}
