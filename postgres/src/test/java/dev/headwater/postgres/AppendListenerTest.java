package dev.headwater.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.embedded.EmbeddedDatabase;
import dev.headwater.postgres.Events.Counted;
import dev.headwater.store.AppendListener;
import dev.headwater.store.ConcurrencyException;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StreamId;
import dev.headwater.testkit.Await;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a listener of appends is told, and that it is nobody's harm when it fails. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class AppendListenerTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final EmbeddedDatabase server = TestServers.newest();
    private final String schema = TestServers.freshSchema();

    private PostgresDatabase open(AppendListener listener) {
        return PostgresDatabase.builder()
                .url(server.jdbcUrl())
                .schema(schema)
                .poolSize(4)
                .appendListener(listener)
                .open();
    }

    private final List<AppendListener.Flush> flushes = new CopyOnWriteArrayList<>();
    private final List<Duration> held = new CopyOnWriteArrayList<>();

    private final AppendListener listener = new AppendListener() {
        @Override
        public void flushed(Flush flush) {
            flushes.add(flush);
        }

        @Override
        public void held(Duration atMost) {
            held.add(atMost);
        }
    };

    @Test
    void eachFlushIsToldWithItsSizeAndHowLongItHeldTheCriticalSection() {
        try (var database = open(listener)) {
            var store = Events.store(database.eventStorage());
            store.append(Events.one("a-1", 1));
            store.append(
                    new StreamId("a-2"),
                    ExpectedVersion.noStream(),
                    List.of(new Counted(1), new Counted(2), new Counted(3)));
            Await.until("both are told", LIMIT, () -> flushes.size() == 2);

            assertThat(flushes).extracting(AppendListener.Flush::appends).containsExactly(1, 1);
            assertThat(flushes).extracting(AppendListener.Flush::events).containsExactly(1, 3);
            assertThat(flushes).extracting(AppendListener.Flush::queued).containsExactly(0, 0);
            assertThat(held).hasSize(2);
            for (int i = 0; i < 2; i++) {
                assertThat(held.get(i))
                        .isPositive()
                        .isLessThanOrEqualTo(flushes.get(i).took());
            }
        }
    }

    @Test
    void whoWaitsForAFlushIsCountedAndComesAlongWithTheNextOne() throws Exception {
        try (var database = open(listener);
                var connection = database.dataSource().getConnection()) {
            var store = Events.store(database.eventStorage());
            store.append(Events.one("a-0", 1));
            connection.setAutoCommit(false);
            Events.store(database.eventStorage().within(connection)).append(Events.one("a-0", 2));
            var leader = Thread.ofPlatform().start(() -> store.append(Events.one("a-1", 1)));
            Await.until("it waits for the lock", LIMIT, this::somebodyWaitsForTheLock);
            var first = Thread.ofPlatform().start(() -> store.append(Events.one("a-2", 1)));
            var second = Thread.ofPlatform().start(() -> store.append(Events.one("a-3", 1)));
            for (var thread : List.of(first, second)) {
                Await.until("it is in the queue", LIMIT, () -> thread.getState() == Thread.State.TIMED_WAITING);
            }
            connection.commit();
            for (var thread : List.of(leader, first, second)) {
                thread.join(LIMIT);
            }
            Await.until("all are told", LIMIT, () -> flushes.size() == 3);

            assertThat(flushes).extracting(AppendListener.Flush::queued).contains(2);
            assertThat(flushes).extracting(AppendListener.Flush::appends).containsExactlyInAnyOrder(1, 1, 2);
        }
    }

    private boolean somebodyWaitsForTheLock() {
        try (var connection = DriverManager.getConnection(server.jdbcUrl());
                var statement = connection.createStatement();
                var row = statement.executeQuery("SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")) {
            return row.next();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aListenerThatThrowsStopsNoAppend() {
        var thrown = new AtomicInteger();
        var hostile = new AppendListener() {
            @Override
            public void flushed(Flush flush) {
                thrown.incrementAndGet();
                throw new StackOverflowError("on purpose");
            }

            @Override
            public void held(Duration atMost) {
                thrown.incrementAndGet();
                throw new IllegalStateException("on purpose");
            }
        };
        try (var database = open(hostile)) {
            var store = Events.store(database.eventStorage());
            for (int i = 1; i <= 3; i++) {
                assertThat(store.append(Events.one("a-1", i)).lastPosition()).isEqualTo(i);
            }

            assertThatThrownBy(() -> store.append(new StreamId("a-1"), ExpectedVersion.noStream(), new Counted(1)))
                    .isInstanceOf(ConcurrencyException.class);
            Await.until("it was told all", LIMIT, () -> thrown.get() == 8);
            assertThat(Events.requireOrder(store)).hasSize(3);
        }
    }
}
