package dev.headwater.benchmarks;

import dev.headwater.embedded.EmbeddedDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The PostgreSQL server that everything is measured on, and the databases that are made on it for that. Not
 * thread-safe.
 */
final class Server implements AutoCloseable {

    private static final List<String> SETTINGS = List.of(
            "fsync",
            "synchronous_commit",
            "full_page_writes",
            "shared_buffers",
            "max_wal_size",
            "wal_level",
            "max_connections",
            "autovacuum",
            "jit");

    private final @Nullable EmbeddedDatabase embedded;
    private final ServerUrl url;
    private final Connection admin;
    private final List<String> databases = new ArrayList<>();

    private Server(@Nullable EmbeddedDatabase embedded, ServerUrl url) throws SQLException {
        this.embedded = embedded;
        this.url = url;
        this.admin = DriverManager.getConnection(url.toString());
    }

    /**
     * Connects to a running server, or starts one that ends with this object.
     *
     * @param url the server to use; null for one of our own
     * @throws BenchmarkException when the server would not make commits durable, so that figures would mean nothing
     */
    static Server open(@Nullable ServerUrl url) throws SQLException {
        var embedded = url == null ? EmbeddedDatabase.start() : null;
        var address = embedded == null ? url : ServerUrl.parse(embedded.jdbcUrl());
        if (address == null) {
            throw new IllegalStateException("Neither a server given nor one started");
        }
        Server server;
        try {
            server = new Server(embedded, address);
        } catch (SQLException e) {
            if (embedded != null) {
                embedded.close();
            }
            throw e;
        }
        try {
            server.requireUsable();
            return server;
        } catch (SQLException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private void requireUsable() throws SQLException {
        for (var setting : List.of("fsync", "synchronous_commit")) {
            if (setting(setting).equals("off")) {
                throw new BenchmarkException("The server has " + setting + " off: commits cost nothing there, and"
                        + " figures would say nothing about a durable store. Turn it on, or leave --database out to"
                        + " measure on an embedded server");
            }
        }
        try (var statement = admin.createStatement()) {
            statement.execute("CHECKPOINT");
        } catch (SQLException e) {
            throw new BenchmarkException(
                    "The role of --database may not do CHECKPOINT, which has to come between measurements: use a superuser,"
                            + " or a role with CREATEDB and the role pg_checkpoint",
                    e);
        }
    }

    /** Makes an empty database, or a copy of one that nobody is connected to; returns its address. */
    String create(String purpose, @Nullable String template) throws SQLException {
        var name = name(purpose);
        execute("DROP DATABASE IF EXISTS " + name);
        execute("CREATE DATABASE " + name + (template == null ? "" : " TEMPLATE " + name(template)));
        databases.add(name);
        return url.withDatabase(name).toString();
    }

    void drop(String purpose) throws SQLException {
        var name = name(purpose);
        execute("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
        databases.remove(name);
    }

    /** Writes out what is dirty now, so that it is not written while somebody is measured. */
    void checkpoint() throws SQLException {
        execute("CHECKPOINT");
    }

    String version() throws SQLException {
        return setting("server_version");
    }

    /** The settings that matter for the figures, each as {@code name = value}. */
    List<String> settings() throws SQLException {
        var lines = new ArrayList<String>();
        for (var name : SETTINGS) {
            lines.add(name + " = " + setting(name));
        }
        return lines;
    }

    /** The transactions that ended in a database so far, as far as the server has counted them. */
    long transactions(String databaseUrl) throws SQLException {
        try (var statement = admin.prepareStatement("""
                SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = ?""")) {
            statement.setString(1, ServerUrl.parse(databaseUrl).database());
            try (var row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /** The CPU time of the server's living processes so far, in microseconds; 0 when the server is not our own. */
    long cpuMicros() {
        return embedded == null
                ? 0
                : ProcessHandle.of(embedded.serverPid()).stream()
                        .flatMap(server -> Stream.concat(Stream.of(server), server.descendants()))
                        .flatMap(process -> process.info().totalCpuDuration().stream())
                        .mapToLong(cpu -> cpu.toNanos() / 1000)
                        .sum();
    }

    boolean isEmbedded() {
        return embedded != null;
    }

    @Override
    public void close() throws SQLException {
        try (admin) {
            for (var name : List.copyOf(databases)) {
                execute("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
            }
        } finally {
            if (embedded != null) {
                embedded.close();
            }
        }
    }

    /** Two runs on one server at the same time spoil each other's figures, but not each other's databases. */
    private static String name(String purpose) {
        return "headwater_bench_" + ProcessHandle.current().pid() + "_" + purpose;
    }

    private String setting(String name) throws SQLException {
        try (var statement = admin.createStatement();
                var row = statement.executeQuery("SHOW " + name)) {
            row.next();
            return row.getString(1);
        }
    }

    private void execute(String sql) throws SQLException {
        try (var statement = admin.createStatement()) {
            statement.execute(sql);
        }
    }
}
