package dev.headwater.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a server writes about itself into {@code postmaster.pid} of its data directory.
 *
 * @param pid the process id of the postmaster
 * @param port where it listens, 0 if not known yet
 * @param ready whether it takes connections
 */
record PostmasterPid(long pid, int port, boolean ready) {

    static Path file(Path cluster) {
        return cluster.resolve("postmaster.pid");
    }

    /** Empty if there is no such file, or nothing that makes sense in it. */
    static Optional<PostmasterPid> read(Path cluster) {
        try {
            List<String> lines = Files.readAllLines(file(cluster), StandardCharsets.ISO_8859_1);
            // The server of a single-user session writes its id with a minus.
            long pid = Math.abs(Long.parseLong(line(lines, 0)));
            String port = line(lines, 3);
            return Optional.of(new PostmasterPid(
                    pid,
                    port.isEmpty() ? 0 : Integer.parseInt(port),
                    line(lines, 7).equals("ready")));
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static String line(List<String> lines, int index) {
        return index < lines.size() ? lines.get(index).strip() : "";
    }
}
