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

    private final Crew crew;
    private final Executor elsewhere;
    private final ReentrantLock lock = new ReentrantLock();
    private List<Flight.Refused> waiting = new ArrayList<>();
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
            waiting.addAll(refused);
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

    private void lookOnce() {
        List<Flight.Refused> refused;
        lock.lock();
        try {
            refused = waiting;
            waiting = new ArrayList<>();
        } finally {
            lock.unlock();
        }
        List<? extends AppendOutcome> outcomes = null;
        try {
            outcomes = crew.recognise(refused);
        } catch (Throwable e) {
            LOG.error("Looking for earlier calls of refused appends was broken off", e);
        } finally {
            for (int i = 0; i < refused.size(); i++) {
                refused.get(i)
                        .waiter()
                        .finish(
                                outcomes == null
                                        ? new AppendOutcome.NotSent("Looking for an earlier call was broken off", null)
                                        : outcomes.get(i));
            }
        }
    }
}
