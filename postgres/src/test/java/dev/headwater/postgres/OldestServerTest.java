package dev.headwater.postgres;

/**
 * In the short form what depends on the SQL of a server: the suites of what is built on the storages are left out, and
 * those about values that a server of any version stores as bytes.
 */
@OnlyInTheLongForm({"Processes", "Workflows", "Envelopes", "Payloads", "HostileInput", "Sizes", "Exporting"})
class OldestServerTest extends SettingContract {

    OldestServerTest() {
        super(Setting.OLDEST);
    }
}
