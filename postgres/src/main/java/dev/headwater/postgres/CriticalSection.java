package dev.headwater.postgres;

/**
 * The critical section of appends for plain statements; inside {@code append_batch} the server function enters it.
 *
 * <p>The driver sends {@link #ENTER} and the statement behind it before it asks for an answer, so the server runs both
 * as one transaction; the second takes its snapshot after the first has the lock. Outside of a function each is a plan
 * of its own that the server keeps.
 */
final class CriticalSection {

    /** Takes the lock. The settings in front keep a plan from being made for the table as it was while still empty. */
    static final String ENTER = """
            SELECT set_config('enable_seqscan', 'off', true), set_config('plan_cache_mode', 'force_generic_plan', true),
                CASE WHEN current_setting('transaction_isolation') = 'read committed'
                        AND current_setting('synchronous_commit') <> 'off'
                    THEN pg_advisory_xact_lock({lockClass}, {lockKey}) ELSE {schema}.enter_append(NULL) END;
            """;

    private CriticalSection() {}
}
