package dev.headwater.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.memory.InMemoryEventStorage;
import dev.headwater.store.EventQuery;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class LogExportTest extends ExportedFiles {

    private static final long SEED = 20_261_126;

    @Test
    void everyLineIsACloudEvent() throws IOException {
        for (var line : lines(export(1_500))) {
            var event = JsonMapper.shared().readTree(line);
            assertThat(event.path("specversion").asString()).isEqualTo("1.0");
            for (var required : List.of("id", "source", "type")) {
                assertThat(event.path(required).asString()).as(required).isNotEmpty();
            }
            event.propertyNames().stream()
                    .filter(name -> !name.equals("data_base64"))
                    .forEach(name -> assertThat(name).matches("[a-z0-9]{1,20}"));
        }
    }

    @Test
    void theLastLineHoldsTheChecksumOfAllOthers() throws IOException {
        var file = file("events.ndjson");
        var summary = LogExport.of(Logs.of(1_500)).to(file);

        var lines = lines(file);
        var others = String.join("\n", lines.subList(0, lines.size() - 1)) + "\n";
        var digest = Tally.sha256Digest().digest(others.getBytes(StandardCharsets.UTF_8));
        assertThat(lines.getLast()).contains(HexFormat.of().formatHex(digest));
        assertThat(summary)
                .isEqualTo(new ExportSummary(1_500, 1, 1_500, HexFormat.of().formatHex(digest)));
        assertThat(ExportedLog.verify(file)).isEqualTo(summary);
    }

    @Test
    void anEmptyLogIsExported() throws IOException {
        var summary = LogExport.of(new InMemoryEventStorage()).to(file("empty.ndjson"));

        assertThat(summary.events()).isZero();
        assertThat(LogImport.into(new InMemoryEventStorage()).from(file("empty.ndjson")))
                .isEqualTo(new ImportSummary(0, 0, true));
    }

    @Test
    void theSameSelectionGivesTheSameBytes() throws IOException {
        var log = Logs.of(1_200);
        LogExport.of(log).through(1_000).to(file("one.ndjson"));
        LogExport.of(log).through(1_000).to(file("two.ndjson"));

        assertThat(file("one.ndjson")).hasSameBinaryContentAs(file("two.ndjson"));
    }

    @Test
    void aPartOfTheLogIsExported() throws IOException {
        var log = Logs.of(100);
        var invoices = EventQuery.ofCategories(Set.of("invoice"));

        var summary = LogExport.of(log)
                .only(invoices)
                .after(10)
                .through(20)
                .from(URI.create("https://shop.example/log"))
                .to(file("part.ndjson"));

        assertThat(summary.events()).isEqualTo(3);
        assertThat(summary.firstPosition()).isEqualTo(12);
        assertThat(summary.lastPosition()).isEqualTo(18);
        try (var part = ExportedLog.open(file("part.ndjson"))) {
            assertThat(part.next()).extracting(event -> event.position()).containsExactly(12L, 15L, 18L);
            assertThat(part.next()).isEmpty();
        }
        assertThat(lines(file("part.ndjson")))
                .allMatch(line -> line.contains("\"source\":\"https://shop.example/log\""));
    }

    @Test
    void reservedStreamsAreAPartOfTheWholeLog() throws IOException {
        var log = Logs.of(3);
        Logs.append(log, "$journal-1", Logs.event(4), Logs.event(5));
        Logs.append(log, "order-1", Logs.event(6));
        var copy = new InMemoryEventStorage();

        assertThat(LogExport.of(log).to(file("whole.ndjson")).events()).isEqualTo(6);
        assertThat(LogImport.into(copy).from(file("whole.ndjson"))).isEqualTo(new ImportSummary(6, 0, true));

        Logs.requireSame(copy, log);
        assertThat(lines(file("whole.ndjson")).getFirst()).contains("\"query\":[]");
    }

    @Test
    void reservedStreamsAreLeftOutOfAllEvents() throws IOException {
        var log = Logs.of(3);
        Logs.append(log, "$journal-1", Logs.event(4));
        Logs.append(log, "order-1", Logs.event(5));

        LogExport.of(log).only(EventQuery.all()).to(file("all.ndjson"));
        LogExport.of(log)
                .only(EventQuery.ofCategories(Set.of("$journal", "order")).withReserved())
                .to(file("some.ndjson"));

        assertThat(ExportedLog.verify(file("all.ndjson")).events()).isEqualTo(4);
        assertThat(ExportedLog.verify(file("some.ndjson")).events()).isEqualTo(4);
        try (var some = ExportedLog.open(file("some.ndjson"))) {
            assertThat(some.next()).extracting(event -> event.position()).containsExactly(1L, 2L, 4L, 5L);
        }
    }

    @Test
    void positionsThatTheLogDoesNotHaveAreRefused() {
        var log = Logs.of(10);

        for (var export : List.of(
                LogExport.of(log).through(11),
                LogExport.of(log).after(5).through(4),
                LogExport.of(log).through(-1))) {
            assertThatThrownBy(() -> export.to(file("x.ndjson")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("the log ends at 10");
        }
        assertThatThrownBy(() -> LogExport.of(log).after(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatIsAppendedMeanwhileIsLeftForTheNextExport() throws IOException {
        var log = Logs.of(1_500);

        var summary = LogExport.of(log)
                .reporting((done, all) -> Logs.append(log, "order-1", Logs.event((int) log.headPosition() + 1)))
                .to(file("events.ndjson"));

        assertThat(summary.events()).isEqualTo(1_500);
        assertThat(log.headPosition()).isGreaterThan(1_500);
    }

    @Test
    void aFileIsNotReplaced() throws IOException {
        var file = Files.writeString(file("events.ndjson"), "precious");

        assertThatThrownBy(() -> LogExport.of(Logs.of(1)).to(file)).isInstanceOf(FileAlreadyExistsException.class);

        assertThat(file).hasContent("precious");
    }

    @Test
    void anInterruptedExportGoesOnWhereverItWasCutOff() throws IOException {
        var log = Logs.of(3_500);
        var whole = file("whole.ndjson");
        LogExport.of(log).to(whole);
        var bytes = Files.readAllBytes(whole);
        var random = new Random(SEED);
        Logs.append(log, "order-1", Logs.event(3_501));

        var cuts = new ArrayList<>(List.of(0, 1, 100, bytes.length - 1, bytes.length));
        random.ints(20, 0, bytes.length).forEach(cuts::add);
        for (int cut : cuts) {
            var file = file("cut-" + cut + ".ndjson");
            Files.write(file("cut-" + cut + ".ndjson.partial"), Arrays.copyOf(bytes, cut));
            LogExport.of(log).through(3_500).to(file);

            assertThat(file).as("cut at " + cut).hasSameBinaryContentAs(whole);
            assertThat(file("cut-" + cut + ".ndjson.partial")).doesNotExist();
        }
    }

    @Test
    void anInterruptedExportEndsWhereItWasToEnd() throws IOException {
        var log = Logs.of(2_500);
        var whole = file("whole.ndjson");
        LogExport.of(log).to(whole);
        Files.write(
                file("again.ndjson.partial"), Arrays.copyOf(Files.readAllBytes(whole), (int) Files.size(whole) / 2));
        Logs.append(log, "order-1", Logs.event(2_501));
        var done = new ArrayList<Long>();

        LogExport.of(log).reporting((at, all) -> done.add(at)).to(file("again.ndjson"));

        assertThat(file("again.ndjson")).hasSameBinaryContentAs(whole);
        assertThat(done).as("begins with the second page").containsExactly(2_000L, 2_500L);
    }

    @Test
    void whatWasDamagedInAnInterruptedExportIsWrittenAgain() throws IOException {
        var log = Logs.of(2_500);
        var whole = file("whole.ndjson");
        LogExport.of(log).to(whole);
        var damaged = Files.readAllBytes(whole);
        damaged[damaged.length / 2] ^= 1;
        Files.write(file("again.ndjson.partial"), damaged);

        LogExport.of(log).to(file("again.ndjson"));

        assertThat(file("again.ndjson")).hasSameBinaryContentAs(whole);
    }

    @Test
    void theBeginningOfSomethingElseIsRefusedAndKept() throws IOException {
        var log = Logs.of(1_500);
        var other = new InMemoryEventStorage();
        for (int i = 1; i <= 1_500; i++) {
            Logs.append(other, "order-1", Logs.event(1_000_000 + i));
        }
        LogExport.of(log).to(file("whole.ndjson"));
        var partial = file("again.ndjson.partial");
        Files.copy(file("whole.ndjson"), partial);

        requireRefused(LogExport.of(log).through(7), "is the beginning of another export");
        requireRefused(LogExport.of(log).only(EventQuery.ofTypes(Set.of("x"))), "is the beginning of another export");
        requireRefused(LogExport.of(other), "is the beginning of an export of another log");
        assertThat(partial).hasSameBinaryContentAs(file("whole.ndjson"));
        Files.writeString(partial, "my diary\n");
        requireRefused(LogExport.of(log), "is no export");
        assertThat(partial).hasContent("my diary\n");
    }

    @Test
    void twoExportsDoNotWriteTheSameFile() throws IOException {
        var log = Logs.of(10);
        var refusals = new ArrayList<Throwable>();

        LogExport.of(log)
                .reporting((done, all) -> {
                    try {
                        LogExport.of(log).to(file("events.ndjson"));
                    } catch (FileSystemException e) {
                        refusals.add(e);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                })
                .to(file("events.ndjson"));

        assertThat(refusals)
                .singleElement()
                .satisfies(e -> assertThat(e).hasMessageContaining("another export is writing it"));
        assertThat(ExportedLog.verify(file("events.ndjson")).events()).isEqualTo(10);
    }

    @Test
    void aCompressedExportHoldsTheSame() throws IOException {
        var log = Logs.of(2_500);
        var plain = LogExport.of(log).to(file("events.ndjson"));
        Files.writeString(file("events.ndjson.gz.partial"), "left by an interrupted one, and not used");

        assertThat(LogExport.of(log).to(file("events.ndjson.gz"))).isEqualTo(plain);

        assertThat(Files.size(file("events.ndjson.gz"))).isLessThan(Files.size(file("events.ndjson")) / 4);
        assertThat(ExportedLog.verify(file("events.ndjson.gz"))).isEqualTo(plain);
    }

    private void requireRefused(LogExport export, String reason) {
        assertThatThrownBy(() -> export.to(file("again.ndjson")))
                .isInstanceOf(InvalidExportException.class)
                .hasMessageContaining(reason);
    }
}
