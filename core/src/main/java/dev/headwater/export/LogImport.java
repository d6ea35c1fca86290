package dev.headwater.export;

import dev.headwater.store.spi.EventStorage;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Appends the events of an export to a log: with their ids, versions, times, tags and metadata, in their order, and
 * payloads byte for byte.
 *
 * <pre>{@code
 * var summary = LogImport.into(database.eventStorage()).from(Path.of("events.ndjson.gz"));
 * }</pre>
 *
 * <p>The file is read twice. The first time to its end, so nothing is imported from one that was cut off or altered.
 * The second time each chunk, whose checksum is right again, is one append. An import that was interrupted can be
 * repeated, as can one that was not: events that are there already are recognised by their ids and stay.
 *
 * <p>In a log that was empty every event gets the position that it had, if the export is of a whole log. In any other
 * the order is kept, and every stream has to go on with the version that it has there; an event that does not fit is
 * refused, and those before it stay. An export by types or tags leaves holes in streams: {@link #renumbering} closes
 * them. Others may append meanwhile. Immutable; each method returns another import.
 *
 * @see LogExport
 */
public final class LogImport {

    private final EventStorage storage;
    private final boolean renumbering;
    private final TransferProgress progress;

    private LogImport(EventStorage storage, boolean renumbering, TransferProgress progress) {
        this.storage = storage;
        this.renumbering = renumbering;
        this.progress = progress;
    }

    /** An import into a log. */
    public static LogImport into(EventStorage storage) {
        return new LogImport(storage, false, TransferProgress.none());
    }

    /** Gives events the next version of their stream, whatever version they had. */
    public LogImport renumbering() {
        return new LogImport(storage, true, progress);
    }

    /** Tells how far it has come, once the file was found in order. */
    public LogImport reporting(TransferProgress newProgress) {
        return new LogImport(storage, renumbering, newProgress);
    }

    /**
     * Imports a file.
     *
     * @throws InvalidExportException when it was cut off or altered, or is no export: nothing was imported, unless the
     *     message says that it was altered meanwhile
     * @throws ImportConflictException when an event does not fit the log; those before it were imported
     * @throws dev.headwater.HeadwaterException when the log cannot be reached; repeat the import
     * @throws IOException when the file cannot be read
     */
    public ImportSummary from(Path file) throws IOException {
        long all = ExportedLog.verify(file).events();
        var run = new ImportRun(storage, renumbering);
        try (var log = ExportedLog.open(file)) {
            for (var chunk = log.next(); !chunk.isEmpty(); chunk = log.next()) {
                run.append(chunk);
                var sum = run.summary();
                progress.at(sum.imported() + sum.alreadyThere(), all);
            }
        } catch (InvalidExportException e) {
            throw e.afterImporting(run.summary());
        }
        return run.summary();
    }
}
