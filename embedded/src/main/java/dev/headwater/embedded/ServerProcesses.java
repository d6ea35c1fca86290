package dev.headwater.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The living server processes of one data directory, whoever started them.
 *
 * <p>A process counts if it runs a program called {@code postgres} in that directory, where every server process works.
 * Its id alone, as found in a file, proves nothing: ids are used again.
 *
 * @param cluster the data directory, as a real path
 */
record ServerProcesses(Path cluster) {

    private static final Logger LOG = LoggerFactory.getLogger(ServerProcesses.class);
    private static final boolean HAS_PROC = Files.isDirectory(Path.of("/proc/self/fd"));
    private static final Duration KILL_LIMIT = Duration.ofSeconds(30);
    private static final long POLL_NANOS = 2_000_000;

    /** All of them at this moment. */
    List<ProcessHandle> find() {
        try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
            return all.filter(this::contains)
                    .flatMap(process -> HAS_PROC ? Stream.of(process) : withChildren(process))
                    .toList();
        }
    }

    /** Whether a process is one of them. */
    boolean contains(ProcessHandle process) {
        if (!HAS_PROC) {
            return runsPostgres(process, false) && hasArgument(process, cluster.toString());
        }
        try {
            Path folder = Files.readSymbolicLink(Path.of("/proc/" + process.pid() + "/cwd"));
            // A process that ends has no program any more while its memory is still being detached, and for as long as
            // that takes the next server would refuse to start.
            return folder.equals(cluster) && runsPostgres(process, true);
        } catch (IOException e) {
            // It has ended, or belongs to somebody else.
            return false;
        }
    }

    /** Has the server shut down, losing no time on clients; kills it if that takes longer than the limit. */
    void stop(Duration limit) {
        List<ProcessHandle> processes = find();
        OptionalLong postmaster = postmaster(processes);
        if (postmaster.isPresent()) {
            interrupt(postmaster.getAsLong());
            if (!awaitEnd(processes, limit)) {
                LOG.warn("Killing server {}, which has not shut down within {}", postmaster.getAsLong(), limit);
            }
        }
        kill();
    }

    /** Kills them all, and returns when they are gone. */
    void kill() {
        for (List<ProcessHandle> processes = find(); !processes.isEmpty(); processes = find()) {
            // The postmaster dies first: it would take the death of another for a crash, and begin to recover.
            postmaster(processes).ifPresent(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
            processes.forEach(ProcessHandle::destroyForcibly);
            if (!awaitEnd(processes, KILL_LIMIT)) {
                throw new EmbeddedDatabaseException("The server processes "
                        + processes.stream().map(ProcessHandle::pid).toList() + " of " + cluster
                        + " do not end: expected that within " + KILL_LIMIT.toSeconds()
                        + " s of being killed; see what they wait for, probably the disk");
            }
        }
    }

    private OptionalLong postmaster(List<ProcessHandle> processes) {
        return PostmasterPid.read(cluster).stream()
                .mapToLong(PostmasterPid::pid)
                .filter(pid -> processes.stream().anyMatch(process -> process.pid() == pid))
                .findFirst();
    }

    private static void interrupt(long pid) {
        try {
            new ProcessBuilder("sh", "-c", "kill -INT " + pid).start().onExit().join();
        } catch (IOException e) {
            throw new EmbeddedDatabaseException("The server process " + pid + " cannot be told to stop: " + e, e);
        }
    }

    private boolean awaitEnd(List<ProcessHandle> processes, Duration limit) {
        long start = System.nanoTime();
        boolean interrupted = false;
        try {
            while (processes.stream().anyMatch(this::contains)) {
                if (System.nanoTime() - start > limit.toNanos()) {
                    return false;
                }
                LockSupport.parkNanos(POLL_NANOS);
                interrupted |= Thread.interrupted();
            }
            return true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static Stream<ProcessHandle> withChildren(ProcessHandle postmaster) {
        return Stream.concat(Stream.of(postmaster), postmaster.children());
    }

    private static boolean runsPostgres(ProcessHandle process, boolean ifUnknown) {
        // Linux appends a note to the name when the file has been deleted since.
        return process.info()
                .command()
                .map(command -> Path.of(command).getFileName().toString().startsWith("postgres"))
                .orElse(ifUnknown);
    }

    private static boolean hasArgument(ProcessHandle process, String argument) {
        return Stream.of(process.info().arguments().orElseGet(() -> new String[0]))
                .anyMatch(argument::equals);
    }
}
