package dev.headwater.embedded;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings a server up on a folder, whatever an earlier one left there. */
final class Starter {

    private static final Logger LOG = LoggerFactory.getLogger(Starter.class);
    private static final int PORT_ATTEMPTS = 5;

    private final Options options;
    private final Binaries binaries;
    private final DataFolder folder;

    Starter(Options options, Binaries binaries, DataFolder folder) {
        this.options = options;
        this.binaries = binaries;
        this.folder = folder;
    }

    /**
     * A running server.
     *
     * @param jdbcUrl with name and password
     */
    record Started(Server server, String jdbcUrl) {}

    /**
     * Returns a server that takes connections; if none can be had, none is left running.
     *
     * @param port where it must listen, 0 to choose a free port
     */
    Started start(int port) {
        long start = System.nanoTime();
        try {
            new Cluster(folder, binaries).prepare(options);
            Server server = launch(port);
            LOG.info(
                    "PostgreSQL {} (process {}) serves {} on port {}, started in {} ms",
                    binaries.version(),
                    server.pid(),
                    folder.path(),
                    server.port(),
                    (System.nanoTime() - start) / 1_000_000);
            return new Started(server, JdbcUrl.withPassword(server.port(), folder.readPassword()));
        } catch (IOException e) {
            throw failed(
                    "found " + EmbeddedDatabaseException.problem(e)
                            + "; see that this user can write there and that the disk has room",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed("found that the thread was interrupted; start it again", e);
        }
    }

    private Server launch(int port) throws IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            int candidate = port == 0 ? LoopbackPort.free() : port;
            switch (Server.start(command(candidate), candidate, folder, options)) {
                case Server.Startup.Ready(Server server) -> {
                    return server;
                }
                case Server.Startup.PortTaken() -> {
                    if (port != 0 || attempt == PORT_ATTEMPTS) {
                        throw failed(
                                "expected port " + candidate
                                        + " to be free, found it in use; end the program that has it or choose another",
                                null);
                    }
                }
                case Server.Startup.Failed(String reason) ->
                    throw failed(reason + "; see " + folder.log().file(), null);
            }
        }
    }

    private List<String> command(int port) {
        List<String> command = new ArrayList<>(
                List.of(binaries.program("postgres"), "-D", folder.cluster().toString(), "-p", Integer.toString(port)));
        command.addAll(ServerSettings.arguments(binaries, options.settings()));
        return command;
    }

    private EmbeddedDatabaseException failed(String problem, @Nullable Exception cause) {
        return new EmbeddedDatabaseException(
                "PostgreSQL cannot be started on " + folder.path() + ": " + problem, cause);
    }
}
