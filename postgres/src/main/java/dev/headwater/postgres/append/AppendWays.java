package dev.headwater.postgres.append;

import dev.headwater.postgres.jdbc.Schema;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * Sends a batch on the shortest of three ways that suits it: as foreseen ({@link ForeseenAppend}), as a single event
 * whose stream is looked up ({@link SingleAppend}), or by the function that looks everything up and knows why an append
 * is refused ({@link AppendCall}). The first two store nothing when they do not suit after all. Not thread-safe.
 */
final class AppendWays {

    private final KnownLog known = new KnownLog();
    private final ForeseenAppend foreseen;
    private final SingleAppend single;
    private final AppendCall call;

    AppendWays(Schema schema, AppendCall call) {
        this.foreseen = new ForeseenAppend(schema);
        this.single = new SingleAppend(schema);
        this.call = call;
    }

    /**
     * Appends and returns one outcome for each append of the batch.
     *
     * @param looksForIds whether an event id that is stored already may be expected; otherwise it is an error
     */
    List<AppendOutcome.Answer> append(
            Connection connection, AppendBatch batch, boolean looksForIds, int lockTimeoutMillis) throws SQLException {
        boolean isDone = false;
        try {
            var answer = looksForIds
                    ? call.batch(connection, batch, true, lockTimeoutMillis, false)
                    : send(connection, batch, lockTimeoutMillis);
            known.learn(batch, answer);
            isDone = true;
            return answer.outcomes();
        } finally {
            if (!isDone) {
                known.forget();
            }
        }
    }

    private BatchAnswer send(Connection connection, AppendBatch batch, int lockTimeoutMillis) throws SQLException {
        var foresight = known.foresee(batch);
        if (foresight.isPresent()) {
            var answer = foreseen.tryAppend(connection, batch, foresight.get(), lockTimeoutMillis);
            if (answer.isPresent()) {
                return answer.get();
            }
            known.forget();
        }
        var first = batch.appends().getFirst();
        if (batch.appends().size() == 1 && SingleEvent.isAllOf(first)) {
            var answer = single.tryAppend(connection, first, lockTimeoutMillis);
            if (answer.isPresent()) {
                return answer.get();
            }
        }
        return call.batch(connection, batch, false, lockTimeoutMillis, false);
    }
}
