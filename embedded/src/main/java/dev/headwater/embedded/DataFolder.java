package dev.headwater.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The folder that an application keeps its database in, claimed for this process.
 *
 * <pre>
 * headwater.lock   held by the application that uses the folder, with its process id
 * password         of the database user, readable by the owner alone
 * postgres/        what PostgreSQL calls its data directory
 * initdb-…/        the same while it is being made
 * server.log       the messages of the server
 * </pre>
 */
final class DataFolder implements AutoCloseable {

    static final String UNFINISHED = "initdb-";

    private static final String CLUSTER = "postgres";
    private static final String LOCK = "headwater.lock";
    private static final String PASSWORD = "password";
    private static final String LOG = "server.log";

    /** What may be there before there is a database; every file system of its own has the last one. */
    private static final Set<String> EXPECTED = Set.of(LOCK, PASSWORD, LOG, LOG + ".1", "lost+found");

    private final Path path;
    private final FolderLock lock;

    private DataFolder(Path path, FolderLock lock) {
        this.path = path;
        this.lock = lock;
    }

    /** Creates the folder if there is none, makes sure that it is one of ours or empty, and claims it. */
    static DataFolder open(Path requested) {
        Path path = create(requested);
        rejectForeign(path);
        return new DataFolder(path, claim(path));
    }

    /** Creates a folder among the temporary files. */
    static DataFolder temporary() {
        try {
            return open(Files.createTempDirectory("headwater-"));
        } catch (IOException e) {
            throw new EmbeddedDatabaseException(
                    "No temporary folder can be created: " + EmbeddedDatabaseException.problem(e)
                            + "; name a place that this user may write to with -Djava.io.tmpdir or dataDirectory(folder)",
                    e);
        }
    }

    Path path() {
        return path;
    }

    Path cluster() {
        return path.resolve(CLUSTER);
    }

    Path passwordFile() {
        return path.resolve(PASSWORD);
    }

    String readPassword() throws IOException {
        return Files.readString(passwordFile());
    }

    ServerLog log() {
        return new ServerLog(path.resolve(LOG));
    }

    @Override
    public void close() {
        try {
            lock.release();
        } catch (IOException e) {
            throw new EmbeddedDatabaseException("The data folder " + path + " cannot be released: " + e, e);
        }
    }

    private static Path create(Path requested) {
        try {
            if (Files.exists(requested) && !Files.isDirectory(requested)) {
                throw new EmbeddedDatabaseException("The data folder " + requested
                        + " is a file: expected a folder, or a path where one can be created; name another path");
            }
            Folders.createPrivate(requested);
            return requested.toRealPath();
        } catch (IOException e) {
            throw new EmbeddedDatabaseException(
                    "The data folder " + requested + " cannot be created: expected a place that this user may write to,"
                            + " found " + EmbeddedDatabaseException.problem(e) + "; name another path",
                    e);
        }
    }

    private static void rejectForeign(Path path) {
        if (Files.exists(path.resolve(CLUSTER).resolve(Cluster.VERSION_FILE))) {
            return;
        }
        List<String> foreign;
        try (Stream<Path> entries = Files.list(path)) {
            foreign = entries.map(entry -> entry.getFileName().toString())
                    .filter(name -> !EXPECTED.contains(name) && !name.startsWith(UNFINISHED))
                    .sorted()
                    .limit(3)
                    .toList();
        } catch (IOException e) {
            throw new EmbeddedDatabaseException(
                    "The data folder " + path + " cannot be read: expected a folder of this user, found "
                            + EmbeddedDatabaseException.problem(e) + "; change its permissions or name another path",
                    e);
        }
        if (!foreign.isEmpty()) {
            throw new EmbeddedDatabaseException("The data folder " + path
                    + " holds something else: expected an empty folder or a database made by Headwater, found "
                    + String.join(", ", foreign) + "; name another path");
        }
    }

    private static FolderLock claim(Path path) {
        try {
            return switch (FolderLock.claim(path.resolve(LOCK))) {
                case FolderLock.Claim.Granted(FolderLock lock) -> lock;
                case FolderLock.Claim.Refused refused -> throw inUse(path, refused);
            };
        } catch (IOException e) {
            throw new EmbeddedDatabaseException(
                    "The data folder " + path + " cannot be written: expected a folder of this user, found "
                            + EmbeddedDatabaseException.problem(e) + "; change its permissions or name another path",
                    e);
        }
    }

    private static EmbeddedDatabaseException inUse(Path path, FolderLock.Claim.Refused refused) {
        String owner =
                refused.owner().isPresent() ? "process " + refused.owner().getAsLong() : "another process";
        String server = PostmasterPid.read(path.resolve(CLUSTER))
                .map(file -> ", or connect to " + JdbcUrl.withoutPassword(file.port()) + " with the password in "
                        + path.resolve(PASSWORD))
                .orElse("");
        return new EmbeddedDatabaseException("The data folder " + path + " is in use by " + owner
                + ": expected one application at a time; close that one" + server);
    }
}
