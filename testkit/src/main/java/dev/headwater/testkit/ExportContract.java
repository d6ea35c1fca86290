package dev.headwater.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.headwater.export.ImportConflictException;
import dev.headwater.export.ImportSummary;
import dev.headwater.export.LogExport;
import dev.headwater.export.LogImport;
import dev.headwater.memory.InMemoryEventStorage;
import dev.headwater.store.Direction;
import dev.headwater.store.EventQuery;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.EventStorage;
import dev.headwater.testkit.ContractEvent.Noted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log moves to another storage and is the same there, also where no class for its events is known. */
abstract class ExportContract extends StorageContract {

    private static final long SEED = 20_261_125;

    /** More than fit into one chunk. */
    private static final int EVENTS = 1_300;

    private static final StreamId STRANGER = new StreamId("stranger");

    @TempDir
    Path folder;

    private final EventStorage original = new InMemoryEventStorage();
    private Path exported = Path.of("");

    ExportContract(EventStoreContract implementation) {
        super(implementation);
    }

    @BeforeEach
    final void exportTheOriginal() throws IOException {
        new RandomLog(SEED, 40).fill(original, EVENTS);
        exported = folder.resolve("original.ndjson");
        LogExport.of(original).to(exported);
    }

    @Test
    void aLogFromElsewhereIsTheSameHereByteForByte() throws IOException {
        assertEquals(new ImportSummary(EVENTS, 0, true), LogImport.into(storage).from(exported));

        var again = folder.resolve("again.ndjson");
        LogExport.of(storage).to(again);
        assertEquals(-1, Files.mismatch(exported, again), "the first byte that has changed");
    }

    @Test
    void importingAgainChangesNothing() throws IOException {
        LogImport.into(storage).from(exported);

        assertEquals(new ImportSummary(0, EVENTS, true), LogImport.into(storage).from(exported));
        assertEquals(EVENTS, storage.headPosition());
    }

    @Test
    void besideOtherEventsTheOrderIsKept() throws IOException {
        store.append(STRANGER, ANY, new Noted("was here"));

        assertEquals(
                new ImportSummary(EVENTS, 0, false), LogImport.into(storage).from(exported));
        assertEquals(ids(original, 0), ids(storage, 1));
    }

    @Test
    void aStreamThatIsElsewhereIsRefused() throws IOException {
        var taken = original.readLog(EventQuery.all(), Direction.FORWARDS, EVENTS / 2, 1).events().getFirst().stream();
        store.append(taken, ANY, new Noted("was here"));

        var conflict = assertThrows(
                ImportConflictException.class, () -> LogImport.into(storage).from(exported));

        assertEquals(0, conflict.imported());
        assertEquals(1, storage.headPosition());
    }

    private static List<UUID> ids(EventStorage log, long after) {
        var ids = new ArrayList<UUID>();
        long beyond = after;
        while (beyond < log.headPosition()) {
            var page = log.readLog(EventQuery.all().withReserved(), Direction.FORWARDS, beyond, 1_000);
            page.events().forEach(event -> ids.add(event.message().id()));
            beyond = page.through();
        }
        return ids;
    }
}
