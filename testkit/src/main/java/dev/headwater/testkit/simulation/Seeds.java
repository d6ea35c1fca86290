package dev.headwater.testkit.simulation;

import dev.headwater.MessageSerializer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Seeds that a scenario is played with, side by side on all processors. Immutable.
 *
 * <p>The system property {@value #PROPERTY} has one seed played instead of all, to look into it.
 */
public final class Seeds {

    /** The system property that names the only seed to play. */
    public static final String PROPERTY = "headwater.simulation.seed";

    private static final int LINES = 40;

    private final MessageSerializer serializer;
    private final long first;
    private final long number;

    Seeds(MessageSerializer serializer, long first, long number) {
        this.serializer = serializer;
        this.first = first;
        this.number = number;
    }

    /** What a test does with each of its simulations. */
    @FunctionalInterface
    public interface Scenario {
        /** Plays a scenario through and checks what has come of it. */
        void play(Simulation simulation) throws Exception;
    }

    private record Failed(Simulation simulation, Throwable failure) {}

    /** The same number of seeds, from this one on. */
    public Seeds from(long newFirst) {
        return new Seeds(serializer, newFirst, number);
    }

    /**
     * Plays a scenario with every seed, until one fails. The scenario keeps what it needs in objects that it makes for
     * the simulation, since several are played at once.
     *
     * @throws AssertionError with the smallest seed that was found to fail, how to repeat it, and the end of its log;
     *     the cause is what has failed
     */
    public void forEach(Scenario scenario) {
        var only = Long.getLong(PROPERTY);
        if (only != null) {
            play(only, scenario).ifPresent(Seeds::report);
            return;
        }
        var next = new AtomicLong(first);
        var failed = new AtomicReference<Failed>();
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
            threads.add(Thread.ofPlatform().name("simulation").start(() -> play(scenario, next, failed)));
        }
        join(threads);
        var found = failed.get();
        if (found != null) {
            report(found);
        }
    }

    private void play(Scenario scenario, AtomicLong next, AtomicReference<Failed> failed) {
        while (failed.get() == null) {
            long seed = next.getAndIncrement();
            if (seed >= first + number) {
                return;
            }
            play(seed, scenario).ifPresent(now -> failed.accumulateAndGet(now, Seeds::smaller));
        }
    }

    private static Failed smaller(@Nullable Failed one, Failed other) {
        return one == null || other.simulation.seed() < one.simulation.seed() ? other : one;
    }

    private Optional<Failed> play(long seed, Scenario scenario) {
        var simulation = Simulation.of(serializer, seed);
        try {
            scenario.play(simulation);
            return Optional.empty();
        } catch (Throwable e) {
            return Optional.of(new Failed(simulation, e));
        }
    }

    private static void join(List<Thread> threads) {
        try {
            for (var thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while simulations were played", e);
        }
    }

    private static void report(Failed failed) {
        var log = failed.simulation.log();
        var end = log.subList(Math.max(0, log.size() - LINES), log.size());
        throw new AssertionError(
                "The seed " + failed.simulation.seed() + " fails; repeat it with -D" + PROPERTY + "="
                        + failed.simulation.seed() + ".\n" + failed.failure + "\nThe last " + end.size() + " of "
                        + log.size() + " records of its log:\n  " + String.join("\n  ", end),
                failed.failure);
    }
}
