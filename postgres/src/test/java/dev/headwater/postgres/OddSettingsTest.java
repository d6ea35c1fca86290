package dev.headwater.postgres;

class OddSettingsTest extends SettingContract {

    OddSettingsTest() {
        super(Setting.ODD);
    }
}
