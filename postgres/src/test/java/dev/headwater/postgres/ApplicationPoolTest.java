package dev.headwater.postgres;

import org.junit.jupiter.api.Nested;

/**
 * A role without rights of its own and connections without auto-commit can break every table and every call, so each
 * kind of storage is here. Left out is the suite of the log: the suite of subscriptions appends and reads through the
 * same calls, and what appends decide depends on neither.
 */
class ApplicationPoolTest {

    @Nested
    class Subscriptions extends SettingContract.SubscriptionsIn {
        Subscriptions() {
            super(Setting.APPLICATION);
        }
    }

    @Nested
    class Snapshots extends SettingContract.SnapshotsIn {
        Snapshots() {
            super(Setting.APPLICATION);
        }
    }

    @Nested
    class Schemas extends SettingContract.SchemasIn {
        Schemas() {
            super(Setting.APPLICATION);
        }
    }

    @Nested
    class Keys extends SettingContract.KeysIn {
        Keys() {
            super(Setting.APPLICATION);
        }
    }
}
