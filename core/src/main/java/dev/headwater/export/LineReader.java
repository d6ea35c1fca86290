package dev.headwater.export;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/** Reads lines of bounded length. Not thread-safe. */
final class LineReader {

    private static final int BUFFER = 64 * 1024;

    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER];
    private int start;
    private int end;

    LineReader(InputStream in) {
        this.in = in;
    }

    /**
     * The next line with its line break; without one where the input ends, or where the line has reached
     * {@link Json#MAX_LINE_BYTES}; empty at the end.
     */
    byte[] next() throws IOException {
        var line = new ByteArrayOutputStream();
        while (line.size() < Json.MAX_LINE_BYTES && fill()) {
            int lineBreak = start;
            while (lineBreak < end && buffer[lineBreak] != '\n') {
                lineBreak++;
            }
            int next = Math.min(lineBreak + 1, end);
            line.write(buffer, start, next - start);
            start = next;
            if (lineBreak < end) {
                break;
            }
        }
        return line.toByteArray();
    }

    private boolean fill() throws IOException {
        if (start == end) {
            start = 0;
            end = Math.max(0, in.read(buffer));
        }
        return end > 0;
    }

    static boolean isComplete(byte[] line) {
        return line.length > 0 && line[line.length - 1] == '\n';
    }
}
