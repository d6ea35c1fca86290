package dev.headwater.subscription;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** The turns that the subscriptions of a process take: each is one transaction. Thread-safe. */
final class Turns {

    private final Semaphore free;
    private final Queue<String> holders = new ConcurrentLinkedQueue<>();

    /** So many turns, given in the order in which they are asked for. */
    Turns(int number) {
        this.free = new Semaphore(number, true);
    }

    /** Takes one, or returns false after that time. */
    boolean tryTake(String subscription, Duration limit) throws InterruptedException {
        boolean taken = free.tryAcquire(limit.toNanos(), TimeUnit.NANOSECONDS);
        if (taken) {
            holders.add(subscription);
        }
        return taken;
    }

    /** Takes one, however long that takes. */
    void take(String subscription) throws InterruptedException {
        free.acquire();
        holders.add(subscription);
    }

    void giveBack(String subscription) {
        holders.remove(subscription);
        free.release();
    }

    /** The names of those that have one. */
    List<String> holders() {
        return List.copyOf(holders);
    }
}
