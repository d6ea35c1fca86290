package dev.headwater.postgres.append;

import dev.headwater.postgres.jdbc.Connections;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * The critical section of appends for plain statements; inside {@code append_batch} the server function enters it.
 *
 * <p>The driver sends the statement that enters and the one behind it before it asks for an answer, so the server runs
 * both as one transaction; the second takes its snapshot after the first has the lock. Outside of a function each is a
 * plan of its own that the server keeps.
 */
final class CriticalSection {

    /** The first column answers the question; the lock timeout holds for the statement behind, too. */
    private static final String QUESTION = "SELECT ?::bigint, set_config('lock_timeout', ?, true),\n";

    private static final String LOCK = """
            CASE WHEN current_setting('transaction_isolation') = 'read committed'
                    AND current_setting('synchronous_commit') <> 'off'
                THEN pg_advisory_xact_lock({lockClass}, {lockKey}) ELSE {schema}.enter_append(NULL) END;
            """;

    /** The number of parameters of the statements that enter. */
    static final int PARAMETERS = 2;

    /** Takes the lock. */
    static final String ENTER = QUESTION + LOCK;

    /** Takes the lock, and keeps the next plan from being made for a table as it was while still empty. */
    static final String ENTER_WITH_LASTING_PLAN = QUESTION + """
            set_config('enable_seqscan', 'off', true), set_config('plan_cache_mode', 'force_generic_plan', true),
            """ + LOCK;

    private CriticalSection() {}

    /** Executes a statement that begins with one that enters, and moves on to the result of the one behind it. */
    static void execute(PreparedStatement statement, int lockTimeoutMillis) throws SQLException {
        long question = Connections.question();
        statement.setLong(1, question);
        statement.setString(2, Integer.toString(lockTimeoutMillis));
        Connections.requireAnswer(question, statement.execute() ? statement.getResultSet() : null);
        statement.getMoreResults();
    }
}
