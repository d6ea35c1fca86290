package dev.headwater.postgres;

/** In the short form the other settings have on this server what is left out here. */
@OnlyInTheLongForm({"Subscriptions", "Snapshots", "Schemas", "Keys"})
class NewestServerTest extends SettingContract {

    NewestServerTest() {
        super(Setting.NEWEST);
    }
}
