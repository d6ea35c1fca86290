package dev.headwater.subscription;

import java.time.Duration;

/** The end of the time that something may take. Immutable. */
final class Deadline {

    private final long end;

    private Deadline(long end) {
        this.end = end;
    }

    static Deadline in(Duration limit) {
        return new Deadline(System.nanoTime() + limit.toNanos());
    }

    /** Half of the time that is left. */
    Deadline half() {
        long now = System.nanoTime();
        return new Deadline(now + (end - now) / 2);
    }

    /** Whether a thread has ended in time; an interrupt of the caller is kept for later. */
    boolean join(Thread thread) {
        boolean interrupted = false;
        while (true) {
            try {
                long left = end - System.nanoTime();
                if (!thread.isAlive() || left <= 0) {
                    break;
                }
                thread.join(Duration.ofNanos(left));
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }
}
