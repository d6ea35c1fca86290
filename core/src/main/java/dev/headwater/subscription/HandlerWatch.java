package dev.headwater.subscription;

import dev.headwater.failure.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends calls of a handler that take longer than they may. Some threads call, another one looks after them. */
final class HandlerWatch {

    private static final Logger LOG = LoggerFactory.getLogger(HandlerWatch.class);

    private final String subscription;
    private final Duration limit;
    private final Pulse pulse;
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<Running> running = new HashSet<>();

    /**
     * A watch over the handler of a subscription.
     *
     * @param pulse of the thread that calls; during a call this watch looks after it
     */
    HandlerWatch(String subscription, Duration limit, Pulse pulse) {
        this.subscription = subscription;
        this.limit = limit;
        this.pulse = pulse;
    }

    /** A call of a handler. */
    interface Call {
        void run() throws Exception;
    }

    /** A call under way. */
    private static final class Running {
        private final Thread caller = Thread.currentThread();
        private final long since = System.nanoTime();
        private final @Nullable Consumer<HandlerTimeoutException> abandoned;
        private final Runnable stuck;
        private boolean interrupted;
        private boolean isToldOf;

        private Running(@Nullable Consumer<HandlerTimeoutException> abandoned, Runnable stuck) {
            this.abandoned = abandoned;
            this.stuck = stuck;
        }
    }

    /**
     * Calls the handler.
     *
     * @param stuck is run once, during the call, when it goes on for another time limit after it was interrupted
     * @throws HandlerTimeoutException when it failed after it was interrupted
     */
    void watch(Call call, Runnable stuck) throws Exception {
        watch(call, new Running(null, stuck));
    }

    /**
     * Calls the handler.
     *
     * @param abandoned is told when the call goes on for another time limit after it was interrupted; it is not watched
     *     from then on
     * @throws HandlerTimeoutException when it failed after it was interrupted
     */
    void watch(Call call, Consumer<HandlerTimeoutException> abandoned) throws Exception {
        watch(call, new Running(abandoned, () -> {}));
    }

    private void watch(Call call, Running current) throws Exception {
        boolean rests = pulse.isOfCaller();
        if (rests) {
            pulse.rest();
        }
        begin(current);
        try {
            call.run();
        } catch (Exception e) {
            throw end(current) ? new HandlerTimeoutException(subscription, limit, e) : e;
        } finally {
            end(current);
            if (rests) {
                pulse.resume();
            }
        }
    }

    private void begin(Running call) {
        lock.lock();
        try {
            running.add(call);
        } finally {
            lock.unlock();
        }
    }

    /** Ends the watch, and the interruption with it; whether there was one. */
    private boolean end(Running call) {
        lock.lock();
        try {
            running.remove(call);
            if (call.interrupted && Thread.interrupted()) {
                LOG.debug("The interruption of a handler of '{}' ends with its call", subscription);
            }
            return call.interrupted;
        } finally {
            lock.unlock();
        }
    }

    /** Whether this is called by a handler. */
    boolean isCalling() {
        lock.lock();
        try {
            return running.stream().anyMatch(call -> call.caller == Thread.currentThread());
        } finally {
            lock.unlock();
        }
    }

    /**
     * Interrupts calls that take longer than they may, and gives up those that ignore that for as long again.
     *
     * @return whether a call ignores that for which nobody stands in, so that the segments should no longer be held
     */
    boolean isStuck() {
        boolean stuck = false;
        var given = new ArrayList<Running>();
        lock.lock();
        try {
            for (var call : running) {
                long nanos = System.nanoTime() - call.since;
                if (!call.interrupted && nanos >= limit.toNanos()) {
                    interrupt(call);
                }
                if (nanos / 2 > limit.toNanos()) {
                    if (call.abandoned == null) {
                        stuck = true;
                        tellOf(call);
                    } else {
                        given.add(call);
                    }
                }
            }
            given.forEach(running::remove);
        } finally {
            lock.unlock();
        }
        abandon(given);
        return stuck;
    }

    private void interrupt(Running call) {
        call.interrupted = true;
        LOG.error(
                "A handler of the subscription '{}' has not returned for {}: its thread is interrupted",
                subscription,
                limit);
        call.caller.interrupt();
    }

    /** The lock is held, so the call does not end meanwhile, and what it works with is still its own. */
    private void tellOf(Running call) {
        if (call.isToldOf) {
            return;
        }
        call.isToldOf = true;
        LOG.error(
                "A handler of the subscription '{}' has not returned for {} and ignores that it was interrupted: its"
                        + " transaction is broken off",
                subscription,
                limit.multipliedBy(2));
        try {
            call.stuck.run();
        } catch (RuntimeException e) {
            LOG.warn("The transaction of '{}' could not be broken off: {}", subscription, Failure.inBrief(e));
        }
    }

    private void abandon(List<Running> calls) {
        for (var call : calls) {
            LOG.error(
                    "A handler of the subscription '{}' has not returned for {} and ignores that it was interrupted: its"
                            + " event is set aside, and its thread is left alone",
                    subscription,
                    limit.multipliedBy(2));
            if (call.abandoned != null) {
                var stack = new IllegalStateException("This is where the handler was");
                stack.setStackTrace(call.caller.getStackTrace());
                call.abandoned.accept(new HandlerTimeoutException(subscription, limit, stack));
            }
        }
    }
}
