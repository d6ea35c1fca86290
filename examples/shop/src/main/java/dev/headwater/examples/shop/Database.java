package dev.headwater.examples.shop;

import dev.headwater.HeadwaterException;
import dev.headwater.embedded.EmbeddedDatabase;
import dev.headwater.postgres.PostgresDatabase;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** The database that the shop runs on: one of its own, or a running one. */
record Database(PostgresDatabase postgres, @Nullable EmbeddedDatabase embedded) implements AutoCloseable {

    static Database open(Options options) {
        if (options.database != null) {
            return new Database(open(requireUrl(options.database)), null);
        }
        var embedded = options.data == null ? EmbeddedDatabase.start() : EmbeddedDatabase.start(options.data);
        try {
            return new Database(open(embedded.jdbcUrl()), embedded);
        } catch (RuntimeException e) {
            embedded.close();
            throw e;
        }
    }

    /** What the driver does not take makes the pool fail with a message that holds the URL, and so the password. */
    private static String requireUrl(String url) {
        try {
            DriverManager.getDriver(url);
            return url;
        } catch (SQLException e) {
            throw new UnusableDatabaseException(
                    "The URL of the database is malformed: expected jdbc:postgresql://HOST/DATABASE, with anything special in"
                            + " user and password percent-encoded",
                    e);
        }
    }

    private static PostgresDatabase open(String jdbcUrl) {
        try {
            return PostgresDatabase.builder().url(jdbcUrl).open();
        } catch (HeadwaterException e) {
            throw new UnusableDatabaseException("The database cannot be used: " + e.getMessage(), e);
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
