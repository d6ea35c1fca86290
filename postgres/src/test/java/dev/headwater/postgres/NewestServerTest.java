package dev.headwater.postgres;

class NewestServerTest extends SettingContract {

    NewestServerTest() {
        super(Setting.NEWEST);
    }
}
