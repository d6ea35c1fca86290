package dev.headwater.postgres.faults;

import dev.headwater.embedded.EmbeddedDatabase;
import dev.headwater.postgres.PostgresDatabase;
import dev.headwater.store.EventStore;
import dev.headwater.testkit.Await;
import dev.headwater.testkit.TcpProxy;
import dev.headwater.testkit.TcpProxy.Afterwards;
import dev.headwater.testkit.TcpProxy.Direction;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Callers append through a network that loses packets. Whatever it does, each append ends within patience and lock
 * timeout, with a true answer or as of unknown outcome, and the next one works.
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
final class NetworkUnderFireTest {

    private static final int ROUNDS = FaultSettings.isFull() ? 60 : 2;
    private static final int CALLERS = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** What is done to the network, up to the moment in which new connections work again. */
    private interface Disturbance {
        void run(TcpProxy proxy, Callers callers, SplittableRandom random);
    }

    @Test
    void packetsOfAllConnectionsAreLostUntilAnAppendHasGivenUp() throws Exception {
        run("packets of all connections are lost until an append has given up", (proxy, callers, random) -> {
            long before = callers.unknown() + callers.unavailable();
            proxy.lose(directions(random));
            Await.until("an append has given up", LIMIT, () -> {
                callers.requireInTime();
                return callers.unknown() + callers.unavailable() > before;
            });
            proxy.release();
        });
    }

    @Test
    void packetsOfAllConnectionsAreLostForAMoment() throws Exception {
        run("packets of all connections are lost for a moment", (proxy, callers, random) -> {
            proxy.lose(directions(random));
            awaitLoss(proxy);
            proxy.release();
        });
    }

    @Test
    void packetsOfAllConnectionsComeLate() throws Exception {
        run("packets of all connections come late", (proxy, callers, random) -> {
            proxy.delay(Duration.ofMillis(100));
            callers.awaitAcknowledged(1);
            proxy.delay(Duration.ZERO);
        });
    }

    @Test
    void oneConnectionAfterTheOtherFallsSilentForEver() throws Exception {
        run("one connection after the other falls silent for ever", (proxy, callers, random) -> {
            for (var connection : proxy.connections()) {
                connection.lose(directions(random));
                callers.awaitAcknowledged(1);
            }
        });
    }

    @Test
    void connectionsAreCutBetweenCommitAndReply() throws Exception {
        losingReplies("connections are cut between commit and reply", Afterwards.CUT);
    }

    @Test
    void connectionsFallSilentBetweenCommitAndReply() throws Exception {
        losingReplies("connections fall silent between commit and reply", Afterwards.SILENCE);
    }

    private static void losingReplies(String what, Afterwards afterwards) throws Exception {
        run(what, (proxy, callers, random) -> {
            int before = proxy.lostReplies();
            proxy.loseReply(1 + random.nextInt(5), afterwards);
            Await.until("a reply is lost", LIMIT, () -> proxy.lostReplies() > before);
        });
    }

    private static Direction[] directions(SplittableRandom random) {
        return switch (random.nextInt(3)) {
            case 0 -> new Direction[] {Direction.TO_SERVER};
            case 1 -> new Direction[] {Direction.TO_CLIENT};
            default -> Direction.values();
        };
    }

    private static void awaitLoss(TcpProxy proxy) {
        int before = proxy.lostPackets();
        Await.until("a packet is lost", LIMIT, () -> proxy.lostPackets() > before);
    }

    private static void run(String what, Disturbance disturbance) throws Exception {
        long seed = FaultSettings.seed();
        try (var server = EmbeddedDatabase.start();
                var proxy = TcpProxy.to(server.jdbcUrl());
                var database = PostgresDatabase.builder()
                        .url(proxy.through(server.jdbcUrl()))
                        .poolSize(4)
                        .appendPatience(PATIENCE)
                        .lockTimeout(LOCK_TIMEOUT)
                        .open();
                var store = new EventStore(database.eventStorage(), Counted.TYPES);
                var callers = new Callers(store, CALLERS, seed, PATIENCE.plus(LOCK_TIMEOUT))) {
            disturb(disturbance, proxy, callers, new SplittableRandom(seed));
            try (var direct = PostgresDatabase.builder().url(server.jdbcUrl()).open();
                    var audited = new EventStore(direct.eventStorage(), Counted.TYPES)) {
                callers.audit(audited);
            }
            System.out.printf("Network under fire: %s, %d times, seed %d: %s%n", what, ROUNDS, seed, callers);
        } catch (AssertionError e) {
            throw new AssertionError("With seed " + seed + ", when " + what + ": " + e.getMessage(), e);
        }
    }

    private static void disturb(Disturbance disturbance, TcpProxy proxy, Callers callers, SplittableRandom random) {
        try {
            for (int round = 0; round < ROUNDS; round++) {
                callers.awaitAcknowledged(2);
                disturbance.run(proxy, callers, random);
                callers.awaitAcknowledged(2);
            }
        } finally {
            proxy.cut(); // whoever waits for a silent connection after a failure is told
        }
    }
}
