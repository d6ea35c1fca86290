package dev.headwater.export;

import dev.headwater.store.AppendResult;
import dev.headwater.store.ConcurrencyException;
import dev.headwater.store.DuplicateEventException;
import dev.headwater.store.spi.EncodedEvent;
import dev.headwater.store.spi.EventStorage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Appends the chunks of one import, each as one append.
 *
 * <p>An earlier import of the same chunk is recognised by the storage. When it knows some of the events and others not,
 * since an earlier import was of an export that ended there, they are appended one by one. Not thread-safe.
 */
final class ImportRun {

    private final EventStorage storage;
    private final boolean renumbering;

    /** What stands here or before was there before this import. */
    private final long head;

    private long lastPosition;
    private long imported;
    private long alreadyThere;
    private boolean samePositions = true;

    ImportRun(EventStorage storage, boolean renumbering) {
        this.storage = storage;
        this.renumbering = renumbering;
        this.head = storage.headPosition();
    }

    ImportSummary summary() {
        return new ImportSummary(imported, alreadyThere, samePositions);
    }

    void append(List<EncodedEvent> chunk) {
        var batch = batch(chunk);
        try {
            count(batch, storage.append(batch.append()));
        } catch (DuplicateEventException e) {
            chunk.forEach(this::appendAlone);
        } catch (ConcurrencyException e) {
            throw conflict(e);
        }
    }

    private void appendAlone(EncodedEvent event) {
        var batch = batch(List.of(event));
        try {
            count(batch, storage.append(batch.append()));
        } catch (DuplicateEventException e) {
            throw conflict("The id " + event.message().id() + " is taken by an event of another stream", e);
        } catch (ConcurrencyException e) {
            throw conflict(e);
        }
    }

    private ImportBatch batch(List<EncodedEvent> events) {
        try {
            return renumbering ? ImportBatch.renumbered(events) : ImportBatch.of(events);
        } catch (IllegalArgumentException e) {
            throw conflict(String.valueOf(e.getMessage()), e);
        }
    }

    private void count(ImportBatch batch, AppendResult result) {
        if (!renumbering) {
            batch.versions().forEach((stream, version) -> {
                if (result.version(stream) != version) {
                    throw conflict(
                            "Version " + version + " of the stream '" + stream + "' is there already, as version "
                                    + result.version(stream),
                            null);
                }
            });
        }
        if (result.firstPosition() <= lastPosition) {
            throw conflict(
                    "Position " + batch.firstPosition() + " of the file is there already, at position "
                            + result.firstPosition() + " and so before what precedes it in the file",
                    null);
        }
        lastPosition = result.lastPosition();
        samePositions &=
                batch.firstPosition() == result.firstPosition() && batch.lastPosition() == result.lastPosition();
        if (lastPosition <= head) {
            alreadyThere += batch.append().size();
        } else {
            imported += batch.append().size();
        }
    }

    private ImportConflictException conflict(ConcurrencyException e) {
        return conflict(
                "The stream '" + e.stream() + "' has "
                        + (e.actualVersion() == 0 ? "no events" : "version " + e.actualVersion())
                        + " there, and the file goes on after " + e.expected().describe()
                        + ": import into a log without that stream, or renumber",
                e);
    }

    private ImportConflictException conflict(String message, @Nullable Throwable cause) {
        return new ImportConflictException(message, imported, cause);
    }
}
