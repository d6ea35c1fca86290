package dev.headwater.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.JarURLConnection;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;

/**
 * A packed PostgreSQL.
 *
 * @param location where its bytes are
 * @param key stands for its content, in letters that a file name may have
 */
record Archive(URL location, String key) {

    /** The archive for a platform on the class path. */
    static Archive onClassPath(Platform platform) {
        List<URL> found;
        try {
            found = Collections.list(Archive.class.getClassLoader().getResources(platform.archive()));
        } catch (IOException e) {
            throw new EmbeddedDatabaseException("The class path cannot be searched for PostgreSQL binaries: " + e, e);
        }
        return switch (found.size()) {
            case 0 ->
                throw new EmbeddedDatabaseException("No PostgreSQL binaries for this platform: expected "
                        + platform.archive() + " on the class path, found none; add the artifact " + platform.artifact()
                        + " or name its jar with binaries(jar)");
            case 1 -> at(found.getFirst());
            default ->
                throw new EmbeddedDatabaseException("Several PostgreSQL binaries for this platform: expected one "
                        + platform.archive() + " on the class path, found " + found
                        + "; remove the others or name a jar with binaries(jar)");
        };
    }

    /** The archive for a platform in one jar. */
    static Archive in(Path jar, Platform platform) {
        if (!Files.isRegularFile(jar)) {
            throw new EmbeddedDatabaseException("No PostgreSQL binaries at " + jar + ": expected the jar of "
                    + platform.artifact() + ", found no file");
        }
        try {
            return at(
                    URI.create("jar:" + jar.toUri() + "!/" + platform.archive()).toURL());
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(e);
        }
    }

    InputStream open() throws IOException {
        return location.openStream();
    }

    private static Archive at(URL location) {
        try {
            return new Archive(location, key(location));
        } catch (IOException e) {
            throw new EmbeddedDatabaseException(
                    "No PostgreSQL binaries at " + location + ": expected a readable archive for this platform, found "
                            + e.getMessage(),
                    e);
        }
    }

    /** Length and CRC, which a jar's directory tells without reading the content. */
    private static String key(URL location) throws IOException {
        String name = Path.of(location.getPath()).getFileName().toString();
        if (location.openConnection() instanceof JarURLConnection connection) {
            ZipEntry entry = connection.getJarEntry();
            return key(name, entry.getSize(), entry.getCrc());
        }
        try (CheckedInputStream in = new CheckedInputStream(location.openStream(), new CRC32())) {
            long size = in.transferTo(OutputStream.nullOutputStream());
            return key(name, size, in.getChecksum().getValue());
        }
    }

    private static String key(String name, long size, long crc) {
        return "%s-%d-%08x".formatted(name, size, crc);
    }
}
