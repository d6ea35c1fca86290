package dev.headwater.benchmarks;

import dev.headwater.postgres.PostgresDatabase;
import dev.headwater.store.EventStore;

/** Headwater's store on a database, as an application with default settings has it. */
final class Headwater implements AutoCloseable {

    private final PostgresDatabase database;
    private final EventStore store;

    private Headwater(PostgresDatabase database) {
        this.database = database;
        this.store = new EventStore(database.eventStorage(), SampleEvents.TYPES);
    }

    /** Connects, and creates Headwater's tables where they are missing. */
    static Headwater open(String url) {
        return new Headwater(PostgresDatabase.builder().url(url).open());
    }

    EventStore store() {
        return store;
    }

    @Override
    public void close() {
        database.close();
    }
}
