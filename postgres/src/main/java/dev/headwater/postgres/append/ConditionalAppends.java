package dev.headwater.postgres.append;

import dev.headwater.postgres.jdbc.Connections;
import dev.headwater.postgres.jdbc.Schema;
import dev.headwater.postgres.jdbc.SqlErrors;
import dev.headwater.store.AppendCondition;
import dev.headwater.store.AppendConditionException;
import dev.headwater.store.AppendResult;
import dev.headwater.store.StoreUnavailableException;
import dev.headwater.store.spi.EncodedAppend;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Appends, and looks first for what breaks a condition whose position is not recent, so that nobody waits in the
 * critical section for more than a look at the latest events. Only a few look at a time, since a long look must not
 * take the connections of the others. Thread-safe.
 */
public final class ConditionalAppends {

    /** So many of the latest events are looked at in the critical section as fast as in a round trip of their own. */
    private static final int RECENT = 256;

    /** How long the head that was seen last counts as the present one, though other processes may append. */
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final int LOOKS_AT_ONCE = 2;

    private final Connections connections;
    private final ConditionLook look;
    private final StoredAppends stored;
    private final Duration patience;
    private final AppendProtocol protocol;
    private final Semaphore looks = new Semaphore(LOOKS_AT_ONCE);
    private volatile @Nullable Head head;

    private record Head(long position, long seenAt) {}

    /**
     * Appends by this protocol.
     *
     * @param patience how long to wait until others have looked
     */
    public ConditionalAppends(Connections connections, Schema schema, Duration patience, AppendProtocol protocol) {
        this.connections = connections;
        this.look = new ConditionLook(schema);
        this.stored = new StoredAppends(schema);
        this.patience = patience;
        this.protocol = protocol;
    }

    /** Appends and returns when the events are durable. */
    public AppendResult append(EncodedAppend append) {
        var condition = append.condition();
        if (condition.isEmpty() || isRecent(condition.get())) {
            return send(append);
        }
        EncodedAppend narrowed;
        try {
            narrowed = look(append);
        } catch (AppendConditionException e) {
            return original(append, e);
        }
        try {
            return send(narrowed);
        } catch (AppendConditionException e) {
            throw ConditionLook.widened(e, append);
        }
    }

    private AppendResult send(EncodedAppend append) {
        var result = protocol.append(append);
        head = new Head(result.lastPosition(), System.nanoTime());
        return result;
    }

    private boolean isRecent(AppendCondition condition) {
        var latest = head;
        return latest != null
                && System.nanoTime() - latest.seenAt() < FRESH_NANOS
                && condition.after() >= latest.position() - RECENT;
    }

    private EncodedAppend look(EncodedAppend append) {
        awaitTurn();
        try {
            return connections.with(connection -> look.narrow(connection, append));
        } catch (SQLException e) {
            if (SqlErrors.isConnectionLost(e) && !(e instanceof SQLTransientConnectionException)) {
                return append; // the critical section looks for itself
            }
            throw SqlErrors.failed("Looking for what breaks the condition of an append", e);
        } finally {
            looks.release();
        }
    }

    private void awaitTurn() {
        try {
            if (!looks.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new StoreUnavailableException(
                        "The condition of an append could not be looked up for " + patience.toSeconds()
                                + " s, since other looks take long; nothing was stored, try again later",
                        null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreUnavailableException(
                    "The append was interrupted before its condition was looked up; nothing was stored", e);
        }
    }

    /** The result of an earlier call with this very append, which the condition would rule out now. */
    private AppendResult original(EncodedAppend append, AppendConditionException otherwise) {
        try {
            return connections
                    .with(connection -> stored.find(connection, append))
                    .orElseThrow(() -> otherwise);
        } catch (SQLException e) {
            throw SqlErrors.failed("Looking for an earlier call with the same append", e);
        }
    }
}
