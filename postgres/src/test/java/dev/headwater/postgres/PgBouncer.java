package dev.headwater.postgres;

import dev.headwater.embedded.EmbeddedDatabase;
import dev.headwater.testkit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A PgBouncer in transaction mode on a free port, before a server; it ends with this process.
 *
 * <p>There are fewer connections to the server than a test has to the bouncer, so that transactions really take turns.
 */
final class PgBouncer {

    private static final int ATTEMPTS = 5;
    private static final int SERVER_CONNECTIONS = 6;

    private final String url;

    private PgBouncer(String url) {
        this.url = url;
    }

    static PgBouncer before(EmbeddedDatabase server) {
        return before(server, "postgres", password(server));
    }

    /** One that lets only this role pass. */
    static PgBouncer before(EmbeddedDatabase server, String role, String password) {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            int port = freePort();
            if (start(server.port(), port, "\"" + role + "\" \"" + password + "\"\n")) {
                return new PgBouncer(
                        "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=" + role + "&password=" + password);
            }
        }
        throw new IllegalStateException("PgBouncer ended at once on " + ATTEMPTS + " ports");
    }

    /** The URL of the server's database, through the bouncer, with user and password. */
    String jdbcUrl() {
        return url;
    }

    private static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean start(int serverPort, int port, String users) {
        try {
            var process = new ProcessBuilder(command(settings(serverPort, port, users)))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            Await.until(
                    "PgBouncer accepts connections, or has ended",
                    Duration.ofSeconds(30),
                    () -> !process.isAlive() || accepts(port));
            return process.isAlive();
        } catch (IOException e) {
            throw new IllegalStateException(
                    "PgBouncer does not start: build/fetch-pgbouncer.sh installs it, or says how", e);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean accepts(int port) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** It refuses to run as root, so root has it change the user. */
    private static List<String> command(Path settings) {
        var command = new ArrayList<>(List.of("pgbouncer"));
        if ("root".equals(System.getProperty("user.name"))) {
            command.addAll(List.of("-u", "nobody"));
        }
        command.add(settings.toString());
        return command;
    }

    private static Path settings(int serverPort, int port, String roles) throws IOException {
        var folder = Files.createTempDirectory(
                "pgbouncer", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        var users = Files.writeString(folder.resolve("users"), roles);
        var settings = Files.writeString(
                folder.resolve("pgbouncer.ini"), """
                [databases]
                * = host=127.0.0.1 port=%d
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = %d
                unix_socket_dir =
                auth_type = scram-sha-256
                auth_file = %s
                pool_mode = transaction
                default_pool_size = %d
                max_client_conn = 1000
                ignore_startup_parameters = extra_float_digits
                """.formatted(serverPort, port, users, SERVER_CONNECTIONS));
        for (var file : List.of(settings, users)) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
            file.toFile().deleteOnExit();
        }
        return settings;
    }

    private static String password(EmbeddedDatabase server) {
        return server.jdbcUrl().replaceFirst(".*[?&]password=([^&]*).*", "$1");
    }
}
