package dev.headwater.postgres;

import com.zaxxer.hikari.HikariDataSource;
import dev.headwater.postgres.append.AppendEvents;
import dev.headwater.postgres.append.AppendProtocol;
import dev.headwater.postgres.append.ConditionalAppends;
import dev.headwater.postgres.delivery.PostgresDeadLetters;
import dev.headwater.postgres.delivery.PostgresSubscriptionStorage;
import dev.headwater.postgres.failure.PostgresException;
import dev.headwater.postgres.jdbc.AutoCommit;
import dev.headwater.postgres.jdbc.Connections;
import dev.headwater.postgres.jdbc.Lender;
import dev.headwater.postgres.jdbc.Schema;
import dev.headwater.postgres.jdbc.ServerUrl;
import dev.headwater.postgres.jdbc.SqlErrors;
import dev.headwater.postgres.migration.FirstConnection;
import dev.headwater.postgres.migration.Migrations;
import dev.headwater.postgres.migration.Rights;
import dev.headwater.postgres.migration.ServerCheck;
import dev.headwater.postgres.migration.SessionSettings;
import dev.headwater.postgres.process.PostgresProcessStorage;
import dev.headwater.postgres.process.PostgresStepReceipts;
import dev.headwater.postgres.read.Announcements;
import dev.headwater.privacy.CachedSubjectKeys;
import dev.headwater.privacy.SubjectKeys;
import dev.headwater.store.AppendListener;
import dev.headwater.store.SnapshotStore;
import dev.headwater.store.StoreUnavailableException;
import dev.headwater.subscription.DeadLetters;
import dev.headwater.subscription.spi.SubscriptionStorage;
import dev.headwater.workflow.spi.ProcessStorage;
import dev.headwater.workflow.spi.StepReceipts;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL database that holds an event log, snapshots and checkpoints in a schema of its own.
 *
 * <p>Opening it checks the server, brings the schema to the version of this code and fills a connection pool. It
 * refuses, with the reason, a server that is too old or could lose acknowledged events, a role that lacks rights, and
 * settings that the store cannot work with. PostgreSQL 14 to 18 are supported. Thread-safe.
 *
 * <pre>{@code
 * try (var database = PostgresDatabase.builder().url("jdbc:postgresql://localhost/orders").open();
 *         var store = new EventStore(database.eventStorage(), MessageTypes.of(OrderEvent.class))) {
 *     …
 * }
 * }</pre>
 */
public final class PostgresDatabase implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PostgresDatabase.class);

    private static final Duration DEFAULT_CLOSE_LIMIT = Duration.ofSeconds(5);

    private final DataSource dataSource;
    private final @Nullable HikariDataSource pool;
    private final Schema schema;
    private final Connections connections;
    private final Announcements announcements;
    private final PostgresEventStorage eventStorage;
    private final PostgresSnapshotStore snapshotStore;
    private final PostgresSubscriptionStorage subscriptionStorage;
    private final DeadLetters deadLetters;
    private final ProcessStorage<Connection> processStorage;
    private final StepReceipts<Connection> stepReceipts;
    private final SubjectKeys subjectKeys;

    private PostgresDatabase(
            Builder settings, DataSource dataSource, @Nullable HikariDataSource pool, Lender lender, Access access) {
        this.dataSource = dataSource;
        this.pool = pool;
        this.schema = settings.schema;
        this.connections =
                new Connections(lender, AppendProtocol.flightLimit(settings.lockTimeout, settings.appendPatience));
        this.announcements = new Announcements(connections, access.listening(lender), schema);
        var events = new AppendEvents(announcements::announce, Optional.ofNullable(settings.appendListener));
        var protocol = new AppendProtocol(connections, schema, settings.lockTimeout, settings.appendPatience, events);
        var appends = new ConditionalAppends(connections, schema, settings.appendPatience, protocol);
        this.eventStorage = new PostgresEventStorage(
                connections,
                settings.readersAtOnce(dataSource),
                schema,
                settings.lockTimeout,
                settings.appendPatience,
                appends,
                announcements);
        this.snapshotStore = new PostgresSnapshotStore(connections, schema);
        this.subscriptionStorage = new PostgresSubscriptionStorage(connections, schema, settings.size(dataSource));
        LOG.info(
                "At most {} of the connections of the schema '{}' are in transactions of handlers at once",
                subscriptionStorage.concurrentTransactions(),
                schema.name());
        this.deadLetters = new PostgresDeadLetters(connections, schema);
        this.processStorage = new PostgresProcessStorage(connections, schema, eventStorage::within);
        this.stepReceipts = new PostgresStepReceipts(connections, schema, eventStorage::within);
        this.subjectKeys = new CachedSubjectKeys(
                new PostgresSubjectKeys(connections, schema),
                settings.keyTimeToLive,
                CachedSubjectKeys.DEFAULT_CAPACITY);
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

    /** What processes keep: their instances, and the events that none of them took. */
    public ProcessStorage<Connection> processStorage() {
        return processStorage;
    }

    /** What steps of workflows leave behind that are done in this database. */
    public StepReceipts<Connection> stepReceipts() {
        return stepReceipts;
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

    /** Closes the connections, as {@link #close(Duration)} does, within 5 seconds. */
    @Override
    public void close() {
        close(DEFAULT_CLOSE_LIMIT);
    }

    /**
     * Closes the connections, unless they belong to a data source of the caller's. What has not ended within the limit,
     * because the database does not answer or because somebody has not given a connection back, is left behind and
     * named in the log.
     *
     * @param limit the longest time this takes
     */
    public void close(Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        if (!announcements.close(limit)) {
            LOG.warn("The announcements of the schema '{}' are still at work on a connection", schema.name());
        }
        if (pool != null) {
            close(pool, Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
        }
    }

    private static void close(HikariDataSource pool, Duration limit) {
        var statistics = pool.getHikariPoolMXBean();
        var closing = Thread.ofVirtual().name("headwater close").start(pool::close);
        try {
            if (!closing.join(limit)) {
                LOG.warn(
                        "The pool '{}' was not closed in time: {} connections are left, {} of them in use",
                        pool.getPoolName(),
                        statistics.getTotalConnections(),
                        statistics.getActiveConnections());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            LOG.warn("Closing the pool '{}' was interrupted; it goes on by itself", pool.getPoolName());
        }
    }

    /** The settings of a {@link PostgresDatabase}. Not thread-safe. */
    public static final class Builder {

        private static final int DEFAULT_POOL_SIZE = 10;
        private static final int SMALLEST_POOL_SIZE = 4;
        private static final Duration VALIDATION_TIMEOUT = Duration.ofSeconds(5);
        private static final Duration LEAST_OF_POOL = Duration.ofMillis(250);

        private @Nullable ServerUrl url;
        private @Nullable ServerUrl listenUrl;
        private @Nullable String user;
        private @Nullable String password;
        private @Nullable DataSource source;
        private Schema schema = new Schema("headwater");
        private @Nullable Integer poolSize;
        private Duration lockTimeout = Duration.ofSeconds(10);
        private Duration appendPatience = Duration.ofSeconds(30);
        private Duration migrationTimeout = Duration.ofSeconds(60);
        private Duration keyTimeToLive = CachedSubjectKeys.DEFAULT_TIME_TO_LIVE;
        private MigrationMode migrationMode = MigrationMode.APPLY;
        private boolean unsafeServerAllowed;
        private boolean onlyReading;
        private @Nullable AppendListener appendListener;

        private Builder() {}

        /**
         * The JDBC URL, as in {@code jdbc:postgresql://localhost/orders}; a pool of connections is made from it.
         *
         * @throws PostgresException when the driver would not understand it
         */
        public Builder url(String jdbcUrl) {
            this.url = ServerUrl.of(jdbcUrl);
            return this;
        }

        /**
         * A URL that leads to the server itself, for the one connection that listens for new events of other processes:
         * where the way of the others leads through a pooler in transaction mode, which lets no notification pass, and
         * beside a data source, so that none of its connections is needed for it. Without it events are found all the
         * same, up to a second later where nobody can listen.
         *
         * @throws PostgresException when the driver would not understand it
         */
        public Builder listenUrl(String jdbcUrl) {
            this.listenUrl = ServerUrl.of(jdbcUrl);
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
         * the PostgreSQL driver; closing the database leaves it open. It has to give out free connections: one that a
         * transaction of the caller's is running on is refused. Unless it is a pool of HikariCP, say with
         * {@link #poolSize} how many connections it has.
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

        /**
         * The most connections, {@value #DEFAULT_POOL_SIZE} by default, at least {@value #SMALLEST_POOL_SIZE}. All but
         * four may be in transactions of handlers at once, and one always: what is left is for appends, renewals of
         * leases and reads, those of handlers among them. Of a data source that does not tell its size the least is
         * presumed.
         */
        public Builder poolSize(int connections) {
            if (connections < SMALLEST_POOL_SIZE) {
                throw new IllegalArgumentException("The pool size is " + connections + ": expected "
                        + SMALLEST_POOL_SIZE + " or more, since appends, reads and notifications each need their own");
            }
            this.poolSize = connections;
            return this;
        }

        /**
         * How long an append waits for a lock, as for that of other appends that hold the critical section; 10 seconds
         * by default. An append has an answer within this and the {@linkplain #appendPatience patience}, and any other
         * call to the server ends within this and half the patience.
         */
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

        /** What to do about migrations that the schema lacks; {@link MigrationMode#APPLY} by default. */
        public Builder migrations(MigrationMode mode) {
            this.migrationMode = mode;
            return this;
        }

        /**
         * How long opening waits for another process that migrates the schema, and for tables that are in use; a minute
         * by default.
         */
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
         * Opens a log of somebody else's, for a role that may only read it: {@link #grantsForReading} gives it the
         * rights. Nothing is migrated.
         */
        public Builder onlyReading() {
            this.onlyReading = true;
            this.migrationMode = MigrationMode.OFF;
            return this;
        }

        /** The statements that let a role read the log, and nothing else; the owner of the schema runs them. */
        public String grantsForReading(String role) {
            return new Rights(schema).grantsForReading(role);
        }

        /** A listener that is told how the store appends. */
        public Builder appendListener(AppendListener listener) {
            this.appendListener = listener;
            return this;
        }

        /**
         * The statements that give a role, which does not own the schema, the rights that it needs; the owner runs
         * them, once more after migrations. Needs no connection.
         */
        public String grantsFor(String role) {
            return new Rights(schema).grantsFor(role);
        }

        /**
         * Connects, and returns the SQL of the migrations that the schema lacks, for its owner to run as a whole; empty
         * when it lacks none. Changes nothing.
         *
         * @throws PostgresException when this schema or role cannot be used; the message says why
         * @throws StoreUnavailableException when the server cannot be reached
         */
        public String pendingMigrations() {
            return onFirstConnection(access(), migrations()::pending);
        }

        /**
         * Connects, checks the server, and migrates the schema.
         *
         * @throws PostgresException when this server, schema or role cannot be used; the message says why
         * @throws StoreUnavailableException when the server cannot be reached or another process does not finish
         *     migrating
         */
        public PostgresDatabase open() {
            var access = access();
            var prepared = onFirstConnection(access, connection -> prepare(access, connection));
            if (source != null) {
                return new PostgresDatabase(this, source, null, new Lender(source, prepared.autoCommit()), access);
            }
            int size = poolSize == null ? DEFAULT_POOL_SIZE : poolSize;
            var pool = access.pool("headwater-" + schema.name(), size, poolLimits(), prepared.initialSql());
            return new PostgresDatabase(this, pool, pool, new Lender(pool, true), access);
        }

        /** How many connections a data source has; of one that does not tell the least is presumed. */
        private int size(DataSource opened) {
            return knownSize(opened).orElse(SMALLEST_POOL_SIZE);
        }

        /** All but two: a flight of appends and a renewal of leases never queue up behind reads. */
        private int readersAtOnce(DataSource opened) {
            var size = knownSize(opened);
            return size.isPresent() ? Math.max(1, size.getAsInt() - 2) : Integer.MAX_VALUE;
        }

        private OptionalInt knownSize(DataSource opened) {
            try {
                if (opened.isWrapperFor(HikariDataSource.class)) {
                    return OptionalInt.of(opened.unwrap(HikariDataSource.class).getMaximumPoolSize());
                }
            } catch (SQLException e) {
                LOG.debug("The data source does not tell what it is", e);
            }
            return poolSize == null ? OptionalInt.empty() : OptionalInt.of(poolSize);
        }

        private Access.PoolLimits poolLimits() {
            return new Access.PoolLimits(
                    shorter(Access.CONNECTION_TIMEOUT, AppendProtocol.flightLimit(lockTimeout, appendPatience)),
                    shorter(VALIDATION_TIMEOUT, appendPatience.dividedBy(4)));
        }

        private Access access() {
            if ((url == null) == (source == null)) {
                throw new IllegalStateException("Expected either a URL or a data source");
            }
            return new Access(url, user, password, source, listenUrl);
        }

        private Migrations migrations() {
            return new Migrations(schema, migrationTimeout, lockTimeout);
        }

        private record Prepared(boolean autoCommit, Optional<String> initialSql) {}

        private Prepared prepare(Access access, Connection first) throws SQLException {
            boolean autoCommit = first.getAutoCommit();
            return AutoCommit.during(first, connection -> {
                ServerCheck.requireSafe(connection, unsafeServerAllowed);
                var initialSql = access.isOwn() ? SessionSettings.repair(connection) : Optional.<String>empty();
                if (initialSql.isPresent()) {
                    execute(connection, initialSql.get());
                }
                SessionSettings.require(connection);
                SessionSettings.warnOfPooler(connection);
                switch (migrationMode) {
                    case APPLY -> migrate(connection);
                    case VALIDATE -> migrations().validate(connection);
                    case OFF -> {}
                }
                requireRights(connection);
                return new Prepared(autoCommit, initialSql);
            });
        }

        /** A step of a migration may take as long as it needs. */
        private void migrate(Connection first) throws SQLException {
            FirstConnection.within(Duration.ZERO, first, connection -> {
                migrations().apply(connection);
                return true;
            });
        }

        private <T> T onFirstConnection(Access access, Connections.Work<T> work) {
            try (var connection = FirstConnection.of(access.first(), Access.CONNECTION_TIMEOUT)) {
                return FirstConnection.within(Access.CONNECTION_TIMEOUT, connection, work);
            } catch (SQLException e) {
                throw SqlErrors.state(e).equals(SqlErrors.NOT_PERMITTED)
                        ? new PostgresException(
                                "Opening the schema '" + schema.name() + "' failed: " + SqlErrors.reason(e)
                                        + "; let a role that may do it run what Builder.pendingMigrations() returns, and"
                                        + " then what Builder.grantsFor(role) returns",
                                e)
                        : SqlErrors.failed("Opening the schema '" + schema.name() + "'", e);
            }
        }

        private void requireRights(Connection connection) throws SQLException {
            var rights = new Rights(schema);
            if (onlyReading) {
                rights.requireReading(connection);
            } else {
                rights.require(connection);
            }
        }

        private static void execute(Connection connection, String sql) throws SQLException {
            try (var statement = connection.createStatement()) {
                statement.execute(sql);
            }
        }

        /** The shorter one, and not less than the pool accepts. */
        private static Duration shorter(Duration usual, Duration patience) {
            var shorter = usual.compareTo(patience) < 0 ? usual : patience;
            return shorter.compareTo(LEAST_OF_POOL) < 0 ? LEAST_OF_POOL : shorter;
        }

        private static Duration requirePositive(String what, Duration duration) {
            if (duration.isNegative() || duration.isZero()) {
                throw new IllegalArgumentException("The " + what + " is " + duration + ": expected more than zero");
            }
            return duration;
        }
    }
}
