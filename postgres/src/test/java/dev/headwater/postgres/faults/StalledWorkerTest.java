package dev.headwater.postgres.faults;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.headwater.embedded.EmbeddedDatabase;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StreamId;
import dev.headwater.subscription.StartFrom;
import dev.headwater.subscription.Subscription;
import dev.headwater.testkit.Await;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Workers of two instances stall between handling and commit for longer than their lease, until the other instance has
 * their segments. What they then try to commit must be refused: every event is counted once and in order.
 */
@Timeout(value = 60, unit = TimeUnit.MINUTES)
final class StalledWorkerTest {

    private static final int ROUNDS = FaultSettings.isFull() ? 200 : 3;
    private static final int ROUNDS_TO_FIND_A_BUG = 50;
    private static final int STREAMS = 50;
    private static final Duration LIMIT = Instance.LEASE.multipliedBy(8).plusSeconds(20);

    @Test
    void cannotCommitWhatAnotherHasTakenOver() throws Exception {
        var tally = run(ROUNDS, PlantedBug.NONE);
        Verdict.require(tally.refused() > 0, "No stalled worker was refused by its number: %s", tally);
    }

    @Test
    void anEpochThatNobodyChecksIsFound() {
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> run(ROUNDS_TO_FIND_A_BUG, PlantedBug.EPOCH_IGNORED))
                .withMessageContaining("counted twice");
    }

    private static StallingStorage.Tally run(int rounds, PlantedBug bug) throws Exception {
        var tally = new StallingStorage.Tally();
        var stalling = new ArrayList<StallingStorage>();
        var reactedTo = ConcurrentHashMap.<Long>newKeySet();
        try (var server = EmbeddedDatabase.start();
                var connection = DriverManager.getConnection(server.jdbcUrl());
                var one = instance(server, tally, stalling, bug);
                var other = instance(server, tally, stalling, bug)) {
            Counters.create(connection);
            for (var instance : List.of(one, other)) {
                instance.start(Subscription.named(Counters.SUBSCRIPTION).projecting(new Counters()));
                instance.start(reactor(reactedTo));
            }
            long appended = 0;
            for (int round = 0; round < rounds; round++) {
                stalling.get(round % stalling.size()).arm();
                int stalled = round + 1;
                while (tally.stalls() < stalled) {
                    appended += append(one);
                }
                awaitHandled(connection, reactedTo, appended);
            }
            System.out.printf("Stalled workers: %s; %d events counted once and in order%n", tally, appended);
            return tally;
        }
    }

    private static Instance instance(
            EmbeddedDatabase server, StallingStorage.Tally tally, List<StallingStorage> stalling, PlantedBug bug) {
        return Instance.open(server.jdbcUrl(), storage -> {
            var spoilt = bug.in(storage, () -> DriverManager.getConnection(server.jdbcUrl()));
            var tampered = new StallingStorage(spoilt, tally);
            stalling.add(tampered);
            return tampered;
        });
    }

    private static Subscription<Connection> reactor(Set<Long> positions) {
        return Subscription.named("reactor")
                .startingAt(StartFrom.beginning())
                .reacting(event -> positions.add(event.position()));
    }

    private static int append(Instance instance) {
        for (int i = 0; i < STREAMS; i++) {
            instance.store()
                    .append(
                            StreamId.of("key", Integer.toString(i)),
                            ExpectedVersion.any(),
                            new Counted("stalled", i, STREAMS));
        }
        return STREAMS;
    }

    private static void awaitHandled(Connection connection, Set<Long> reactedTo, long appended) {
        Await.until("all " + appended + " events are handled", LIMIT, () -> {
            try {
                return Counters.total(connection) == appended && reactedTo.size() == appended;
            } catch (SQLException e) {
                throw new AssertionError(e);
            }
        });
    }
}
