package dev.headwater.postgres.append;

import dev.headwater.store.spi.EncodedAppend;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One append and the thread that waits for its outcome. */
final class Waiter {

    /** An append of more flies alone, and not before those that waited with it. */
    static final int LARGE_EVENTS = 1000;

    static final long LARGE_BYTES = 1024 * 1024;

    final EncodedAppend append;
    final int events;
    final long bytes;

    /** When the caller wants an answer, whatever it is. */
    final long deadline;

    /** Whether an earlier call with this append may have stored it. */
    final boolean isDoubtful;

    private final Thread thread = Thread.currentThread();
    private volatile @Nullable AppendOutcome outcome;

    /** Whether it is the turn of this one to lead a flight, and its thread has not begun to. */
    volatile boolean isCalled;

    /** Whether the flight that this one leads is over. Set before anything else, so that it is set whatever happens. */
    volatile boolean hasLanded;

    /** Whether there was little in the queue when this one was called to lead. */
    volatile boolean leadsFew;

    Waiter(EncodedAppend append, long deadline, boolean isDoubtful) {
        this.append = append;
        this.events = append.size();
        this.bytes = append.bytes();
        this.deadline = deadline;
        this.isDoubtful = isDoubtful;
    }

    boolean isLarge() {
        return events > LARGE_EVENTS || bytes > LARGE_BYTES;
    }

    boolean hasOutcome() {
        return outcome != null;
    }

    @Nullable
    AppendOutcome outcome() {
        return outcome;
    }

    long nanosLeft() {
        return deadline - System.nanoTime();
    }

    /** The first outcome counts. */
    void finish(AppendOutcome result) {
        if (outcome == null) {
            outcome = result;
            LockSupport.unpark(thread);
        }
    }

    boolean isVirtual() {
        return thread.isVirtual();
    }

    /** The thread shall lead. */
    void call() {
        isCalled = true;
        LockSupport.unpark(thread);
    }

    /** Waits for a while, or until there is an outcome or it is called; true when the caller was interrupted. */
    boolean park(long nanos) {
        LockSupport.parkNanos(this, Math.min(nanos, TimeUnit.SECONDS.toNanos(1)));
        return Thread.interrupted();
    }
}
