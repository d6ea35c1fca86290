package dev.headwater.embedded;

import java.nio.file.Path;

/**
 * An unpacked PostgreSQL that runs on this machine.
 *
 * @param home the folder with {@code bin}, {@code lib} and {@code share}
 * @param version such as {@code 18.6}
 */
record Binaries(Path home, String version) {

    /** The part of the version that decides whether a data folder can be read. */
    String major() {
        return version.replaceFirst("\\D.*", "");
    }

    /** Whether this is the major version or a later one. */
    boolean isAtLeast(int wanted) {
        return Integer.parseInt(major()) >= wanted;
    }

    String program(String name) {
        return home.resolve("bin").resolve(name).toString();
    }
}
