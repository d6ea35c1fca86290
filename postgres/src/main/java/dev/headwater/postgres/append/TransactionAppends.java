package dev.headwater.postgres.append;

import dev.headwater.HeadwaterException;
import dev.headwater.postgres.jdbc.Schema;
import dev.headwater.store.AppendConditionException;
import dev.headwater.store.AppendResult;
import dev.headwater.store.spi.EncodedAppend;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** Appends in transactions that are the caller's. Thread-safe, as far as a connection is. */
public final class TransactionAppends {

    private final AppendCall call;
    private final StoredAppends stored;
    private final ConditionLook look;
    private final int lockTimeoutMillis;

    /**
     * Appends to the log in this schema.
     *
     * @param lockTimeout how long an append waits for the critical section
     */
    public TransactionAppends(Schema schema, Duration lockTimeout) {
        this.call = new AppendCall(schema);
        this.stored = new StoredAppends(schema);
        this.look = new ConditionLook(schema);
        this.lockTimeoutMillis = Math.toIntExact(lockTimeout.toMillis());
    }

    /**
     * An append that is in the log once the transaction commits.
     *
     * @param isNew whether this very transaction has stored it, and not an earlier one
     */
    public record Placed(AppendResult result, boolean isNew) {}

    /** Appends, or recognises an append that was stored before; throws the refusal otherwise. */
    public Placed append(Connection connection, EncodedAppend append) throws SQLException {
        if (append.condition().isEmpty()) {
            return place(connection, append);
        }
        try {
            // Looks before it waits for the critical section, so that others wait only for a look at what is new.
            return place(connection, look.narrow(connection, append));
        } catch (AppendConditionException e) {
            return earlier(connection, append, ConditionLook.widened(e, append));
        }
    }

    private Placed place(Connection connection, EncodedAppend append) throws SQLException {
        var answer = call.batch(connection, AppendBatch.of(append), true, lockTimeoutMillis, true)
                .outcomes()
                .getFirst();
        return switch (answer) {
            case AppendOutcome.Stored(var result) -> new Placed(result, true);
            case AppendOutcome.Violated violated -> throw violated.exception();
            case AppendOutcome.Refusal refusal -> earlier(connection, append, refusal.exception());
        };
    }

    private Placed earlier(Connection connection, EncodedAppend append, HeadwaterException otherwise)
            throws SQLException {
        return switch (stored.find(connection, List.of(append)).getFirst()) {
            case AppendOutcome.Stored(var result) -> new Placed(result, false);
            case AppendOutcome.Refusal other -> throw other.exception();
            case null -> throw otherwise;
        };
    }
}
