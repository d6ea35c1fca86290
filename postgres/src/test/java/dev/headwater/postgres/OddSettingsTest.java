package dev.headwater.postgres;

import org.junit.jupiter.api.Nested;

/**
 * Settings of the driver and defaults of the role can break how statements are sent, how values are typed and how
 * transactions see each other, most of all in statements that go together and in transactions of handlers, as
 * subscriptions have them, which append and read a log as well. Left out are the suite of the log, and snapshots,
 * schemas and keys, which send plain statements.
 */
@OnlyInTheLongForm({"Effects", "Edits", "Rebuilds", "Overviews", "Redactions", "Decisions"})
class OddSettingsTest {

    @Nested
    class Subscriptions extends SettingContract.SubscriptionsIn {
        Subscriptions() {
            super(Setting.ODD);
        }
    }
}
