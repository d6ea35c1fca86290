package dev.headwater.postgres.append;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A call to the server whose answer was lost. It may still be at work there, so none of its appends is repeated before
 * its server process is gone. All of them ask; one of them looks. Thread-safe.
 */
public final class LostCall {

    /** The backend of a call when a pooler keeps it secret, or there was no call. */
    public static final int HIDDEN = 0;

    private final Throwable cause;
    private final int backend;
    private final ReentrantLock looking = new ReentrantLock();
    private volatile boolean isOver;

    /**
     * A call whose answer was lost.
     *
     * @param cause what came instead
     * @param backend the server process that had it, or {@link #HIDDEN}
     */
    public LostCall(Throwable cause, int backend) {
        this.cause = cause;
        this.backend = backend;
        this.isOver = backend == HIDDEN;
    }

    /** What came instead of the answer. */
    public Throwable cause() {
        return cause;
    }

    /**
     * Whether the call can be repeated: its server process is gone, or cannot be known, and then only the unique ids
     * keep it from being stored a second time.
     *
     * @param limit how long it may take to look
     */
    public boolean isOver(AbandonedBackends backends, Duration limit) throws SQLException {
        if (!isOver && looking.tryLock()) {
            try {
                isOver = isOver || backends.end(backend, limit);
            } finally {
                looking.unlock();
            }
        }
        return isOver;
    }
}
