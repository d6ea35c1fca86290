package dev.headwater.postgres;

class ApplicationPoolTest extends SettingContract {

    ApplicationPoolTest() {
        super(Setting.APPLICATION);
    }
}
