package dev.headwater.embedded;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The data directory of a server, made ready for a start.
 *
 * <p>It is made under another name and renamed when it is complete and on disk, so there is either none or a whole one.
 */
final class Cluster {

    static final String VERSION_FILE = "PG_VERSION";

    private static final Logger LOG = LoggerFactory.getLogger(Cluster.class);
    private static final int PASSWORD_BYTES = 24;

    private final DataFolder folder;
    private final Binaries binaries;

    Cluster(DataFolder folder, Binaries binaries) {
        this.folder = folder;
        this.binaries = binaries;
    }

    /** Leaves a whole data directory, on which no process works. */
    void prepare(Options options) throws IOException, InterruptedException {
        folder.log().prepare();
        removeUnfinished();
        if (Files.exists(folder.cluster())) {
            check();
            takeOver(options.stopLimit());
        } else {
            create(!options.temporary(), options.startLimit());
        }
    }

    private void create(boolean kept, Duration limit) throws IOException, InterruptedException {
        writePassword();
        Path unfinished = Files.createTempDirectory(folder.path(), DataFolder.UNFINISHED);
        runInitdb(unfinished, kept, limit);
        Files.move(unfinished, folder.cluster(), StandardCopyOption.ATOMIC_MOVE);
        if (kept) {
            Folders.forceOne(folder.path());
        }
    }

    /** Fails unless these binaries can serve the data directory and clients can be let in. */
    private void check() {
        String found;
        try {
            found = Files.readString(folder.cluster().resolve(VERSION_FILE)).strip();
            folder.readPassword();
        } catch (IOException e) {
            throw new EmbeddedDatabaseException(
                    "The database in " + folder.path() + " is incomplete: expected to read the files postgres/"
                            + VERSION_FILE + " and password, found " + e + "; restore the folder from a copy",
                    e);
        }
        if (!found.equals(binaries.major())) {
            throw new EmbeddedDatabaseException("The database in " + folder.path() + " was made by PostgreSQL " + found
                    + ": expected " + binaries.major() + " as the binaries are PostgreSQL " + binaries.version()
                    + "; name binaries of version " + found + " with binaries(jar), or move the data with pg_dump");
        }
    }

    /** Ends servers that an earlier application left running, and removes a pid file that would keep a new one away. */
    private void takeOver(Duration limit) throws IOException {
        ServerProcesses processes = new ServerProcesses(folder.cluster());
        List<ProcessHandle> left = processes.find();
        if (!left.isEmpty()) {
            LOG.warn(
                    "Stopping the server processes {} that an earlier application left on {}",
                    left.stream().map(ProcessHandle::pid).toList(),
                    folder.path());
            processes.stop(limit);
        }
        removeMisleadingPidFile();
    }

    /** A dead server's pid file PostgreSQL sees through, unless it is damaged or the id has another owner by now. */
    private void removeMisleadingPidFile() throws IOException {
        boolean harmless = PostmasterPid.read(folder.cluster())
                .map(file -> ProcessHandle.of(file.pid()).isEmpty())
                .orElse(false);
        if (!harmless) {
            Files.deleteIfExists(PostmasterPid.file(folder.cluster()));
        }
    }

    private void removeUnfinished() throws IOException {
        try (Stream<Path> entries = Files.list(folder.path())) {
            for (Path entry : entries.toList()) {
                if (entry.getFileName().toString().startsWith(DataFolder.UNFINISHED)) {
                    removeUnfinished(entry);
                }
            }
        }
    }

    private static void removeUnfinished(Path unfinished) {
        try {
            Folders.delete(unfinished);
        } catch (IOException e) {
            // Its maker may still be writing, and will give up soon; nobody reads it.
            LOG.debug("{} is left to the next start", unfinished, e);
        }
    }

    private void writePassword() throws IOException {
        byte[] random = new byte[PASSWORD_BYTES];
        new SecureRandom().nextBytes(random);
        Files.deleteIfExists(folder.passwordFile());
        Files.createFile(
                folder.passwordFile(),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(folder.passwordFile(), HexFormat.of().formatHex(random));
        Folders.forceOne(folder.passwordFile());
    }

    private void runInitdb(Path target, boolean kept, Duration limit) throws IOException, InterruptedException {
        ServerLog log = folder.log();
        long start = log.end();
        Process initdb = Programs.builder(initdb(target, kept))
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.appendTo(log.file().toFile()))
                .start();
        boolean ended = false;
        try {
            ended = initdb.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS);
        } finally {
            if (!ended) {
                initdb.descendants().forEach(ProcessHandle::destroyForcibly);
                initdb.destroyForcibly();
            }
        }
        if (!ended || initdb.exitValue() != 0) {
            Folders.delete(target);
            String reason = ended ? log.reason(start) : "it is not done after " + limit;
            throw new EmbeddedDatabaseException(
                    "PostgreSQL cannot make a database in " + folder.path() + ": " + reason + "; see " + log.file());
        }
    }

    private List<String> initdb(Path target, boolean kept) {
        List<String> command = new ArrayList<>(List.of(
                binaries.program("initdb"),
                "--pgdata=" + target,
                "--username=" + JdbcUrl.USER,
                "--pwfile=" + folder.passwordFile(),
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--data-checksums",
                "--no-instructions"));
        if (binaries.isAtLeast(16)) {
            // Rounds of hashing protect a password that can be guessed; this one cannot.
            command.add("--set=scram_iterations=1");
        }
        if (binaries.isAtLeast(17)) {
            command.addAll(List.of("--locale-provider=builtin", "--builtin-locale=C.UTF-8"));
        }
        if (!kept) {
            command.add("--no-sync");
        }
        return command;
    }
}
