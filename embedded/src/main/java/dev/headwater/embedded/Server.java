package dev.headwater.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A postmaster with a shell that watches over it.
 *
 * <p>The shell reads from a pipe whose other end this process holds. On a word from here, and also when the operating
 * system closes that end because this process has died, the shell has the server shut down. So no server outlives its
 * application for long; then a temporary folder goes with it. The shell ends after the server.
 *
 * <p>The server runs in a session of its own: a Ctrl-C at the terminal is for the application, which may need the
 * database to finish its work.
 */
final class Server {

    private static final Logger LOG = LoggerFactory.getLogger(Server.class);
    private static final Duration WATCH_LIMIT = Duration.ofSeconds(10);
    private static final long POLL_MILLIS = 2;

    /** The first argument is a folder to delete when the application has died, or empty; the rest starts the server. */
    private static final String WATCH = """
            trap '' HUP INT TERM
            temporary=$1
            shift
            exec 3<&0 </dev/null
            if command -v setsid >/dev/null; then own_session=setsid; else own_session=; set -m; fi
            $own_session "$@" 3<&- >&2 &
            server=$!
            exec 2>/dev/null
            echo "$server"
            (
                read -r told <&3
                abandoned=$?
                trap 'exit "$abandoned"' USR1
                while kill -INT "$server"; do sleep 1 & wait; done
                exit "$abandoned"
            ) &
            guard=$!
            wait "$server"
            kill -USR1 "$guard"
            wait "$guard"
            [ $? -eq 1 ] && [ -n "$temporary" ] && rm -rf -- "$temporary"
            """;

    private final Process watch;
    private final long pid;
    private final int port;
    private final Optional<ProcessHandle> postmaster;
    private final ServerProcesses processes;
    private final ServerLog log;
    private final long logStart;

    private Server(Process watch, long pid, int port, DataFolder folder, long logStart) {
        this.watch = watch;
        this.pid = pid;
        this.port = port;
        this.postmaster = ProcessHandle.of(pid);
        this.processes = new ServerProcesses(folder.cluster());
        this.log = folder.log();
        this.logStart = logStart;
    }

    /** How a start went. */
    sealed interface Startup {

        /** The server takes connections. */
        record Ready(Server server) implements Startup {}

        /** There is none, since the port is another's. */
        record PortTaken() implements Startup {}

        /** There is none. */
        record Failed(String reason) implements Startup {}
    }

    /**
     * Starts a server on the data directory of a folder, and waits until clients can connect or it is plain that they
     * never will.
     */
    static Startup start(List<String> command, int port, DataFolder folder, Options options)
            throws IOException, InterruptedException {
        Server server = launch(command, port, folder, options.temporary());
        boolean ready = false;
        try {
            Startup startup = server.awaitReady(options.startLimit());
            ready = startup instanceof Startup.Ready;
            return startup;
        } finally {
            if (!ready) {
                server.stop(options.stopLimit());
            }
        }
    }

    private static Server launch(List<String> command, int port, DataFolder folder, boolean temporary)
            throws IOException {
        long logStart = folder.log().end();
        List<String> watched = new ArrayList<>(List.of(
                "sh", "-c", WATCH, "headwater", temporary ? folder.path().toString() : ""));
        watched.addAll(command);
        Process watch = Programs.builder(watched)
                .redirectError(Redirect.appendTo(folder.log().file().toFile()))
                .start();
        try (BufferedReader output = watch.inputReader()) {
            String pid = output.readLine();
            if (pid == null) {
                throw new IOException(folder.log().reason(logStart));
            }
            return new Server(watch, Long.parseLong(pid), port, folder, logStart);
        }
    }

    long pid() {
        return pid;
    }

    int port() {
        return port;
    }

    private Startup awaitReady(Duration limit) throws InterruptedException {
        long start = System.nanoTime();
        while (!isReady()) {
            if (watch.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                return log.tellsThatPortIsTaken(logStart)
                        ? new Startup.PortTaken()
                        : new Startup.Failed(log.reason(logStart));
            }
            if (System.nanoTime() - start > limit.toNanos()) {
                return new Startup.Failed("not ready after " + limit + "; allow more time with startLimit(duration)");
            }
        }
        return new Startup.Ready(this);
    }

    /** Shuts down; kills if that takes longer than the limit. Returns when no process is left. */
    void stop(Duration limit) {
        try (Writer order = watch.outputWriter()) {
            order.write("stop\n");
        } catch (IOException e) {
            LOG.debug("Nobody watches over server {} any more", pid, e);
        }
        if (watchEnds(limit)) {
            // Finds nothing, unless somebody has killed the watch.
            processes.stop(limit);
        } else {
            LOG.warn("Killing server {}, which has not shut down within {}", pid, limit);
            crash();
        }
    }

    /** Kills all server processes without warning. Returns when none is left. */
    void crash() {
        postmaster.ifPresent(ProcessHandle::destroyForcibly);
        processes.kill();
        watchEnds(WATCH_LIMIT);
    }

    private boolean watchEnds(Duration limit) {
        return watch.onExit()
                .thenApply(ended -> true)
                .completeOnTimeout(false, limit.toNanos(), TimeUnit.NANOSECONDS)
                .join();
    }

    private boolean isReady() {
        return PostmasterPid.read(processes.cluster())
                .filter(file -> file.pid() == pid && file.ready())
                .isPresent();
    }
}
