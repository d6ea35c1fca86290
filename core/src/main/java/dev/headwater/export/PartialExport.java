package dev.headwater.export;

import dev.headwater.store.spi.EncodedEvent;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** The file of an export that is not complete yet, locked against whoever else would write it. Not thread-safe. */
final class PartialExport implements Closeable {

    private static final int BUFFER = 64 * 1024;

    private final Path file;
    private final FileChannel channel;

    private PartialExport(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    static PartialExport open(Path file) throws IOException {
        var channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() == null) {
                throw new OverlappingFileLockException();
            }
            return new PartialExport(file, channel);
        } catch (OverlappingFileLockException e) {
            channel.close();
            throw new FileSystemException(file.toString(), null, "another export is writing it at this moment");
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /**
     * What an interrupted export has left: everything up to its last checkpoint that is in order.
     *
     * @param selection what was to be exported
     * @param tally what is there
     * @param last the last event that is there; null when there is none
     * @param summary of the whole export, when only its name was left to be changed
     */
    record Left(
            Selection selection,
            Tally tally,
            @Nullable EncodedEvent last,
            @Nullable ExportSummary summary) {}

    /** What is in the file; null when that is nothing. */
    @Nullable
    Left readLeft() throws IOException {
        ExportedLog log;
        try {
            log = new ExportedLog(file, Channels.newInputStream(channel.position(0)));
        } catch (InvalidExportException e) {
            if (e.line() == 0) {
                return null;
            }
            throw e;
        }
        var tally = log.tally().copy();
        EncodedEvent last = null;
        try {
            while (log.summary() == null) {
                var events = log.next();
                last = events.isEmpty() ? last : events.getLast();
                tally = log.tally().copy();
            }
        } catch (InvalidExportException e) {
            // Where an interrupted export ends.
        }
        return new Left(log.selection(), tally, last, log.summary());
    }

    /** Goes on after what the tally counts; whatever else is in the file goes. */
    ExportWriter writer(Selection selection, Tally tally, boolean zipped) throws IOException {
        channel.truncate(tally.bytes()).position(tally.bytes());
        var out = Channels.newOutputStream(channel);
        return new ExportWriter(
                zipped ? new GZIPOutputStream(out, BUFFER) : new BufferedOutputStream(out, BUFFER), selection, tally);
    }

    /** Returns when the file would survive a power failure. */
    void force() throws IOException {
        channel.force(true);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
