package dev.headwater.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.memory.InMemoryEventStorage;
import dev.headwater.store.EventQuery;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DamagedExportTest extends ExportedFiles {

    private static final long SEED = 20_261_125;

    @Test
    void aFileThatWasCutOffAfterAnyLineIsRefused() throws IOException {
        var lines = lines(export(30));

        for (int kept = 1; kept < lines.size(); kept++) {
            var refusal = requireRefused(write("cut.ndjson", lines.subList(0, kept)), "was cut off after line " + kept);
            assertThat(refusal.line()).isEqualTo(kept);
        }
    }

    @Test
    void aFileThatWasCutOffAtAnyByteIsRefused() throws IOException {
        var whole = Files.readAllBytes(export(5));

        for (int kept = 1; kept < whole.length; kept++) {
            requireRefused(write("cut.ndjson", Arrays.copyOf(whole, kept)), "was cut off");
        }
    }

    @Test
    void aFileThatWasCutOffAfterACheckpointIsRefused() throws IOException {
        var lines = lines(export(2_000));
        int checkpoint = 1 + Tally.CHUNK_EVENTS + 1;
        assertThat(lines.get(checkpoint - 1)).contains("export.checkpoint");

        requireRefused(write("cut.ndjson", lines.subList(0, checkpoint)), "was cut off after line " + checkpoint);
    }

    @Test
    void aFlippedBitAnywhereIsNoticed() throws IOException {
        var whole = Files.readAllBytes(export(3));
        var random = new Random(SEED);

        for (int i = 0; i < whole.length; i++) {
            var flipped = whole.clone();
            flipped[i] ^= (byte) (1 << random.nextInt(8));
            requireRefused(write("flipped.ndjson", flipped));
        }
    }

    @Test
    void aFlippedBitInALongFileIsNoticed() throws IOException {
        var whole = Files.readAllBytes(export(2_500));
        var random = new Random(SEED);

        for (int i = 0; i < 20; i++) {
            var flipped = whole.clone();
            flipped[random.nextInt(whole.length)] ^= (byte) (1 << random.nextInt(8));
            requireRefused(write("flipped.ndjson", flipped));
        }
    }

    @Test
    void linesThatWereRemovedRepeatedOrReorderedAreNoticed() throws IOException {
        var lines = lines(export(1_500));
        var random = new Random(SEED);

        for (int i = 0; i < 10; i++) {
            int line = random.nextInt(lines.size() - 1);
            var removed = new ArrayList<>(lines);
            removed.remove(line);
            requireRefused(write("removed.ndjson", removed));
            var repeated = new ArrayList<>(lines);
            repeated.add(line, lines.get(line));
            requireRefused(write("repeated.ndjson", repeated));
            var reordered = new ArrayList<>(lines);
            Collections.swap(reordered, line, line + 1);
            requireRefused(write("reordered.ndjson", reordered));
        }
    }

    @Test
    void aChunkThatWasTakenOutWithItsCheckpointIsNoticed() throws IOException {
        var lines = new ArrayList<>(lines(export(3_000)));
        lines.subList(1, Tally.CHUNK_EVENTS + 2).clear();

        requireRefused(write("shortened.ndjson", lines), "was altered", "do not have the checksum");
    }

    @Test
    void aCheckpointThatWasTakenOutIsNoticed() throws IOException {
        var lines = new ArrayList<>(lines(export(3_000)));
        lines.remove(Tally.CHUNK_EVENTS + 1);

        requireRefused(write("merged.ndjson", lines), "a checkpoint is missing");
    }

    @Test
    void whatFollowsTheEndIsNoticed() throws IOException {
        var whole = Files.readString(export(3));

        requireRefused(
                write("twice.ndjson", (whole + whole).getBytes(StandardCharsets.UTF_8)), "it goes on after line 5");
        requireRefused(write("more.ndjson", (whole + "\n").getBytes(StandardCharsets.UTF_8)), "it goes on after");
        requireRefused(write("more.ndjson", (whole + "x").getBytes(StandardCharsets.UTF_8)), "it goes on after");
    }

    @Test
    void otherLineBreaksAreNoticed() throws IOException {
        var whole = Files.readString(export(3)).replace("\n", "\r\n");

        requireRefused(write("windows.ndjson", whole.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void aFileOfAnotherKindIsRefused() throws IOException {
        requireRefused(write("empty.ndjson", new byte[0]), "was cut off after line 0");
        requireRefused(write("text.ndjson", "InvoiceNo,StockCode\n".getBytes(StandardCharsets.UTF_8)), "is no export");
        requireRefused(write("other.ndjson", "{\"specversion\":\"1.0\"}\n".getBytes(StandardCharsets.UTF_8)));
        requireRefused(write("gzip.gz", new byte[] {0x1f, (byte) 0x8b}), "is no gzip file");
        assertThatThrownBy(() -> LogImport.into(new InMemoryEventStorage()).from(file("missing")))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void aFormatOfTheFutureIsRefused() throws IOException {
        var future = Files.readString(export(3)).replace("\"format\":1", "\"format\":2");

        requireRefused(write("future.ndjson", future.getBytes(StandardCharsets.UTF_8)), "has format 2: expected 1");
    }

    @Test
    void aLineWithoutEndCostsBoundedMemory() throws IOException {
        var file = export(1);
        try (var out = Files.newOutputStream(file, StandardOpenOption.TRUNCATE_EXISTING)) {
            out.write(ControlLine.started(new Selection(URI.create("urn:x"), EventQuery.all(), 0, 1)));
            var megabyte = " ".repeat(1024 * 1024).getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < 40; i++) {
                out.write(megabyte);
            }
        }

        requireRefused(file, "line 2 has more than 33554432 bytes");
    }

    @Test
    void aCompressedFileThatWasCutOffOrAlteredIsRefused() throws IOException {
        var file = file("events.ndjson.gz");
        LogExport.of(Logs.of(100)).to(file);
        var whole = Files.readAllBytes(file);

        for (int kept = 3; kept < whole.length; kept += 17) {
            requireRefused(write("cut.gz", Arrays.copyOf(whole, kept)));
        }
        for (int i = 10; i < whole.length; i += 17) {
            var flipped = whole.clone();
            flipped[i] ^= 1;
            requireRefused(write("flipped.gz", flipped));
        }
    }

    @Test
    void aFileThatChangesDuringTheImportIsRefusedWithWhatWasImported() throws IOException {
        var file = export(2_500);
        var log = new InMemoryEventStorage();
        var whole = Files.readAllBytes(file);

        assertThatThrownBy(() -> LogImport.into(log)
                        .reporting((done, all) -> cut(file, whole))
                        .from(file))
                .isInstanceOf(InvalidExportException.class)
                .hasMessageContaining("it was in order when the import began, events imported since, which stay: 1000");
        assertThat(log.headPosition()).isEqualTo(1_000);
    }

    private static void cut(Path file, byte[] whole) {
        try {
            Files.write(file, Arrays.copyOf(whole, whole.length / 2));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
