package dev.headwater.postgres;

import dev.headwater.store.spi.ForwardingEventStorage;

/** A storage that closes its database too, as the contract suites expect to close one thing. */
class ClosingStorage extends ForwardingEventStorage {

    private final PostgresDatabase database;
    private final String schema;

    ClosingStorage(PostgresDatabase database, String schema) {
        super(database.eventStorage());
        this.database = database;
        this.schema = schema;
    }

    String schema() {
        return schema;
    }

    @Override
    public void close() {
        database.close();
    }
}
