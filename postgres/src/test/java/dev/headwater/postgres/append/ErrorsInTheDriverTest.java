package dev.headwater.postgres.append;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.postgres.Events;
import dev.headwater.postgres.PostgresDatabase;
import dev.headwater.postgres.TestServers;
import dev.headwater.store.Append;
import dev.headwater.store.AppendOutcomeUnknownException;
import dev.headwater.store.AppendResult;
import dev.headwater.store.ConcurrencyException;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StoreUnavailableException;
import dev.headwater.store.StreamId;
import dev.headwater.testkit.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Appends while errors break off what the driver reads, so that connections are out of step. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ErrorsInTheDriverTest {

    private static final int WRITERS = 16;
    private static final int ERRORS = 60;

    @AfterEach
    void stopFaults() {
        FaultySockets.every = 0;
    }

    @Test
    void nothingIsAcknowledgedThatIsNotStoredWhenTheStackOverflows() throws Exception {
        keepsItsWord(() -> new StackOverflowError("planted"));
    }

    @Test
    void nothingIsAcknowledgedThatIsNotStoredWhenMemoryRunsOut() throws Exception {
        keepsItsWord(() -> new OutOfMemoryError("planted"));
    }

    private static void keepsItsWord(Supplier<Error> error) throws Exception {
        var url = TestServers.newest().jdbcUrl();
        var separator = url.contains("?") ? "&" : "?";
        try (var database = PostgresDatabase.builder()
                .url(url + separator + "socketFactory=" + FaultySockets.class.getName())
                .schema(TestServers.freshSchema())
                .poolSize(6)
                .lockTimeout(Duration.ofSeconds(5))
                .appendPatience(Duration.ofSeconds(20))
                .open()) {
            var store = Events.store(database.eventStorage());
            var acknowledged = new ConcurrentHashMap<Append, AppendResult>();
            var refused = new ConcurrentLinkedQueue<Append>();
            var unexpected = new ConcurrentLinkedQueue<Throwable>();
            var stop = new AtomicBoolean();
            var writers = new ArrayList<Thread>();
            for (int i = 0; i < WRITERS; i++) {
                int writer = i;
                writers.add((i % 2 == 0 ? Thread.ofVirtual() : Thread.ofPlatform()).start(() -> {
                    for (int n = 0; !stop.get(); n++) {
                        var append = n % 4 == 0
                                ? Append.to(
                                        new StreamId("contended"),
                                        ExpectedVersion.exactly(n / 4),
                                        new Events.Counted(n))
                                : Events.one("writer-" + writer % 5, n);
                        try {
                            acknowledged.put(append, store.append(append));
                        } catch (ConcurrencyException e) {
                            refused.add(append);
                        } catch (StoreUnavailableException e) {
                            refused.add(append);
                        } catch (AppendOutcomeUnknownException e) {
                            // may be there or not
                        } catch (Throwable e) {
                            unexpected.add(e);
                        }
                    }
                }));
            }
            int before = FaultySockets.THROWN.get();
            FaultySockets.error = error;
            FaultySockets.every = 23;
            Await.until(
                    "many calls were broken off",
                    Duration.ofSeconds(60),
                    () -> FaultySockets.THROWN.get() - before >= ERRORS);
            FaultySockets.every = 0;
            stop.set(true);
            for (var writer : writers) {
                writer.join();
            }

            assertThat(unexpected).isEmpty();
            var log = Events.requireOrder(store);
            var ids = log.stream().map(event -> event.id()).collect(Collectors.toSet());
            assertThat(acknowledged).isNotEmpty();
            acknowledged.forEach((append, result) -> {
                var event = log.get(Math.toIntExact(result.firstPosition()) - 1);
                assertThat(event.id()).isEqualTo(Events.id(append));
                assertThat(event.stream()).isEqualTo(append.parts().getFirst().stream());
                assertThat(result.version(event.stream())).isEqualTo(event.version());
            });
            assertThat(refused).allSatisfy(append -> assertThat(ids).doesNotContain(Events.id(append)));
        }
    }
}
