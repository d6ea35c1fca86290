package dev.headwater.subscription;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A thread that does a round whenever it is woken, or when some time has passed; in a test, one that is stepped by
 * hand. Whatever a round throws, the next one runs. Waking it costs the caller next to nothing and never waits.
 * Thread-safe.
 */
final class Rounds implements Stepper.Work {

    private final Duration pause;
    private final Runnable round;
    private final Consumer<Throwable> failed;
    private final Thread thread;
    private final Pulse pulse = new Pulse();
    private volatile boolean wanted;
    private volatile boolean stopped;
    /** When the next round begins that is stepped by hand. */
    private long due = Long.MIN_VALUE;

    private @Nullable Stepper stepper;

    /**
     * Not started yet.
     *
     * @param pause the longest time from the end of a round to the next one
     * @param failed is told what a round threw
     */
    Rounds(String name, Duration pause, Runnable round, Consumer<Throwable> failed) {
        this.pause = pause;
        this.round = round;
        this.failed = failed;
        this.thread = Thread.ofVirtual().name(name).unstarted(this::run);
    }

    /** Begins to be told by hand. */
    void startStepped(Stepper stepper) {
        this.stepper = stepper;
        stepper.add(this);
    }

    @Override
    public boolean hasEnded() {
        return stopped;
    }

    @Override
    public boolean isWanted() {
        return wanted;
    }

    @Override
    public long due() {
        return due;
    }

    @Override
    public void step() {
        wanted = false;
        runOnce();
        due = Objects.requireNonNull(stepper).nanoTime() + pause.toNanos();
    }

    void start() {
        pulse.of(thread);
        thread.start();
    }

    /** A round begins soon, after this call. */
    void wake() {
        if (!wanted) {
            wanted = true;
            LockSupport.unpark(thread);
        }
    }

    /** No round begins any more. */
    void stop() {
        stopped = true;
        LockSupport.unpark(thread);
    }

    Pulse pulse() {
        return pulse;
    }

    Thread thread() {
        return thread;
    }

    private void run() {
        while (!stopped) {
            runOnce();
            await();
        }
    }

    private void runOnce() {
        try {
            pulse.beat();
            round.run();
        } catch (Throwable e) {
            tell(e);
        }
    }

    /** Not even an error of whoever is told ends the rounds. */
    private void tell(Throwable failure) {
        try {
            failed.accept(failure);
        } catch (Throwable e) {
            failure.addSuppressed(e);
        }
    }

    private void await() {
        pulse.rest();
        long end = System.nanoTime() + pause.toNanos();
        long left = pause.toNanos();
        while (!wanted && !stopped && left > 0) {
            LockSupport.parkNanos(this, left);
            if (Thread.interrupted()) {
                break;
            }
            left = end - System.nanoTime();
        }
        wanted = false;
        pulse.resume();
    }
}
