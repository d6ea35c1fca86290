package dev.headwater.postgres;

import dev.headwater.testkit.SubscriptionStorageContract;
import java.sql.Connection;

class NewestPostgresSubscriptionStorageTest extends SubscriptionStorageContract<Connection> {

    @Override
    protected Subject<Connection> open() throws Exception {
        return new PostgresSubject(TestServers.newest());
    }
}
