package dev.headwater.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.memory.InMemoryEventStorage;
import dev.headwater.store.EventQuery;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LogImportTest extends ExportedFiles {

    private final InMemoryEventStorage original = Logs.of(2_500);
    private final InMemoryEventStorage log = new InMemoryEventStorage();
    private Path whole = Path.of("");

    @BeforeEach
    void exportTheWholeLog() throws IOException {
        whole = file("whole.ndjson");
        LogExport.of(original).to(whole);
    }

    @Test
    void anEmptyLogBecomesTheSame() throws IOException {
        var progress = new ArrayList<Long>();

        var summary = LogImport.into(log)
                .reporting((done, all) -> {
                    progress.add(done);
                    assertThat(all).isEqualTo(2_500);
                })
                .from(whole);

        assertThat(summary).isEqualTo(new ImportSummary(2_500, 0, true));
        assertThat(progress).containsExactly(1_000L, 2_000L, 2_500L);
        Logs.requireSame(log, original);
    }

    @Test
    void importingAgainChangesNothing() throws IOException {
        LogImport.into(log).from(whole);

        assertThat(LogImport.into(log).from(whole)).isEqualTo(new ImportSummary(0, 2_500, true));
        assertThat(LogImport.into(original).from(whole)).isEqualTo(new ImportSummary(0, 2_500, true));
        Logs.requireSame(log, original);
    }

    @Test
    void anInterruptedImportGoesOn() throws IOException {
        assertThatThrownBy(() -> LogImport.into(log)
                        .reporting((done, all) -> {
                            throw new IllegalStateException("the power fails");
                        })
                        .from(whole))
                .hasMessage("the power fails");
        assertThat(log.headPosition()).isEqualTo(1_000);

        assertThat(LogImport.into(log).from(whole)).isEqualTo(new ImportSummary(1_500, 1_000, true));
        Logs.requireSame(log, original);
    }

    @Test
    void aLaterExportBringsWhatIsMissing() throws IOException {
        LogImport.into(log).from(whole);
        for (int i = 2_501; i <= 3_700; i++) {
            Logs.append(original, "order-1", Logs.event(i));
        }
        LogExport.of(original).to(file("later.ndjson"));
        LogExport.of(original).after(2_400).to(file("since.ndjson"));

        assertThat(LogImport.into(log).from(file("later.ndjson"))).isEqualTo(new ImportSummary(1_200, 2_500, true));
        assertThat(LogImport.into(log).from(file("since.ndjson"))).isEqualTo(new ImportSummary(0, 1_300, true));
        Logs.requireSame(log, original);
    }

    @Test
    void besideOtherEventsTheOrderIsKept() throws IOException {
        Logs.append(log, "customer-1", Logs.event(1_000_001), Logs.event(1_000_002));

        assertThat(LogImport.into(log).from(whole)).isEqualTo(new ImportSummary(2_500, 0, false));

        assertThat(Logs.read(log).stream().skip(2).map(event -> event.message().id()))
                .isEqualTo(Logs.read(original).stream()
                        .map(event -> event.message().id())
                        .toList());
        assertThat(LogImport.into(log).from(whole)).isEqualTo(new ImportSummary(0, 2_500, false));
        assertThat(log.headPosition()).isEqualTo(2_502);
    }

    @Test
    void aStreamThatIsElsewhereIsRefused() throws IOException {
        Logs.append(log, "order-2", Logs.event(1_000_001));

        requireConflict(
                whole,
                0,
                "The stream 'order-2' has version 1 there, and the file goes on after no events",
                "nothing was imported");
        assertThat(log.headPosition()).isEqualTo(1);
    }

    @Test
    void streamsThatGoOnInALaterExportMustBeThere() throws IOException {
        LogExport.of(original).after(2_000).to(file("end.ndjson"));

        requireConflict(file("end.ndjson"), 0, "has no events there, and the file goes on after version 66");
    }

    @Test
    void aPartOfAStreamIsRefusedOrRenumbered() throws IOException {
        var tagged = new InMemoryEventStorage();
        for (int i = 1; i <= 5; i++) {
            Logs.append(tagged, "order-1", i % 2 == 0 ? Set.of() : Set.of("odd"), Logs.event(i));
        }
        var odd = file("odd.ndjson");
        LogExport.of(tagged).only(EventQuery.withTags(Set.of("odd"))).to(odd);

        requireConflict(odd, 0, "goes on with version 3 after version 1: the export holds a part of its events");
        for (var expected : List.of(new ImportSummary(3, 0, false), new ImportSummary(0, 3, false))) {
            assertThat(LogImport.into(log).renumbering().from(odd)).isEqualTo(expected);
            assertThat(Logs.read(log)).extracting(event -> event.version()).containsExactly(1L, 2L, 3L);
            assertThat(Logs.read(log))
                    .extracting(event -> event.message().id().getLeastSignificantBits())
                    .containsExactly(1L, 3L, 5L);
        }
        requireConflict(odd, 0, "goes on with version 3 after version 1");
    }

    @Test
    void anEventThatIsThereUnderAnotherVersionIsRefused() throws IOException {
        LogExport.of(Logs.of(3)).to(file("small.ndjson"));
        Logs.append(log, "order-1", Logs.event(1_000_001), Logs.event(1));

        requireConflict(file("small.ndjson"), 0, "Version 1 of the stream 'order-1' is there already, as version 2");
    }

    @Test
    void anEventThatIsThereInAnotherStreamIsRefused() throws IOException {
        LogExport.of(Logs.of(3)).to(file("small.ndjson"));
        Logs.append(log, "customer-1", Logs.event(1));

        requireConflict(file("small.ndjson"), 0, "is taken by an event of another stream");
    }

    @Test
    void eventsThatWouldLoseTheirOrderAreRefused() throws IOException {
        LogExport.of(Logs.of(3)).to(file("small.ndjson"));
        Logs.append(log, "order-1", Logs.event(1));
        Logs.append(log, "invoice-1", Logs.event(3));

        requireConflict(
                file("small.ndjson"),
                1,
                "Position 3 of the file is there already, at position 2 and so before what precedes it in the file",
                "events imported before it, which stay: 1");
    }

    private void requireConflict(Path file, int imported, String... reason) {
        assertThatThrownBy(() -> LogImport.into(log).from(file))
                .isInstanceOfSatisfying(
                        ImportConflictException.class,
                        e -> assertThat(e.imported()).isEqualTo(imported))
                .hasMessageContainingAll(reason);
    }
}
