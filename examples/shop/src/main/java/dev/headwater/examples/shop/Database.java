package dev.headwater.examples.shop;

import dev.headwater.HeadwaterException;
import dev.headwater.embedded.EmbeddedDatabase;
import dev.headwater.postgres.PostgresDatabase;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The database that the shop runs on: one of its own, or a running one. */
final class Database implements AutoCloseable {

    private static final String SCHEMA = "headwater";

    private final String jdbcUrl;
    private final PostgresDatabase postgres;
    private final @Nullable EmbeddedDatabase embedded;

    private Database(String jdbcUrl, String schema, @Nullable EmbeddedDatabase embedded) {
        this.jdbcUrl = jdbcUrl;
        this.postgres = connect(jdbcUrl, schema);
        this.embedded = embedded;
    }

    static Database open(Options options) {
        return open(options, SCHEMA);
    }

    /** Opens the part of a service, which has a schema of its own. */
    static Database open(Options options, String schema) {
        if (options.database != null) {
            return new Database(requireUrl(options.database), schema, null);
        }
        var embedded = options.data == null ? EmbeddedDatabase.start() : EmbeddedDatabase.start(options.data);
        try {
            return new Database(embedded.jdbcUrl(), schema, embedded);
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

    /** Opens a running database under a URL that the driver takes. */
    static PostgresDatabase connect(String jdbcUrl) {
        return connect(jdbcUrl, SCHEMA);
    }

    /** Opens one schema of a running database. */
    static PostgresDatabase connect(String jdbcUrl, String schema) {
        try {
            return PostgresDatabase.builder().url(jdbcUrl).schema(schema).open();
        } catch (HeadwaterException e) {
            throw new UnusableDatabaseException("The database cannot be used: " + e.getMessage(), e);
        }
    }

    PostgresDatabase postgres() {
        return postgres;
    }

    /**
     * The name of a process that uses the database, where whoever had the name before is dead for sure: a database of
     * one's own ends with its owner.
     */
    Optional<String> ownName(String name) {
        return embedded == null ? Optional.empty() : Optional.of(name);
    }

    /** Where other processes find it, with user and password: not for log files. */
    String jdbcUrl() {
        return jdbcUrl;
    }

    @Override
    public void close() {
        postgres.close();
        if (embedded != null) {
            embedded.close();
        }
    }
}
