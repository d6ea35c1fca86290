package dev.headwater.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import dev.headwater.postgres.append.AppendProtocol;
import dev.headwater.postgres.delivery.PostgresDeadLetters;
import dev.headwater.postgres.delivery.PostgresSubscriptionStorage;
import dev.headwater.postgres.failure.PostgresException;
import dev.headwater.postgres.jdbc.Connections;
import dev.headwater.postgres.jdbc.Schema;
import dev.headwater.postgres.jdbc.SqlErrors;
import dev.headwater.postgres.migration.Migrations;
import dev.headwater.postgres.migration.ServerCheck;
import dev.headwater.postgres.read.Announcements;
import dev.headwater.privacy.CachedSubjectKeys;
import dev.headwater.privacy.SubjectKeys;
import dev.headwater.store.SnapshotStore;
import dev.headwater.store.StoreUnavailableException;
import dev.headwater.subscription.DeadLetters;
import dev.headwater.subscription.spi.SubscriptionStorage;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL database that holds an event log, snapshots and checkpoints in a schema of its own.
 *
 * <p>Opening it checks the server, brings the schema to the version of this code and fills a connection pool. It
 * refuses, with the reason, a server that is too old or could lose acknowledged events, and a role that lacks rights.
 * PostgreSQL 14 to 18 are supported. Thread-safe.
 *
 * <pre>{@code
 * try (var database = PostgresDatabase.builder().url("jdbc:postgresql://localhost/orders").open();
 *         var store = new EventStore(database.eventStorage(), MessageTypes.of(OrderEvent.class))) {
 *     …
 * }
 * }</pre>
 */
public final class PostgresDatabase implements AutoCloseable {

    private final DataSource dataSource;
    private final @Nullable HikariDataSource pool;
    private final Schema schema;
    private final Connections connections;
    private final Announcements announcements;
    private final PostgresEventStorage eventStorage;
    private final PostgresSnapshotStore snapshotStore;
    private final PostgresSubscriptionStorage subscriptionStorage;
    private final DeadLetters deadLetters;
    private final SubjectKeys subjectKeys;

    private PostgresDatabase(Builder settings, DataSource dataSource, @Nullable HikariDataSource pool) {
        this.dataSource = dataSource;
        this.pool = pool;
        this.schema = settings.schema;
        this.connections = new Connections(dataSource);
        prepare(settings, connections);
        this.announcements = new Announcements(connections, schema);
        var protocol = new AppendProtocol(connections, schema, settings.appendPatience, announcements::announce);
        this.eventStorage = new PostgresEventStorage(
                connections, schema, settings.lockTimeout, settings.appendPatience, protocol, announcements);
        this.snapshotStore = new PostgresSnapshotStore(connections, schema);
        this.subscriptionStorage = new PostgresSubscriptionStorage(connections, schema);
        this.deadLetters = new PostgresDeadLetters(connections, schema);
        this.subjectKeys = new CachedSubjectKeys(
                new PostgresSubjectKeys(connections, schema),
                settings.keyTimeToLive,
                CachedSubjectKeys.DEFAULT_CAPACITY);
    }

    private static void prepare(Builder settings, Connections connections) {
        try {
            connections.with(connection -> {
                ServerCheck.requireSafe(connection, settings.unsafeServerAllowed);
                new Migrations(settings.schema, settings.migrationTimeout).run(connection);
                ServerCheck.requireRights(connection, settings.schema);
                return true;
            });
        } catch (SQLException e) {
            throw SqlErrors.failed("Opening the schema '" + settings.schema.name() + "'", e);
        }
    }

    /** Starts the settings of a database; the URL or a data source is the only one that must be given. */
    public static Builder builder() {
        return new Builder();
    }

    /** The event log. */
    public PostgresEventStorage eventStorage() {
        return eventStorage;
    }

    /** The snapshots of aggregates. */
    public SnapshotStore snapshotStore() {
        return snapshotStore;
    }

    /** What subscriptions keep: their projections write through the connection they are handed. */
    public SubscriptionStorage<Connection> subscriptionStorage() {
        return subscriptionStorage;
    }

    /** The events that subscriptions could not handle. */
    public DeadLetters deadLetters() {
        return deadLetters;
    }

    /**
     * The keys that encrypt personal data, remembered for a minute unless said otherwise. Every call returns the same
     * object, so what is forgotten through it is forgotten in this process at once.
     */
    public SubjectKeys subjectKeys() {
        return subjectKeys;
    }

    /** The connections that the store itself uses, for read models in the same database. */
    public DataSource dataSource() {
        return dataSource;
    }

    Connections connections() {
        return connections;
    }

    Schema schema() {
        return schema;
    }

    /** Closes the connections, unless they belong to a data source of the caller's. */
    @Override
    public void close() {
        announcements.close();
        if (pool != null) {
            pool.close();
        }
    }

    /** The settings of a {@link PostgresDatabase}. Not thread-safe. */
    public static final class Builder {

        private static final int DEFAULT_POOL_SIZE = 10;
        private static final int SMALLEST_POOL_SIZE = 4;
        private static final Duration CONNECTION_TIMEOUT = Duration.ofSeconds(10);

        private @Nullable String url;
        private @Nullable String user;
        private @Nullable String password;
        private @Nullable DataSource source;
        private Schema schema = new Schema("headwater");
        private int poolSize = DEFAULT_POOL_SIZE;
        private Duration lockTimeout = Duration.ofSeconds(10);
        private Duration appendPatience = Duration.ofSeconds(30);
        private Duration migrationTimeout = Duration.ofSeconds(60);
        private Duration keyTimeToLive = CachedSubjectKeys.DEFAULT_TIME_TO_LIVE;
        private boolean unsafeServerAllowed;

        private Builder() {}

        /** The JDBC URL, as in {@code jdbc:postgresql://localhost/orders}; a pool of connections is made from it. */
        public Builder url(String jdbcUrl) {
            this.url = jdbcUrl;
            return this;
        }

        /** User and password, when the URL does not hold them. */
        public Builder credentials(String userName, @Nullable String userPassword) {
            this.user = userName;
            this.password = userPassword;
            return this;
        }

        /**
         * A pool of the application's own instead of a URL, with at least {@value #SMALLEST_POOL_SIZE} connections of
         * the PostgreSQL driver; closing the database leaves it open.
         */
        public Builder dataSource(DataSource dataSource) {
            this.source = dataSource;
            return this;
        }

        /** The database schema, {@code headwater} by default; created when it is missing. */
        public Builder schema(String name) {
            this.schema = new Schema(name);
            return this;
        }

        /** The most connections, {@value #DEFAULT_POOL_SIZE} by default, at least {@value #SMALLEST_POOL_SIZE}. */
        public Builder poolSize(int connections) {
            if (connections < SMALLEST_POOL_SIZE) {
                throw new IllegalArgumentException("The pool size is " + connections + ": expected "
                        + SMALLEST_POOL_SIZE + " or more, since appends, reads and notifications each need their own");
            }
            this.poolSize = connections;
            return this;
        }

        /** How long an append waits for other appends that hold the critical section; 10 seconds by default. */
        public Builder lockTimeout(Duration timeout) {
            this.lockTimeout = requirePositive("lock timeout", timeout);
            return this;
        }

        /**
         * How long an append waits for room in the queue, and how long the outcome of an append is sought after its
         * connection was lost; 30 seconds by default.
         */
        public Builder appendPatience(Duration patience) {
            this.appendPatience = requirePositive("patience of appends", patience);
            return this;
        }

        /** How long opening waits for another process that migrates the schema; a minute by default. */
        public Builder migrationTimeout(Duration timeout) {
            this.migrationTimeout = requirePositive("migration timeout", timeout);
            return this;
        }

        /**
         * How long the keys of subjects are remembered in this process, and so the longest time that it can read what
         * another process has forgotten; a minute by default, zero to ask the database for every value.
         */
        public Builder keyTimeToLive(Duration timeToLive) {
            if (timeToLive.isNegative()) {
                throw new IllegalArgumentException(
                        "The time to live of keys is " + timeToLive + ": expected zero or more");
            }
            this.keyTimeToLive = timeToLive;
            return this;
        }

        /**
         * Accepts a server that may lose or corrupt acknowledged events in a crash, with {@code fsync} or
         * {@code full_page_writes} switched off: for tests and throw-away data.
         */
        public Builder allowUnsafeServer() {
            this.unsafeServerAllowed = true;
            return this;
        }

        /**
         * Connects, checks the server, and migrates the schema.
         *
         * @throws PostgresException when this server, schema or role cannot be used; the message says why
         * @throws StoreUnavailableException when the server cannot be reached or another process does not finish
         *     migrating
         */
        public PostgresDatabase open() {
            if ((url == null) == (source == null)) {
                throw new IllegalStateException("Expected either a URL or a data source");
            }
            if (source != null) {
                return new PostgresDatabase(this, source, null);
            }
            var pool = pool(Objects.requireNonNull(url));
            try {
                return new PostgresDatabase(this, pool, pool);
            } catch (RuntimeException e) {
                pool.close();
                throw e;
            }
        }

        private HikariDataSource pool(String jdbcUrl) {
            var config = new HikariConfig();
            config.setPoolName("headwater-" + schema.name());
            config.setJdbcUrl(jdbcUrl);
            config.setUsername(user);
            config.setPassword(password);
            config.setMaximumPoolSize(poolSize);
            config.setConnectionTimeout(CONNECTION_TIMEOUT.toMillis());
            config.setInitializationFailTimeout(CONNECTION_TIMEOUT.toMillis());
            config.setConnectionInitSql("SET lock_timeout = " + lockTimeout.toMillis());
            config.addDataSourceProperty("ApplicationName", "headwater");
            config.addDataSourceProperty("prepareThreshold", "1");
            config.addDataSourceProperty("tcpKeepAlive", "true");
            try {
                return new HikariDataSource(config);
            } catch (PoolInitializationException e) {
                throw new StoreUnavailableException(
                        "No connection to the database could be made: " + e.getMessage(), e);
            }
        }

        private static Duration requirePositive(String what, Duration duration) {
            if (duration.isNegative() || duration.isZero()) {
                throw new IllegalArgumentException("The " + what + " is " + duration + ": expected more than zero");
            }
            return duration;
        }
    }
}
