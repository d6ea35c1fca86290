package dev.headwater.examples.shop;

import dev.headwater.HeadwaterException;
import dev.headwater.embedded.EmbeddedDatabase;
import dev.headwater.postgres.PostgresDatabase;
import org.jspecify.annotations.Nullable;

/** The database that the shop runs on: one of its own, or a running one. */
record Database(PostgresDatabase postgres, @Nullable EmbeddedDatabase embedded) implements AutoCloseable {

    static Database open(Options options) {
        if (options.database != null) {
            return new Database(open(options.database), null);
        }
        var embedded = options.data == null ? EmbeddedDatabase.start() : EmbeddedDatabase.start(options.data);
        try {
            return new Database(open(embedded.jdbcUrl()), embedded);
        } catch (RuntimeException e) {
            embedded.close();
            throw e;
        }
    }

    private static PostgresDatabase open(String jdbcUrl) {
        try {
            return PostgresDatabase.builder().url(jdbcUrl).open();
        } catch (HeadwaterException e) {
            throw new UnusableDatabaseException(e);
        }
    }

    @Override
    public void close() {
        postgres.close();
        if (embedded != null) {
            embedded.close();
        }
    }
}
