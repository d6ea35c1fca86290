package dev.headwater.postgres.faults;

import dev.headwater.embedded.EmbeddedDatabase;
import dev.headwater.postgres.PostgresDatabase;
import dev.headwater.store.EventStore;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Half of the callers are interrupted while they append. An interrupt concerns its own caller: its append is refused
 * before it is sent, or answered truly. The others notice nothing.
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
final class InterruptsUnderFireTest {

    private static final int INTERRUPTS = FaultSettings.isFull() ? 50_000 : 1_000;
    private static final int CALLERS = 20;
    private static final int VICTIMS = CALLERS / 2;
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(2);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    @Test
    void onlyTheCallerThatIsInterruptedNotices() throws Exception {
        long seed = FaultSettings.seed();
        try (var server = EmbeddedDatabase.start();
                var database = PostgresDatabase.builder()
                        .url(server.jdbcUrl())
                        .poolSize(4)
                        .appendPatience(PATIENCE)
                        .lockTimeout(LOCK_TIMEOUT)
                        .open();
                var store = new EventStore(database.eventStorage(), Counted.TYPES);
                var callers = new Callers(store, CALLERS, seed, PATIENCE.plus(LOCK_TIMEOUT))) {
            callers.awaitAcknowledged(2);
            int hits = interrupt(callers, new SplittableRandom(seed));
            callers.awaitAcknowledged(2);
            callers.audit(store);
            for (int i = VICTIMS; i < CALLERS; i++) {
                var bystander = callers.caller(i);
                Verdict.require(
                        bystander.unavailable() == 0,
                        "%d appends of caller %d, which was never interrupted, were answered as not stored",
                        bystander.unavailable(),
                        i);
            }
            Verdict.require(
                    callers.unknown() == 0,
                    "%d appends had no known outcome, with a healthy server",
                    callers.unknown());
            System.out.printf(
                    "Interrupts under fire: seed %d, %d interrupts of callers in an append: %s%n", seed, hits, callers);
        } catch (AssertionError e) {
            throw new AssertionError("With seed " + seed + ": " + e.getMessage(), e);
        }
    }

    private static int interrupt(Callers callers, SplittableRandom random) {
        int hits = 0;
        while (hits < INTERRUPTS) {
            int victim = random.nextInt(VICTIMS);
            if (callers.caller(victim).isCalling()) {
                callers.thread(victim).interrupt();
                hits++;
            }
            callers.requireInTime();
            LockSupport.parkNanos(random.nextLong(LONGEST_PAUSE_NANOS));
        }
        return hits;
    }
}
