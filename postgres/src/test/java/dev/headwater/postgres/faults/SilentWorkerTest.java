package dev.headwater.postgres.faults;

import dev.headwater.embedded.EmbeddedDatabase;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StreamId;
import dev.headwater.subscription.Projection;
import dev.headwater.subscription.StartFrom;
import dev.headwater.subscription.Subscription;
import dev.headwater.testkit.Await;
import dev.headwater.testkit.TcpProxy;
import dev.headwater.testkit.TcpProxy.Afterwards;
import dev.headwater.testkit.TcpProxy.Direction;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Subscriptions reach the database through a network that loses packets, and go on within a few leases: by themselves
 * when all connections were silent, or on another instance when the connection of one worker is. Every event is counted
 * once and in order.
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
final class SilentWorkerTest {

    private static final int ROUNDS = FaultSettings.isFull() ? 50 : 2;
    private static final int EVENTS_PER_ROUND = 200;
    /** So many that every segment has some. */
    private static final int STREAMS = 100;

    private static final int REACTORS = 4;
    /** A few leases, and what a busy machine adds. */
    private static final Duration LIMIT = Instance.LEASE.multipliedBy(4).plusSeconds(15);

    private EmbeddedDatabase server;
    private TcpProxy proxy;
    private Instance appending;
    private long appended;

    @BeforeEach
    void start() throws SQLException {
        server = EmbeddedDatabase.start();
        proxy = TcpProxy.to(server.jdbcUrl());
        appending = Instance.open(server.jdbcUrl());
        try (var connection = DriverManager.getConnection(server.jdbcUrl())) {
            Counters.create(connection);
        }
    }

    @AfterEach
    void stop() {
        appending.close();
        proxy.close();
        server.close();
    }

    /** Closes an instance when the network is well again, so that no failure is hidden behind a wait for it. */
    private interface Campaign {
        void run(Instance instance) throws Exception;
    }

    private void throughProxy(String what, Projection<Connection> projection, Campaign campaign) throws Exception {
        try (var instance = Instance.open(proxy.through(server.jdbcUrl()))) {
            try {
                instance.start(counting(projection));
                append();
                awaitCounted();
                campaign.run(instance);
                System.out.printf(
                        "Silent workers: %s, %d times: %d events counted once and in order%n", what, ROUNDS, appended);
            } finally {
                proxy.release();
                proxy.cut();
            }
        }
    }

    private static Subscription<Connection> counting(Projection<Connection> projection) {
        return Subscription.named(Counters.SUBSCRIPTION).projecting(projection);
    }

    @Test
    void goOnWhenTheNetworkIsWellAgain() throws Exception {
        var seen = new ConcurrentHashMap<Integer, Map<Long, Boolean>>();
        throughProxy("all connections of an instance lose packets", new Counters(), instance -> {
            for (int i = 0; i < REACTORS; i++) {
                var positions = seen.computeIfAbsent(i, reactor -> new ConcurrentHashMap<>());
                instance.start(Subscription.named("reactor-" + i)
                        .startingAt(StartFrom.beginning())
                        .reacting(event -> positions.put(event.position(), true)));
            }
            for (int round = 0; round < ROUNDS; round++) {
                var directions = round % 2 == 0 ? Direction.values() : new Direction[] {Direction.TO_CLIENT};
                int before = proxy.lostPackets();
                proxy.lose(directions);
                append();
                // Renewals, page transactions and polls of a lease or so.
                Await.until("packets are lost", LIMIT, () -> proxy.lostPackets() >= before + 3);
                proxy.release();
                awaitCounted();
                Await.until(
                        "all reactors have seen all events",
                        LIMIT,
                        () -> seen.values().stream().allMatch(positions -> positions.size() == appended));
            }
        });
    }

    @Test
    void leaveTheirWorkToAnotherInstanceWhenTheirConnectionFallsSilentInTheCommit() throws Exception {
        oneFallsSilent("a worker's connection falls silent in the commit", false);
    }

    @Test
    void leaveTheirWorkToAnotherInstanceWhenTheirConnectionFallsSilentInAStatement() throws Exception {
        oneFallsSilent("a worker's connection falls silent in a statement", true);
    }

    private void oneFallsSilent(String what, boolean inStatement) throws Exception {
        var counters = new Counters();
        var victim = new AtomicBoolean();
        throughProxy(
                what,
                (events, transaction) -> {
                    counters.project(events, transaction);
                    if (victim.compareAndSet(true, false)) {
                        silence(transaction, inStatement);
                    }
                },
                instance -> {
                    try (var other = Instance.open(server.jdbcUrl())) {
                        other.start(counting(counters));
                        for (int round = 0; round < ROUNDS; round++) {
                            victim.set(true);
                            Await.until("the victim works and falls silent", LIMIT, () -> {
                                append();
                                return !victim.get();
                            });
                            awaitCounted();
                        }
                    }
                });
    }

    private void silence(Connection transaction, boolean inStatement) throws SQLException {
        try (var statement = transaction.createStatement()) {
            try (var row = statement.executeQuery("SELECT inet_client_port()")) {
                row.next();
                proxy.connectionFrom(row.getInt(1)).lose();
            }
            if (inStatement) {
                statement.execute("SELECT 1");
            }
        }
    }

    @Test
    void countOnceWhenTheAnswerToTheCommitIsLostAndTheConnectionCut() throws Exception {
        answersAreLost("the answer to a commit is lost and the connection cut", Afterwards.CUT);
    }

    @Test
    void countOnceWhenTheAnswerToTheCommitIsLostAndTheConnectionSilent() throws Exception {
        answersAreLost("the answer to a commit is lost and the connection silent", Afterwards.SILENCE);
    }

    private void answersAreLost(String what, Afterwards afterwards) throws Exception {
        throughProxy(what, new Counters(), instance -> {
            for (int round = 0; round < ROUNDS; round++) {
                int before = proxy.lostReplies();
                proxy.loseNextCommit(afterwards);
                append();
                Await.until("an answer is lost", LIMIT, () -> proxy.lostReplies() > before);
                awaitCounted();
            }
        });
    }

    private void append() {
        var events = IntStream.range(0, EVENTS_PER_ROUND / STREAMS)
                .mapToObj(i -> new Counted("silent", i, EVENTS_PER_ROUND))
                .toArray(Counted[]::new);
        for (int i = 0; i < STREAMS; i++) {
            appending.store().append(StreamId.of("key", Integer.toString(i)), ExpectedVersion.any(), events);
            appended += events.length;
        }
    }

    private void awaitCounted() {
        Await.until("all " + appended + " events are counted", LIMIT, () -> {
            long counted;
            try (var connection = DriverManager.getConnection(server.jdbcUrl())) {
                counted = Counters.total(connection);
            } catch (SQLException e) {
                throw new AssertionError(e);
            }
            Verdict.require(counted <= appended, "%d events are counted, %d were appended", counted, appended);
            return counted == appended;
        });
    }
}
