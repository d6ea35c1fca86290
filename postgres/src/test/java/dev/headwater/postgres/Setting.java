package dev.headwater.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.headwater.embedded.EmbeddedDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The surroundings that people have, in all of which the store does the same. */
enum Setting {

    /** A pool of its own on the newest server. */
    NEWEST {
        @Override
        PostgresDatabase.Builder builder(String schema) {
            return own(server().jdbcUrl(), schema);
        }
    },

    /** A pool of its own on the oldest server. */
    OLDEST {
        @Override
        EmbeddedDatabase server() {
            return TestServers.oldest();
        }

        @Override
        PostgresDatabase.Builder builder(String schema) {
            return own(server().jdbcUrl(), schema);
        }
    },

    /** In transaction mode, without prepared statements. */
    PGBOUNCER {
        @Override
        PostgresDatabase.Builder builder(String schema) {
            return own(Bouncer.RUNNING.jdbcUrl() + "&prepareThreshold=0", schema)
                    .listenUrl(server().jdbcUrl());
        }
    },

    /**
     * A pool of the application's, with auto-commit off and leak detection, for a role that has what
     * {@link PostgresDatabase.Builder#grantsFor} says and no more.
     */
    APPLICATION {
        @Override
        PostgresDatabase.Builder builder(String schema) {
            var pool = ApplicationPool.POOL;
            TestServers.open(server(), schema).close();
            execute(server(), PostgresDatabase.builder().schema(schema).grantsFor(ApplicationPool.ROLE));
            return PostgresDatabase.builder().dataSource(pool).schema(schema).migrations(MigrationMode.VALIDATE);
        }
    },

    /** Whatever the driver can be told, and a role with other defaults than everybody else. */
    ODD {
        @Override
        PostgresDatabase.Builder builder(String schema) {
            return own(OddRole.URL, schema).credentials(OddRole.NAME, OddRole.PASSWORD);
        }
    };

    private static final Map<EmbeddedDatabase, Connection> OWNERS = new HashMap<>();

    abstract PostgresDatabase.Builder builder(String schema);

    EmbeddedDatabase server() {
        return TestServers.newest();
    }

    private static PostgresDatabase.Builder own(String url, String schema) {
        return PostgresDatabase.builder().url(url).schema(schema).poolSize(4);
    }

    /** Runs statements as the owner of the server, all on one connection, since making one costs more than they do. */
    static synchronized void execute(EmbeddedDatabase server, String sql) {
        try (var statement = OWNERS.computeIfAbsent(server, Setting::connect).createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Connection connect(EmbeddedDatabase server) {
        try {
            return DriverManager.getConnection(server.jdbcUrl());
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class Bouncer {
        static final PgBouncer RUNNING = PgBouncer.before(TestServers.newest());
    }

    /** One for all tests: the applications that share it have a schema each. */
    private static final class ApplicationPool {

        static final String ROLE = "application";
        static final HikariDataSource POOL = pool();

        private static HikariDataSource pool() {
            execute(TestServers.newest(), "CREATE ROLE " + ROLE + " LOGIN PASSWORD 'app'");
            var config = new HikariConfig();
            config.setJdbcUrl(withoutUser(TestServers.newest()));
            config.setUsername(ROLE);
            config.setPassword("app");
            config.setAutoCommit(false);
            config.setMaximumPoolSize(12);
            config.setMinimumIdle(1);
            config.setLeakDetectionThreshold(TimeUnit.SECONDS.toMillis(2));
            return new HikariDataSource(config);
        }
    }

    private static final class OddRole {

        static final String NAME = "odd";
        static final String PASSWORD = "odd";
        static final String URL = withoutUser(TestServers.newest())
                + "?autosave=always&reWriteBatchedInserts=true&stringtype=unspecified"
                + "&preferQueryMode=extendedCacheEverything";

        static {
            execute(TestServers.newest(), """
                    CREATE ROLE odd LOGIN PASSWORD 'odd';
                    ALTER ROLE odd SET default_transaction_isolation = 'serializable';
                    ALTER ROLE odd SET default_transaction_read_only = on;
                    ALTER ROLE odd SET standard_conforming_strings = off;
                    GRANT CREATE ON DATABASE postgres TO odd""");
        }
    }

    static String withoutUser(EmbeddedDatabase server) {
        return server.jdbcUrl().replaceFirst("\\?.*", "");
    }
}
