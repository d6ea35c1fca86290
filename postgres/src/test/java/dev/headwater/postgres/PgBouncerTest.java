package dev.headwater.postgres;

class PgBouncerTest extends SettingContract {

    PgBouncerTest() {
        super(Setting.PGBOUNCER);
    }
}
