package dev.headwater.postgres.append;

/**
 * The critical section of appends for plain statements; inside {@code append_batch} the server function enters it.
 *
 * <p>The driver sends the statement that enters and the one behind it before it asks for an answer, so the server runs
 * both as one transaction; the second takes its snapshot after the first has the lock. Outside of a function each is a
 * plan of its own that the server keeps.
 */
final class CriticalSection {

    private static final String LOCK = """
            CASE WHEN current_setting('transaction_isolation') = 'read committed'
                    AND current_setting('synchronous_commit') <> 'off'
                THEN pg_advisory_xact_lock({lockClass}, {lockKey}) ELSE {schema}.enter_append(NULL) END;
            """;

    /** Takes the lock. */
    static final String ENTER = "SELECT " + LOCK;

    /** Takes the lock, and keeps the next plan from being made for a table as it was while still empty. */
    static final String ENTER_WITH_LASTING_PLAN = """
            SELECT set_config('enable_seqscan', 'off', true), set_config('plan_cache_mode', 'force_generic_plan', true),
            """ + LOCK;

    private CriticalSection() {}
}
