package dev.headwater.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The file that a server, and the program that creates its data directory, write their messages to.
 *
 * @param file grows over the starts of the server; one earlier part is kept beside it
 */
record ServerLog(Path file) {

    private static final long LIMIT_BYTES = 16 << 20;
    private static final int EXCERPT_BYTES = 64 << 10;

    private static final Pattern COMPLAINT = Pattern.compile("(?s).*?((FATAL|PANIC|error):.*)");
    private static final Pattern PORT_TAKEN = Pattern.compile("could not bind .*: Address already in use");

    /** Puts a large log aside and makes sure that there is one which only its owner can read. */
    void prepare() throws IOException {
        if (Files.exists(file) && Files.size(file) > LIMIT_BYTES) {
            Files.move(file, earlier(), StandardCopyOption.REPLACE_EXISTING);
        }
        if (!Files.exists(file)) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
    }

    private Path earlier() {
        return file.resolveSibling(file.getFileName() + ".1");
    }

    /** Where the next message will stand. */
    long end() throws IOException {
        return Files.size(file);
    }

    /** The message since a place in the log that tells best why a program ended, in one line. */
    String reason(long since) {
        List<String> lines = lines(since);
        return lines.reversed().stream()
                .map(COMPLAINT::matcher)
                .filter(matcher -> matcher.matches())
                .map(matcher -> matcher.group(1))
                .findFirst()
                .orElseGet(() -> lines.isEmpty() ? "no message" : lines.getLast());
    }

    /** Whether the port was in use, as far as the messages since a place in the log tell. */
    boolean tellsThatPortIsTaken(long since) {
        return lines(since).stream().anyMatch(line -> PORT_TAKEN.matcher(line).find());
    }

    private List<String> lines(long since) {
        try (FileChannel channel = FileChannel.open(file)) {
            channel.position(Math.max(since, channel.size() - EXCERPT_BYTES));
            InputStream in = Channels.newInputStream(channel);
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank())
                    .toList();
        } catch (IOException e) {
            return List.of("its log " + file + " cannot be read: " + e);
        }
    }
}
