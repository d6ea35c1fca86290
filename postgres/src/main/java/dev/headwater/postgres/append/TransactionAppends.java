package dev.headwater.postgres.append;

import dev.headwater.postgres.jdbc.Schema;
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
    private final int lockTimeoutMillis;

    /**
     * Appends to the log in this schema.
     *
     * @param lockTimeout how long an append waits for the critical section
     */
    public TransactionAppends(Schema schema, Duration lockTimeout) {
        this.call = new AppendCall(schema);
        this.stored = new StoredAppends(schema);
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
        var answer = call.batch(connection, AppendBatch.of(append), true, lockTimeoutMillis, true)
                .outcomes()
                .getFirst();
        return switch (answer) {
            case AppendOutcome.Stored(var result) -> new Placed(result, true);
            case AppendOutcome.Refusal refusal -> {
                var earlier = stored.find(connection, List.of(append)).getFirst();
                yield switch (earlier) {
                    case AppendOutcome.Stored(var result) -> new Placed(result, false);
                    case AppendOutcome.Refusal other -> throw other.exception();
                    case null -> throw refusal.exception();
                };
            }
        };
    }
}
