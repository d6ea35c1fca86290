package dev.headwater.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.memory.InMemoryEventStorage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** What the tests of exports share: a folder. */
abstract class ExportedFiles {

    @TempDir
    Path folder;

    Path file(String name) {
        return folder.resolve(name);
    }

    /** Exports a log of so many events to a new file. */
    Path export(int events) throws IOException {
        var file = file(events + "-events.ndjson");
        LogExport.of(Logs.of(events)).to(file);
        return file;
    }

    Path write(String name, byte[] content) throws IOException {
        return Files.write(file(name), content);
    }

    Path write(String name, List<String> lines) throws IOException {
        return Files.writeString(file(name), String.join("\n", lines) + "\n");
    }

    static List<String> lines(Path file) throws IOException {
        return Files.readAllLines(file, StandardCharsets.UTF_8);
    }

    /** Requires that a file is refused, with that reason, and that nothing of it is imported. */
    static InvalidExportException requireRefused(Path file, String... reason) {
        var log = new InMemoryEventStorage();
        var refusal = new InvalidExportException[1];
        assertThatThrownBy(() -> LogImport.into(log).from(file))
                .as(file.getFileName().toString())
                .isInstanceOfSatisfying(InvalidExportException.class, e -> refusal[0] = e)
                .hasMessageContaining(file.toString())
                .satisfies(e -> List.of(reason).forEach(part -> assertThat(e).hasMessageContaining(part)));
        assertThat(log.headPosition()).isZero();
        return refusal[0];
    }
}
