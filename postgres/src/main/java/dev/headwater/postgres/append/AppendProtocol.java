package dev.headwater.postgres.append;

import dev.headwater.postgres.jdbc.Connections;
import dev.headwater.postgres.jdbc.Schema;
import dev.headwater.postgres.jdbc.SqlErrors;
import dev.headwater.store.AppendOutcomeUnknownException;
import dev.headwater.store.AppendResult;
import dev.headwater.store.StoreUnavailableException;
import dev.headwater.store.spi.EncodedAppend;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

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
 * it. {@link GroupCommit} sends together what arrives together, and one flight settles all that it carries. A batch
 * holds only appends that cannot influence each other ({@link AppendBatch}), so that the server checks and inserts them
 * as sets; each is accepted or refused on its own. What became of an append is data ({@link AppendOutcome}) until its
 * own caller makes a result or an exception of it.
 *
 * <h2>Once</h2>
 *
 * <p>Event ids are unique, which an index guarantees. On the healthy path nothing else looks for repetitions. Only when
 * an append is not simply stored its ids are looked up:
 *
 * <ul>
 *   <li>This process remembers stored it lately ({@link RecentAppends}): the ids are looked up before it takes a place
 *       in a flight.
 *   <li>Refused because a stream or the log had moved on: it may be a repetition of an append that was stored. Stored
 *       events never change, so one look-up after the flight, without the lock, does for all who were refused. If the
 *       ids stand side by side, in this order and in these streams, that was this append, and its original result is
 *       the answer.
 *   <li>An id was taken, which is an error of the whole call: the same flight sends its batch again with a look for ids
 *       in the critical section, and only those appends are answered otherwise.
 *   <li>There was no answer, because the connection broke, a limit was reached, or something was thrown that is no
 *       answer: the batch may have been committed, or may be just about to be. The server process that had it is ended,
 *       and once it is gone ({@link AbandonedBackends}) the append takes a place in another flight, which looks for
 *       ids, until there is an answer. If the first try was committed, its ids are found. Should a connection pooler
 *       between client and server hide that process, the unique index still keeps the first try from being stored after
 *       the second; and what was refused the second time would be refused the first time, too, since versions only
 *       grow. Only when no answer can be had in time the outcome is reported as unknown; repeating the append later
 *       remains safe.
 * </ul>
 *
 * <h2>In time</h2>
 *
 * <p>A caller has an answer within patience and lock timeout, whatever the network does. A flight ends within the lock
 * timeout and half the patience, so that there is time to find out what became of it. On the server each wait for a
 * lock ends with what is left of the lock timeout, which the statement that enters the critical section brings along.
 */
public final class AppendProtocol {

    private static final long FIRST_BACK_OFF_MILLIS = 20;
    private static final long LONGEST_BACK_OFF_MILLIS = 500;

    private final Connections connections;
    private final StoredAppends stored;
    private final RecentAppends recent = new RecentAppends();
    private final GroupCommit groupCommit;
    private final AbandonedBackends abandonedBackends;
    private final Duration longest;

    /**
     * Creates the protocol.
     *
     * @param lockTimeout how long an append waits for the critical section
     * @param patience how long to wait for room in the queue, and to look for the outcome after a lost connection
     * @param events is told of appends
     */
    public AppendProtocol(
            Connections connections, Schema schema, Duration lockTimeout, Duration patience, AppendEvents events) {
        var flightLimit = flightLimit(lockTimeout, patience);
        this.connections = connections;
        this.stored = new StoredAppends(schema);
        this.groupCommit = new GroupCommit(
                patience, flightLimit, new FlightCrew(connections, schema, lockTimeout, patience, events));
        this.abandonedBackends = new AbandonedBackends(connections);
        this.longest = lockTimeout.plus(patience);
    }

    /** How long a flight may take, and with it any call: so that what became of it can be found out in time. */
    public static Duration flightLimit(Duration lockTimeout, Duration patience) {
        return lockTimeout.plus(patience.dividedBy(2));
    }

    /** Appends and returns when the events are durable. */
    public AppendResult append(EncodedAppend append) {
        long deadline = System.nanoTime() + longest.toNanos();
        var outcome = recent.mayHold(append) ? earlier(append) : null;
        if (outcome == null) {
            outcome = groupCommit.submit(append, deadline, false);
        }
        if (outcome instanceof AppendOutcome.Unknown(var call)) {
            outcome = findOut(append, call, deadline);
        }
        return switch (outcome) {
            case AppendOutcome.Stored(var result) -> {
                recent.add(append);
                yield result;
            }
            case AppendOutcome.Refusal refusal -> throw refusal.exception();
            case AppendOutcome.Failed(var cause, var holders) ->
                throw LockHolder.explain("The append", SqlErrors.copy(cause), holders);
            case AppendOutcome.NotSent(var reason, var cause) -> throw notSent(reason, cause);
            case AppendOutcome.Unknown(var call) -> throw unknown(call);
        };
    }

    /** What an earlier call with this append has stored; null when it has not, or cannot be asked. */
    private @Nullable AppendOutcome earlier(EncodedAppend append) {
        try {
            return connections
                    .with(connection -> stored.find(connection, List.of(append)))
                    .getFirst();
        } catch (SQLException e) {
            return null; // the flight finds the id
        }
    }

    private static StoreUnavailableException notSent(String reason, @Nullable Throwable cause) {
        var failure = cause == null ? null : SqlErrors.copy(cause);
        return new StoreUnavailableException(
                reason + (failure == null ? "" : ": " + SqlErrors.reason(failure))
                        + "; nothing was stored, try again later",
                failure);
    }

    private AppendOutcomeUnknownException unknown(LostCall call) {
        var failure = SqlErrors.copy(call.cause());
        return new AppendOutcomeUnknownException(
                "The connection was lost during an append (" + SqlErrors.reason(failure)
                        + ") and the outcome could not be found out within " + longest.toSeconds()
                        + " s: repeat the same append, with the same event ids, to learn it",
                failure);
    }

    /** Sends an append of unknown outcome again until there is an answer, or no time left. */
    private AppendOutcome findOut(EncodedAppend append, LostCall first, long deadline) {
        var lost = first;
        long backOff = FIRST_BACK_OFF_MILLIS;
        boolean interrupted = false;
        try {
            while (true) {
                interrupted |= Thread.interrupted();
                var outcome = sendAgain(append, lost, deadline);
                switch (outcome) {
                    case AppendOutcome.Answer answer -> {
                        return answer;
                    }
                    case AppendOutcome.Unknown(var again) -> lost = again;
                    case AppendOutcome.Failed failed -> {}
                    case AppendOutcome.NotSent notSent -> {}
                }
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return new AppendOutcome.Unknown(lost);
                }
                LockSupport.parkNanos(Math.min(left, TimeUnit.MILLISECONDS.toNanos(backOff)));
                backOff = Math.min(2 * backOff, LONGEST_BACK_OFF_MILLIS);
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private AppendOutcome sendAgain(EncodedAppend append, LostCall lost, long deadline) {
        try {
            long left = Math.max(1, deadline - System.nanoTime());
            return lost.isOver(abandonedBackends, Duration.ofNanos(left))
                    ? groupCommit.submit(append, deadline, true)
                    : new AppendOutcome.NotSent("The server process of the first try is still there", null);
        } catch (SQLException e) {
            return new AppendOutcome.NotSent("The server process of the first try could not be ended", e);
        }
    }
}
