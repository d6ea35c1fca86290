package dev.headwater.postgres.append;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.embedded.EmbeddedDatabase;
import dev.headwater.postgres.Events;
import dev.headwater.postgres.PostgresDatabase;
import dev.headwater.postgres.TestServers;
import dev.headwater.store.Append;
import dev.headwater.store.AppendOutcomeUnknownException;
import dev.headwater.store.AppendResult;
import dev.headwater.store.EventStore;
import dev.headwater.store.StoreUnavailableException;
import dev.headwater.testkit.Await;
import dev.headwater.testkit.TcpProxy;
import dev.headwater.testkit.TcpProxy.Afterwards;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Appends over a network that loses what is sent. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class SilentNetworkTest {

    private static final int WRITERS = 20;
    private static final int ROUNDS = 2;

    private final EmbeddedDatabase server = TestServers.newest();
    private final TcpProxy network = TcpProxy.to(server.jdbcUrl());
    private final PostgresDatabase database = PostgresDatabase.builder()
            .url(network.through(server.jdbcUrl()))
            .schema(TestServers.freshSchema())
            .poolSize(4)
            .lockTimeout(Duration.ofSeconds(1))
            .appendPatience(Duration.ofSeconds(4))
            .open();
    private final EventStore store = Events.store(database.eventStorage());
    private final ConcurrentHashMap<Append, AppendResult> results = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<RuntimeException> failures = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean stop = new AtomicBoolean();

    @AfterEach
    void close() {
        database.close();
        network.close();
    }

    @Test
    void everyAppendEndsWhenNothingComesThroughForEverAndTheNextOneWorks() throws Exception {
        var writers = start();
        network.lose();
        Await.until("all were told", Duration.ofSeconds(60), () -> failures.size() >= WRITERS);
        network.release();
        Await.until("appends work again", Duration.ofSeconds(60), () -> {
            int before = results.size();
            Await.until("one more works", Duration.ofSeconds(60), () -> results.size() > before);
            return true;
        });
        end(writers);
        requireTrue();
    }

    @Test
    void whatIsSilentForAWhileCostsThatWhile() throws Exception {
        var writers = start();
        network.lose();
        var since = System.nanoTime();
        Await.until(
                "three seconds have passed",
                Duration.ofSeconds(30),
                () -> System.nanoTime() - since > TimeUnit.SECONDS.toNanos(3));
        network.release();
        int before = results.size();
        Await.until("appends work again", Duration.ofSeconds(60), () -> results.size() > before + WRITERS);
        end(writers);
        requireTrue();
    }

    @Test
    void oneSilentConnectionHoldsUpNobodyForLong() throws Exception {
        var writers = start();
        network.connections().forEach(connection -> connection.lose());
        int before = results.size();
        Await.until("appends work again", Duration.ofSeconds(60), () -> results.size() > before + WRITERS);
        end(writers);
        requireTrue();
    }

    @ParameterizedTest
    @EnumSource(Afterwards.class)
    void anAppendWhoseAnswerIsLostIsAnsweredTruly(Afterwards afterwards) {
        for (int i = 1; i <= ROUNDS; i++) {
            var append = Events.one("a-1", i);
            network.loseReply(1, afterwards); // now and then it hits the announcement of the one before
            results.put(append, store.append(append));
        }

        assertThat(network.lostReplies()).isPositive();
        requireTrue();
        assertThat(store.headPosition()).isEqualTo(ROUNDS);
    }

    @Test
    void anAppendWhoseAnswerIsLostForEverSaysThatItIsNotKnown() throws Exception {
        var lost = new AtomicReference<Append>();
        Await.until("an append was sent before answers ceased", Duration.ofSeconds(60), () -> {
            appendUntilStored(Events.one("a-1", 1));
            network.lose(TcpProxy.Direction.TO_CLIENT);
            lost.set(Events.one("a-1", 2));
            return saysThatItIsNotKnown(lost.get());
        });

        network.release();
        appendUntilStored(lost.get());
        requireTrue();
        assertThat(store.headPosition()).isEqualTo(results.size());
    }

    /** False when it says that nothing was sent: the connection was taken by an announcement, or looked at before. */
    private boolean saysThatItIsNotKnown(Append append) {
        try {
            store.append(append);
            throw new AssertionError("There can have been no answer");
        } catch (AppendOutcomeUnknownException e) {
            return true;
        } catch (StoreUnavailableException e) {
            network.release();
            return false;
        }
    }

    private void appendUntilStored(Append append) throws Exception {
        Await.until("the store is there again", Duration.ofSeconds(60), () -> {
            try {
                results.put(append, store.append(append));
                return true;
            } catch (StoreUnavailableException | AppendOutcomeUnknownException e) {
                return false;
            }
        });
    }

    private List<Thread> start() throws Exception {
        var writers = IntStream.range(0, WRITERS)
                .mapToObj(writer ->
                        (writer % 2 == 0 ? Thread.ofVirtual() : Thread.ofPlatform()).start(() -> write(writer)))
                .toList();
        Await.until("all write", Duration.ofSeconds(30), () -> results.size() > 2 * WRITERS);
        return writers;
    }

    private void write(int writer) {
        for (int n = 0; !stop.get(); n++) {
            var append = Events.one("writer-" + writer % 5, n);
            try {
                results.put(append, store.append(append));
            } catch (RuntimeException e) {
                failures.add(e);
            }
        }
    }

    private void end(List<Thread> writers) throws InterruptedException {
        stop.set(true);
        for (var writer : writers) {
            writer.join();
        }
    }

    private void requireTrue() {
        assertThat(failures)
                .allMatch(failure -> failure instanceof StoreUnavailableException
                        || failure instanceof AppendOutcomeUnknownException);
        var log = Events.requireOrder(store);
        results.forEach((append, result) -> {
            var event = log.get(Math.toIntExact(result.firstPosition()) - 1);
            assertThat(event.id()).isEqualTo(Events.id(append));
            assertThat(result.version(event.stream())).isEqualTo(event.version());
        });
    }
}
