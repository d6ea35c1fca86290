package dev.headwater.postgres.append;

import dev.headwater.HeadwaterException;
import dev.headwater.postgres.jdbc.Connections;
import dev.headwater.postgres.jdbc.Schema;
import dev.headwater.postgres.jdbc.SqlErrors;
import dev.headwater.store.AppendOutcomeUnknownException;
import dev.headwater.store.AppendResult;
import dev.headwater.store.DuplicateEventException;
import dev.headwater.store.StoreUnavailableException;
import dev.headwater.store.spi.EncodedAppend;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.postgresql.PGConnection;

/**
 * Appends with a true answer: stored once and durable, or refused without a trace.
 *
 * <h2>One total order</h2>
 *
 * <p>Positions from a sequence become visible in another order than they were drawn in, so a reader who follows them
 * skips events for ever. Here a position is given out in a critical section that ends with the commit: the server
 * function takes an advisory transaction lock, reads the last position, inserts, and the lock goes when the transaction
 * has become visible. So commit order is position order, there are no gaps, also not after a rollback, and a reader
 * needs nothing but {@code position > ?}. In READ COMMITTED every statement after the lock sees what was committed
 * before it; the function refuses the stricter isolation levels, whose snapshot may be older than the lock.
 *
 * <p>What is never updated cannot be contended, bloated or stale: the version of a stream is looked up as the greatest
 * one in the index of its events, and the position likewise. Who appended last knows both without looking, if the last
 * event is still the same: {@link AppendWays} chooses between knowing and looking.
 *
 * <h2>One flush for many</h2>
 *
 * <p>The critical section includes the flush of the commit, so each append by itself would wait for all flushes before
 * it. {@link GroupCommit} sends together what arrives together. A batch holds only appends that cannot influence each
 * other ({@link AppendBatch}), so that the server checks and inserts them as sets; each is accepted or refused on its
 * own.
 *
 * <h2>Once</h2>
 *
 * <p>Event ids are unique, which an index guarantees. On the healthy path nothing else looks for repetitions. Only when
 * an append is not simply stored its ids are looked up:
 *
 * <ul>
 *   <li>Refused because a stream or the log had moved on: it may be a repetition of an append that was stored. Stored
 *       events never change, so the look-up needs no lock. If the ids stand side by side, in this order and in these
 *       streams, that was this append, and its original result is the answer.
 *   <li>The call failed with an error: nothing of the batch is stored. Perhaps one member brought an id that is taken,
 *       so each member is sent again alone, this time with a check of its ids in the critical section.
 *   <li>The connection broke: the batch may have been committed, or may be just about to be. The server process that
 *       had it is ended, and once it is gone ({@link AbandonedBackends}) each member is sent again alone on a new
 *       connection until there is an answer. If the first try was committed, the check finds its ids. Should a
 *       connection pooler between client and server hide that process, the unique index still keeps the first try from
 *       being stored after the second. Only when no answer can be had in time the outcome is reported as unknown;
 *       repeating the append later remains safe.
 * </ul>
 */
public final class AppendProtocol {

    private static final long FIRST_BACK_OFF_MILLIS = 20;
    private static final long LONGEST_BACK_OFF_MILLIS = 1000;

    private final Connections connections;
    private final AppendCall call;
    private final AppendWays ways;
    private final StoredAppends stored;
    private final GroupCommit groupCommit;
    private final LockHolder lockHolder;
    private final AbandonedBackends abandonedBackends;
    private final Duration patience;
    private final Runnable committed;

    /**
     * Creates the protocol.
     *
     * @param patience how long to wait for room in the queue, and to look for the outcome after a lost connection
     * @param committed called after something was stored
     */
    public AppendProtocol(Connections connections, Schema schema, Duration patience, Runnable committed) {
        this.connections = connections;
        this.call = new AppendCall(schema);
        this.ways = new AppendWays(schema, call);
        this.stored = new StoredAppends(schema);
        this.groupCommit = new GroupCommit(patience, this::flush);
        this.lockHolder = new LockHolder(connections, schema);
        this.abandonedBackends = new AbandonedBackends(connections);
        this.patience = patience;
        this.committed = committed;
    }

    /** Appends and returns when the events are durable. */
    public AppendResult append(EncodedAppend append) {
        var outcome = groupCommit.submit(append);
        if (outcome instanceof AppendOutcome.Failed) {
            outcome = alone(append);
        }
        return switch (outcome) {
            case AppendOutcome.Stored(var result) -> result;
            case AppendOutcome.Refused(var reason) -> original(append, reason);
            case AppendOutcome.IdTaken(var id) -> original(append, new DuplicateEventException(id));
            case AppendOutcome.Failed(var cause) -> throw lockHolder.explain("The append", cause);
            case AppendOutcome.NotSent(var cause) ->
                throw new StoreUnavailableException(
                        "No connection for an append could be had: " + SqlErrors.reason(cause)
                                + "; nothing was stored, try again later",
                        cause);
            case AppendOutcome.Unknown unknown -> findOut(append, unknown);
        };
    }

    private List<? extends AppendOutcome> flush(AppendBatch batch) {
        return send(batch.appends().size(), connection -> ways.append(connection, batch));
    }

    private AppendOutcome alone(EncodedAppend append) {
        return send(
                        1,
                        connection -> call.batch(connection, AppendBatch.of(append), true, null)
                                .outcomes())
                .getFirst();
    }

    private List<? extends AppendOutcome> send(int appends, Connections.Work<List<? extends AppendOutcome>> work) {
        var backend = new int[1];
        try {
            var outcomes = connections.with(connection -> {
                backend[0] = connection.unwrap(PGConnection.class).getBackendPID();
                return work.run(connection);
            });
            committed.run();
            return outcomes;
        } catch (SQLException e) {
            AppendOutcome outcome;
            if (backend[0] == 0) {
                outcome = new AppendOutcome.NotSent(e);
            } else if (SqlErrors.isConnectionLost(e)) {
                outcome = new AppendOutcome.Unknown(e, backend[0]);
            } else {
                outcome = new AppendOutcome.Failed(e);
            }
            return Collections.nCopies(appends, outcome);
        }
    }

    /** The result of an earlier call with this very append; when there was none, {@code otherwise} is thrown. */
    private AppendResult original(EncodedAppend append, HeadwaterException otherwise) {
        try {
            return connections
                    .with(connection -> stored.find(connection, append))
                    .orElseThrow(() -> otherwise);
        } catch (SQLException e) {
            throw SqlErrors.failed("Looking for an earlier call with the same append", e);
        }
    }

    /** Sends an append of unknown outcome again until there is an answer. */
    private AppendResult findOut(EncodedAppend append, AppendOutcome.Unknown first) {
        var lost = first.cause();
        var abandoned = new HashSet<>(Set.of(first.backend()));
        long deadline = System.nanoTime() + patience.toNanos();
        long backOff = FIRST_BACK_OFF_MILLIS;
        while (true) {
            try {
                if (abandonedBackends.end(abandoned)) {
                    switch (alone(append)) {
                        case AppendOutcome.Stored(var result) -> {
                            return result;
                        }
                        case AppendOutcome.Refused(var reason) -> {
                            return original(append, reason);
                        }
                        case AppendOutcome.IdTaken(var id) -> {
                            return original(append, new DuplicateEventException(id));
                        }
                        case AppendOutcome.Failed(var cause) -> lost.addSuppressed(cause);
                        case AppendOutcome.NotSent(var cause) -> lost.addSuppressed(cause);
                        case AppendOutcome.Unknown(var cause, int backend) -> {
                            lost.addSuppressed(cause);
                            abandoned.add(backend);
                        }
                    }
                }
            } catch (SQLException | StoreUnavailableException e) {
                lost.addSuppressed(e);
            }
            if (System.nanoTime() - deadline > 0 || Thread.currentThread().isInterrupted()) {
                throw new AppendOutcomeUnknownException(
                        "The connection was lost during an append (" + SqlErrors.reason(lost)
                                + ") and the outcome could not be found out within " + patience.toSeconds()
                                + " s: repeat the same append, with the same event ids, to learn it",
                        lost);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(backOff));
            backOff = Math.min(2 * backOff, LONGEST_BACK_OFF_MILLIS);
        }
    }
}
