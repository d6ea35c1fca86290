package dev.headwater.postgres;

import org.junit.jupiter.api.Nested;

/**
 * What a pooler in transaction mode can break is whatever relies on a session: locks, prepared statements, settings and
 * notifications, all of which the log uses. Left out are subscriptions, which lock and set only within transactions as
 * appends do, and snapshots, schemas and keys, whose every call is one statement.
 */
@OnlyInTheLongForm({
    "Reading",
    "Querying",
    "ReservedStreams",
    "Paging",
    "PositionsByTime",
    "Envelopes",
    "Payloads",
    "HostileInput",
    "Sizes",
    "Exporting"
})
class PgBouncerTest {

    @Nested
    class Events extends SettingContract.EventsIn {
        Events() {
            super(Setting.PGBOUNCER);
        }
    }
}
