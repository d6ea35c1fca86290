package dev.headwater.workflow.code;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Does everything on virtual threads, and no more than so many effects at once, to spare what they need. */
final class VirtualThreads implements Hands {

    private final Semaphore effects;

    VirtualThreads(int simultaneousEffects) {
        effects = new Semaphore(simultaneousEffects, true);
    }

    @Override
    public void pause(Duration time) throws InterruptedException {
        Thread.sleep(time);
    }

    @Override
    public <T> T within(Duration limit, Callable<T> effect) throws Exception {
        effects.acquire();
        var task = new FutureTask<>(() -> {
            try {
                return effect.call();
            } finally {
                effects.release();
            }
        });
        var thread = Thread.ofVirtual().name("headwater-step").start(task);
        try {
            return task.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case Exception failure -> throw failure;
                case Error error -> throw error;
                case null, default -> throw e;
            }
        } catch (TimeoutException e) {
            throw new TimeoutException("it took longer than " + limit);
        } finally {
            thread.interrupt();
        }
    }

    @Override
    public void sideBySide(List<Runnable> pieces) throws InterruptedException {
        var threads = new ArrayList<Thread>();
        for (var piece : pieces) {
            threads.add(Thread.ofVirtual().name("headwater-branch").start(piece));
        }
        try {
            for (var thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            threads.forEach(Thread::interrupt);
            for (var thread : threads) {
                joinAnyway(thread);
            }
            throw e;
        }
    }

    /** Nobody may go on beside a turn that has ended. */
    private static void joinAnyway(Thread thread) {
        boolean ended = false;
        while (!ended) {
            try {
                thread.join();
                ended = true;
            } catch (InterruptedException e) {
                thread.interrupt();
            }
        }
    }
}
