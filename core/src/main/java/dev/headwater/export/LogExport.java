package dev.headwater.export;

import dev.headwater.store.Direction;
import dev.headwater.store.EventQuery;
import dev.headwater.store.spi.EncodedEvent;
import dev.headwater.store.spi.EventStorage;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/**
 * Writes the log, or a part of it, to a file: one CloudEvent in JSON on each line, in the order of the log.
 *
 * <pre>{@code
 * var summary = LogExport.of(database.eventStorage()).to(Path.of("events.ndjson.gz"));
 * }</pre>
 *
 * <p>Events are taken as they are stored, so no message class is needed, and payloads are kept byte for byte. An export
 * holds what the log held when it was begun; appends go on meanwhile. The same selection from the same log gives the
 * same bytes. Memory holds one page of events.
 *
 * <p>A file under the name that was asked for is complete. Until then it has {@value #PARTIAL} at the end of its name,
 * and holds a checkpoint after every 1,000 events or some megabytes: the same export, run again after a crash, goes on
 * after the last one. A file whose name ends in {@value #GZIP} is compressed, and begins anew instead.
 *
 * <p>Immutable; each method returns another export.
 *
 * @see ExportedLog
 * @see LogImport
 */
public final class LogExport {

    static final String PARTIAL = ".partial";
    static final String GZIP = ".gz";

    private static final URI SOURCE = URI.create("urn:headwater:log");
    private static final int PAGE = 1_000;

    private final EventStorage storage;
    private final URI source;
    private final EventQuery query;
    private final long after;
    private final @Nullable Long through;
    private final TransferProgress progress;

    private LogExport(
            EventStorage storage,
            URI source,
            EventQuery query,
            long after,
            @Nullable Long through,
            TransferProgress progress) {
        this.storage = storage;
        this.source = source;
        this.query = query;
        this.after = after;
        this.through = through;
        this.progress = progress;
    }

    /** An export of the whole log, reserved streams included. */
    public static LogExport of(EventStorage storage) {
        return new LogExport(storage, SOURCE, EventQuery.all().withReserved(), 0, null, TransferProgress.none());
    }

    /** Only the events that a query wants. */
    public LogExport only(EventQuery newQuery) {
        return new LogExport(storage, source, newQuery, after, through, progress);
    }

    /** Only what stands after a position. */
    public LogExport after(long position) {
        if (position < 0) {
            throw new IllegalArgumentException("The position is " + position + ": expected 0 or more");
        }
        return new LogExport(storage, source, query, position, through, progress);
    }

    /** Only what stands at a position or before it; otherwise what the log holds when the export is begun. */
    public LogExport through(long position) {
        return new LogExport(storage, source, query, after, position, progress);
    }

    /** The {@code source} that the CloudEvents name; {@code urn:headwater:log} unless it is given. */
    public LogExport from(URI newSource) {
        return new LogExport(storage, newSource, query, after, through, progress);
    }

    /** Tells how far it has come. */
    public LogExport reporting(TransferProgress newProgress) {
        return new LogExport(storage, source, query, after, through, newProgress);
    }

    /**
     * Writes the export to a new file, or completes what an export of the same name and selection has left.
     *
     * @throws FileAlreadyExistsException when there is such a file
     * @throws InvalidExportException when what was left belongs to another export
     * @throws IllegalArgumentException when the log does not reach as far as it is to be exported
     * @throws IOException when the file cannot be written; what was written stays, for the next try
     */
    public ExportSummary to(Path file) throws IOException {
        if (Files.exists(file)) {
            throw new FileAlreadyExistsException(
                    file.toString(), null, "an export does not replace a file: delete it, or choose another name");
        }
        var partial = file.resolveSibling(file.getFileName() + PARTIAL);
        ExportSummary summary;
        try (var out = PartialExport.open(partial)) {
            boolean zipped = file.toString().endsWith(GZIP);
            var left = zipped ? null : out.readLeft();
            var selection = selection(left);
            if (left != null) {
                requireSame(partial, selection, left);
            }
            summary = left != null && left.summary() != null
                    ? left.summary()
                    : write(selection, out.writer(selection, left == null ? new Tally() : left.tally(), zipped));
            out.force();
        }
        Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
        return summary;
    }

    /** What to export; it ends where the log does, or did when what is left was begun, unless it was said. */
    private Selection selection(PartialExport.@Nullable Left left) {
        long head = storage.headPosition();
        long last = Math.max(after, head);
        if (through != null) {
            last = through;
        } else if (left != null) {
            last = left.selection().through();
        }
        if (last < after || last > Math.max(after, head)) {
            throw new IllegalArgumentException("The export was to reach from position " + after + " to " + last
                    + ", and the log ends at " + head + ": expected an end between the two");
        }
        return new Selection(source, query, after, last);
    }

    private void requireSame(Path partial, Selection selection, PartialExport.Left left) {
        if (!selection.equals(left.selection())) {
            throw InvalidExportException.other(
                    partial, "is the beginning of another export: repeat that one, or delete the file");
        }
        if (left.last() != null && !isInThisLog(left.last())) {
            throw InvalidExportException.other(
                    partial, "is the beginning of an export of another log: repeat that one, or delete the file");
        }
    }

    private boolean isInThisLog(EncodedEvent event) {
        var there = storage.readLog(EventQuery.all().withReserved(), Direction.FORWARDS, event.position() - 1, 1)
                .events();
        return !there.isEmpty()
                && there.getFirst().message().id().equals(event.message().id());
    }

    private ExportSummary write(Selection selection, ExportWriter out) throws IOException {
        long all = selection.through() - selection.after();
        long beyond = Math.max(selection.after(), out.lastPosition());
        while (beyond < selection.through()) {
            var page = storage.readLog(selection.query(), Direction.FORWARDS, beyond, PAGE);
            for (var event : page.events()) {
                if (event.position() <= selection.through()) {
                    out.write(event);
                }
            }
            beyond = page.end() ? selection.through() : page.through();
            progress.at(Math.min(beyond - selection.after(), all), all);
        }
        return out.complete();
    }
}
