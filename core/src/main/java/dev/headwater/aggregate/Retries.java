package dev.headwater.aggregate;

import dev.headwater.store.ConcurrencyException;
import dev.headwater.store.StreamId;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Tries again while another writer is first, after pauses that are random below a bound that doubles ("full jitter"),
 * so that contenders for one stream come back one by one. Those of this process wait for their turn before they begin.
 */
record Retries(int attempts, RandomGenerator random, Sleeper sleeper, Turns turns) {

    private static final int DEFAULT_ATTEMPTS = 10;
    private static final long FIRST_BOUND_NANOS = Duration.ofMillis(2).toNanos();
    private static final int DOUBLINGS = 6;

    private static final Duration LONGEST_LINE = Duration.ofSeconds(30);

    /** Lets time pass. */
    @FunctionalInterface
    interface Sleeper {
        void sleep(Duration pause) throws InterruptedException;
    }

    Retries {
        if (attempts < 1) {
            throw new IllegalArgumentException("The number of attempts is " + attempts + ": expected 1 or more");
        }
    }

    Retries(int attempts, RandomGenerator random, Sleeper sleeper) {
        this(attempts, random, sleeper, new Turns(LONGEST_LINE));
    }

    static Retries byDefault() {
        return new Retries(DEFAULT_ATTEMPTS, () -> ThreadLocalRandom.current().nextLong(), Thread::sleep);
    }

    Retries withAttempts(int newAttempts) {
        return new Retries(newAttempts, random, sleeper, turns);
    }

    /** Runs a unit of load, decide and append until no other writer is first, or the attempts are used up. */
    <T> T whileOvertaken(StreamId stream, Supplier<T> unit) {
        return turns.inTurn(stream, () -> whileOvertaken(unit));
    }

    private <T> T whileOvertaken(Supplier<T> unit) {
        for (int attempt = 1; ; attempt++) {
            try {
                return unit.get();
            } catch (ConcurrencyException e) {
                if (attempt == attempts || !paused(attempt)) {
                    throw e;
                }
            }
        }
    }

    /** Whether the pause was slept to its end. */
    private boolean paused(int attempt) {
        long bound = FIRST_BOUND_NANOS << Math.min(attempt - 1, DOUBLINGS);
        try {
            sleeper.sleep(Duration.ofNanos(random.nextLong(bound)));
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
