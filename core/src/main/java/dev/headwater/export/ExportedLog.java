package dev.headwater.export;

import dev.headwater.store.spi.EncodedEvent;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * Reads an export chunk by chunk, in the order of the log; gzip is recognised.
 *
 * <p>Events are handed out after the checksum of their chunk, and of everything before it, was found right. That the
 * file is complete is known at its end only: {@link #verify} finds out beforehand. Memory holds one chunk, of at most
 * 1,000 events and normally some megabytes. Not thread-safe.
 */
public final class ExportedLog implements AutoCloseable {

    private static final int GZIP_MAGIC = 0x1f8b;

    private final Path file;
    private final InputStream in;
    private final LineReader lines;
    private final Selection selection;
    private final Tally tally = new Tally();
    private long line;
    private @Nullable ExportSummary summary;

    ExportedLog(Path file, InputStream in) throws IOException {
        this.file = file;
        this.in = in;
        this.lines = new LineReader(in);
        this.selection = readFirstLine();
    }

    /**
     * Opens an export.
     *
     * @throws InvalidExportException when it is none
     * @throws IOException when it cannot be read
     */
    public static ExportedLog open(Path file) throws IOException {
        var in = Files.newInputStream(file);
        try {
            return new ExportedLog(file, unzipped(in));
        } catch (EOFException | ZipException e) {
            in.close();
            throw InvalidExportException.other(file, "is no gzip file, although it begins like one");
        } catch (IOException | RuntimeException e) {
            in.close();
            throw e;
        }
    }

    /**
     * Reads a whole export and says what is in it.
     *
     * @throws InvalidExportException when it was cut off or altered, or is no export
     * @throws IOException when it cannot be read
     */
    public static ExportSummary verify(Path file) throws IOException {
        try (var log = open(file)) {
            while (log.summary == null) {
                log.next();
            }
            return log.summary;
        }
    }

    private static InputStream unzipped(InputStream in) throws IOException {
        var buffered = new BufferedInputStream(in);
        buffered.mark(2);
        int magic = buffered.read() << 8 | buffered.read();
        buffered.reset();
        return magic == GZIP_MAGIC ? new GZIPInputStream(buffered) : buffered;
    }

    /** What is exported here, according to the first line. */
    Selection selection() {
        return selection;
    }

    /** What was read, and found in order, up to the last chunk handed out. */
    Tally tally() {
        return tally;
    }

    /** What the whole export holds; null before its end. */
    @Nullable
    ExportSummary summary() {
        return summary;
    }

    /**
     * The events of the next chunk; none when the export is complete and was read to its end.
     *
     * @throws InvalidExportException when the chunk, or anything before it, was cut off or altered
     * @throws IOException when the file cannot be read
     */
    public List<EncodedEvent> next() throws IOException {
        if (summary != null) {
            return List.of();
        }
        long firstLine = line + 1;
        var chunk = new ArrayList<byte[]>();
        var next = nextLine();
        while (!ControlLine.is(next)) {
            if (tally.isChunkFull()) {
                throw InvalidExportException.altered(file, line, "a checkpoint is missing before line " + line, null);
            }
            chunk.add(next);
            tally.addEvent(next);
            next = nextLine();
        }
        return endOfChunk(chunk, firstLine, next);
    }

    private List<EncodedEvent> endOfChunk(List<byte[]> chunk, long firstLine, byte[] control) throws IOException {
        if (!ControlLine.hasChecksum(control, tally.sha256())) {
            throw InvalidExportException.altered(
                    file,
                    line,
                    "the lines 1 to " + (line - 1) + " do not have the checksum that line " + line + " gives",
                    null);
        }
        var events = decode(chunk, firstLine);
        if (tally.isChunkFull() && Arrays.equals(control, ControlLine.checkpoint(selection, tally))) {
            tally.addControl(control);
            return events;
        }
        if (!Arrays.equals(control, ControlLine.completed(selection, tally))) {
            throw InvalidExportException.altered(file, line, "line " + line + " is not as it was written", null);
        }
        var complete = tally.summary();
        tally.addControl(control);
        if (readLine().length > 0) {
            throw InvalidExportException.altered(
                    file, line, "it goes on after line " + (line - 1) + ", which completes the export", null);
        }
        summary = complete;
        return events;
    }

    private List<EncodedEvent> decode(List<byte[]> chunk, long firstLine) {
        var events = new ArrayList<EncodedEvent>(chunk.size());
        for (var text : chunk) {
            long number = firstLine + events.size();
            EncodedEvent event;
            try {
                event = EventLineReader.read(text);
            } catch (IllegalArgumentException e) {
                throw InvalidExportException.altered(
                        file, number, "line " + number + " is not as it was written, " + e.getMessage(), e);
            }
            if (event.position() <= Math.max(tally.lastPosition(), selection.after())
                    || event.position() > selection.through()) {
                throw InvalidExportException.altered(
                        file, number, "line " + number + " does not follow the one before it in the log", null);
            }
            tally.addPosition(event.position());
            events.add(event);
        }
        return events;
    }

    private Selection readFirstLine() throws IOException {
        var first = readLine();
        if (!LineReader.isComplete(first) && ControlLine.is(first)) {
            throw InvalidExportException.cutOff(file, 0);
        }
        try {
            var read = ControlLine.readStarted(first);
            tally.addControl(first);
            return read;
        } catch (IllegalArgumentException e) {
            throw InvalidExportException.other(file, String.valueOf(e.getMessage()));
        }
    }

    private byte[] nextLine() throws IOException {
        var next = readLine();
        if (!LineReader.isComplete(next)) {
            if (next.length >= Json.MAX_LINE_BYTES) {
                throw InvalidExportException.altered(
                        file, line, "line " + line + " has more than " + Json.MAX_LINE_BYTES + " bytes", null);
            }
            throw InvalidExportException.cutOff(file, next.length == 0 ? line : line - 1);
        }
        return next;
    }

    private byte[] readLine() throws IOException {
        try {
            var next = lines.next();
            line += next.length == 0 ? 0 : 1;
            return next;
        } catch (EOFException e) {
            throw InvalidExportException.cutOff(file, line);
        } catch (ZipException e) {
            throw InvalidExportException.altered(file, line, "it is no longer gzip after line " + line, e);
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
