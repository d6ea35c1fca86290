package dev.headwater.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.embedded.EmbeddedDatabase;
import dev.headwater.store.AppendOutcomeUnknownException;
import dev.headwater.store.AppendResult;
import dev.headwater.store.EventStore;
import dev.headwater.store.StoreUnavailableException;
import dev.headwater.store.StoredEvent;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 120, unit = TimeUnit.SECONDS)
class LostConnectionTest {

    private static final int WRITERS = 12;

    @Test
    void everyAppendIsStoredOnceWhileBackendsAreKilledAtRandomMoments() throws Exception {
        var server = TestServers.newest();
        var schema = TestServers.freshSchema();
        try (var database = TestServers.open(server, schema);
                var store = Events.store(database.eventStorage())) {
            var writers = new Writers(store);
            int kills = writers.runWhile(() -> killBackendsAtRandom(server, schema, 60));

            assertThat(kills).isPositive();
            assertThat(writers.unexpected).isEmpty();
            writers.requireAcknowledgedStoredOnce(store);
        }
    }

    @Test
    void everyAcknowledgedAppendSurvivesACrashOfTheServer() throws Exception {
        try (var server = EmbeddedDatabase.start();
                var database = TestServers.open(server, "crash");
                var store = Events.store(database.eventStorage())) {
            var writers = new Writers(store);
            writers.runWhile(() -> {
                var random = new Random(7);
                for (int crash = 0; crash < 3; crash++) {
                    pause(100 + random.nextInt(300));
                    server.crash();
                    server.restart();
                }
                pause(300);
                return 3;
            });

            assertThat(writers.unexpected).isEmpty();
            writers.requireAcknowledgedStoredOnce(store);
        }
    }

    @Test
    void anAppendWhoseOutcomeCannotBeFoundOutSaysSo() throws Exception {
        try (var server = EmbeddedDatabase.start();
                var database = PostgresDatabase.builder()
                        .url(server.jdbcUrl())
                        .poolSize(4)
                        .appendPatience(Duration.ofMillis(200))
                        .open();
                var store = Events.store(database.eventStorage())) {
            store.append(Events.one("a-1", 0));
            var interrupted = Events.one("a-1", 1);
            server.crash();

            assertThatThrownBy(() -> store.append(interrupted))
                    .isInstanceOfAny(AppendOutcomeUnknownException.class, StoreUnavailableException.class);

            server.restart();
            var result = store.append(interrupted);
            assertThat(store.append(interrupted)).isEqualTo(result);
            assertThat(Events.requireOrder(store)).hasSize(2);
        }
    }

    private static int killBackendsAtRandom(EmbeddedDatabase server, String schema, int rounds) throws SQLException {
        var random = new Random(42);
        int kills = 0;
        try (var connection = DriverManager.getConnection(server.jdbcUrl());
                var kill = connection.prepareStatement("""
                        SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                        WHERE pid <> pg_backend_pid() AND query ~ ? AND state = 'active'""")) {
            kill.setString(1, "(INSERT INTO|append).*" + schema + "|" + schema + ".*append");
            for (int round = 0; round < rounds; round++) {
                pause(1 + random.nextInt(20));
                try (var row = kill.executeQuery()) {
                    row.next();
                    kills += row.getInt(1);
                }
            }
        }
        return kills;
    }

    private static void pause(int millis) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    /** What happens while the writers write; returns how often. */
    private interface Disturbance {
        int run() throws Exception;
    }

    /** Threads that append one event after another and remember what they were told. */
    private static final class Writers {

        private final EventStore store;
        private final Map<UUID, AppendResult> acknowledged = new ConcurrentHashMap<>();
        private final ConcurrentLinkedQueue<Throwable> unexpected = new ConcurrentLinkedQueue<>();

        Writers(EventStore store) {
            this.store = store;
        }

        int runWhile(Disturbance disturbance) throws Exception {
            var stop = new AtomicBoolean();
            var threads = IntStream.range(0, WRITERS)
                    .mapToObj(writer -> Thread.ofVirtual().start(() -> write(writer, stop)))
                    .toList();
            try {
                return disturbance.run();
            } finally {
                stop.set(true);
                for (var thread : threads) {
                    thread.join();
                }
            }
        }

        private void write(int writer, AtomicBoolean stop) {
            for (int n = 0; !stop.get(); n++) {
                var append = Events.one("writer-" + writer % 5, n);
                try {
                    acknowledged.put(Events.id(append), store.append(append));
                } catch (StoreUnavailableException | AppendOutcomeUnknownException e) {
                    pause(5);
                } catch (RuntimeException e) {
                    unexpected.add(e);
                }
            }
        }

        void requireAcknowledgedStoredOnce(EventStore readable) {
            var log = Events.requireOrder(readable);
            var byId = log.stream().collect(Collectors.toMap(StoredEvent::id, event -> event));
            assertThat(acknowledged).isNotEmpty();
            acknowledged.forEach((id, result) -> {
                var event = byId.get(id);
                assertThat(event).as("acknowledged event %s", id).isNotNull();
                assertThat(event.position()).isEqualTo(result.firstPosition());
                assertThat(event.version()).isEqualTo(result.version(event.stream()));
            });
        }
    }
}
