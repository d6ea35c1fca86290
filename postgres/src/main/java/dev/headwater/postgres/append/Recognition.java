package dev.headwater.postgres.append;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out who of the refused repeats an append that is stored, and tells all of them. One looks at a time, for the
 * refused of all flights that have landed meanwhile: so contenders take one connection, however many flights refuse
 * them. Thread-safe.
 */
final class Recognition {

    private static final Logger LOG = LoggerFactory.getLogger(Recognition.class);

    /** Made beforehand, since it may be memory that is missing. */
    private static final AppendOutcome BROKEN_OFF =
            new AppendOutcome.NotSent("Looking for an earlier call was broken off", null);

    private final Crew crew;
    private final Executor elsewhere;
    private final ReentrantLock lock = new ReentrantLock();
    private List<Flight.Refused> waiting = List.of();
    private boolean isLooking;

    /**
     * Asks this crew.
     *
     * @param elsewhere where to look for those whose own threads do not
     */
    Recognition(Crew crew, Executor elsewhere) {
        this.crew = crew;
        this.elsewhere = elsewhere;
    }

    /** Looks for earlier calls of the refused; a leader who is none of them does not wait for that. */
    void look(List<Flight.Refused> refused, Waiter leader) {
        if (refused.isEmpty() || !begins(refused)) {
            return;
        }
        if (leader.hasOutcome()) {
            goOnElsewhere();
        } else {
            lookOnce();
            if (!hasEnded()) {
                goOnElsewhere();
            }
        }
    }

    /** Whether nobody looks for these yet. */
    private boolean begins(List<Flight.Refused> refused) {
        lock.lock();
        try {
            var all = new ArrayList<>(waiting);
            all.addAll(refused);
            waiting = all;
            boolean begins = !isLooking;
            isLooking = true;
            return begins;
        } finally {
            lock.unlock();
        }
    }

    private boolean hasEnded() {
        lock.lock();
        try {
            isLooking = !waiting.isEmpty();
            return !isLooking;
        } finally {
            lock.unlock();
        }
    }

    private void goOnElsewhere() {
        boolean isHandedOver = false;
        try {
            elsewhere.execute(this::lookForAll);
            isHandedOver = true;
        } finally {
            if (!isHandedOver) {
                lookForAll();
            }
        }
    }

    private void lookForAll() {
        do {
            lookOnce();
        } while (!hasEnded());
    }

    /** Whatever goes wrong, everybody is told, and the next one looks again. */
    private void lookOnce() {
        var refused = List.<Flight.Refused>of();
        boolean isOver = false;
        try {
            refused = takeWaiting();
            var outcomes = crew.recognise(refused);
            for (int i = 0; i < refused.size(); i++) {
                refused.get(i).waiter().finish(outcomes.get(i));
            }
            isOver = true;
        } catch (Throwable e) {
            LOG.error("Looking for earlier calls of refused appends was broken off", e);
            isOver = true;
        } finally {
            refused.forEach(Recognition::breakOff);
            if (!isOver) {
                giveUp();
            }
        }
    }

    private List<Flight.Refused> takeWaiting() {
        lock.lock();
        try {
            var taken = waiting;
            waiting = List.of();
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private void giveUp() {
        lock.lock();
        try {
            isLooking = false;
            takeWaiting().forEach(Recognition::breakOff);
        } finally {
            lock.unlock();
        }
    }

    /** Means nothing to those who have an outcome. */
    private static void breakOff(Flight.Refused refused) {
        refused.waiter().finish(BROKEN_OFF);
    }
}
