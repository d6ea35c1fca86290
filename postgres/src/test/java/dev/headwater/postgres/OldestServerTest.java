package dev.headwater.postgres;

class OldestServerTest extends SettingContract {

    OldestServerTest() {
        super(Setting.OLDEST);
    }
}
