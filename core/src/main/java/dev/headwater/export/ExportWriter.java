package dev.headwater.export;

import dev.headwater.store.spi.EncodedEvent;
import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.GZIPOutputStream;

/** Writes the lines of an export, with a checkpoint after every chunk. Not thread-safe. */
final class ExportWriter {

    private final OutputStream out;
    private final Selection selection;
    private final EventLine line;
    private final Tally tally;

    /** Goes on after what the tally counts, or begins when it counts nothing. */
    ExportWriter(OutputStream out, Selection selection, Tally tally) throws IOException {
        this.out = out;
        this.selection = selection;
        this.line = new EventLine(selection);
        this.tally = tally;
        if (tally.bytes() == 0) {
            writeControl(ControlLine.started(selection));
        }
    }

    /** The position of the last event that was written; 0 before the first. */
    long lastPosition() {
        return tally.lastPosition();
    }

    void write(EncodedEvent event) throws IOException {
        var text = line.write(event);
        out.write(text);
        tally.addEvent(text);
        tally.addPosition(event.position());
        if (tally.isChunkFull()) {
            writeControl(ControlLine.checkpoint(selection, tally));
        }
    }

    /** Writes the last line. */
    ExportSummary complete() throws IOException {
        var summary = tally.summary();
        writeControl(ControlLine.completed(selection, tally));
        if (out instanceof GZIPOutputStream zipped) {
            zipped.finish();
        }
        return summary;
    }

    private void writeControl(byte[] text) throws IOException {
        out.write(text);
        out.flush();
        tally.addControl(text);
    }
}
