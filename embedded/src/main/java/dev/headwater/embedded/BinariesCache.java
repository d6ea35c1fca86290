package dev.headwater.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tukaani.xz.XZInputStream;

/**
 * Where archives are unpacked once for all processes of a user.
 *
 * <p>A folder appears under its final name only when it is complete and on disk, by one rename. Who finds none unpacks
 * while holding a file lock, which the operating system releases if that process is killed; what it left is removed by
 * the next.
 *
 * @param root the folder of the cache, for this user alone
 */
record BinariesCache(Path root) {

    private static final Pattern VERSION = Pattern.compile("postgres \\(PostgreSQL\\) (\\S+)");
    private static final String VERSION_FILE = "version";

    /** A file lock excludes other processes only. */
    private static final ReentrantLock UNPACKING = new ReentrantLock();

    /** The place that the operating system wants caches of a user in. */
    static BinariesCache ofUser() {
        String configured = System.getenv("XDG_CACHE_HOME");
        Path home = Path.of(System.getProperty("user.home"));
        Path caches;
        if (configured != null && Path.of(configured).isAbsolute()) {
            caches = Path.of(configured);
        } else if (Files.isDirectory(home.resolve("Library/Caches"))) {
            caches = home.resolve("Library/Caches");
        } else {
            caches = home.resolve(".cache");
        }
        return new BinariesCache(caches.resolve("headwater").resolve("postgresql"));
    }

    /** The unpacked archive, now or from an earlier time. */
    Binaries binaries(Archive archive) {
        Path home = root.resolve(archive.key());
        try {
            if (!Files.exists(home)) {
                unpackAlone(archive, home);
            }
            return new Binaries(home, Files.readString(home.resolve(VERSION_FILE)));
        } catch (IOException e) {
            throw new EmbeddedDatabaseException(
                    "PostgreSQL cannot be unpacked in " + root + ": expected a folder that can be written, found "
                            + EmbeddedDatabaseException.problem(e)
                            + "; name another folder with cacheDirectory(folder)",
                    e);
        }
    }

    private void unpackAlone(Archive archive, Path home) throws IOException {
        UNPACKING.lock();
        try {
            Folders.createPrivate(root);
            Path lockFile = root.resolve(archive.key() + ".lock");
            try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                if (lock.isValid() && !Files.exists(home)) {
                    unpack(archive, home);
                }
            }
        } finally {
            UNPACKING.unlock();
        }
    }

    private void unpack(Archive archive, Path home) throws IOException {
        Path partial = root.resolve(archive.key() + ".partial");
        Folders.delete(partial);
        Folders.createPrivate(partial);
        untar(archive, partial);
        Files.writeString(partial.resolve(VERSION_FILE), version(partial, archive));
        Folders.force(partial);
        Files.move(partial, home, StandardCopyOption.ATOMIC_MOVE);
        Folders.forceOne(root);
    }

    private static void untar(Archive archive, Path target) throws IOException {
        // -o: the files belong to this user, also when root unpacks what somebody else packed.
        Process tar = new ProcessBuilder(List.of("tar", "-x", "-o", "-f", "-", "-C", target.toString()))
                .redirectErrorStream(true)
                .redirectOutput(Redirect.DISCARD)
                .start();
        try (InputStream packed = archive.open();
                InputStream in = new XZInputStream(packed);
                OutputStream out = tar.getOutputStream()) {
            in.transferTo(out);
        }
        int status = tar.onExit().join().exitValue();
        if (status != 0) {
            throw new IOException("tar ended with status " + status + " on " + archive.location());
        }
    }

    /** Runs the server once for its version, so that binaries that do not run here are found out at once. */
    private static String version(Path home, Archive archive) {
        String output;
        try {
            Process process = new ProcessBuilder(home.resolve("bin/postgres").toString(), "--version")
                    .redirectErrorStream(true)
                    .start();
            output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            output = String.valueOf(e.getMessage());
        }
        String firstLine = output.lines().findFirst().orElse("nothing");
        Matcher matcher = VERSION.matcher(firstLine);
        if (!matcher.lookingAt()) {
            throw new EmbeddedDatabaseException("The PostgreSQL binaries at " + archive.location()
                    + " do not run on this machine: expected their version, found '" + firstLine
                    + "'; use binaries for this operating system and its C library");
        }
        return matcher.group(1);
    }
}
