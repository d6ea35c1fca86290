package dev.headwater.postgres.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.headwater.subscription.spi.Checkpoint;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a checkpoint says beside its position, as bytes: how far the first open position is behind the checkpoint, and
 * each of the others beyond the one before it, in groups of seven bits, the lowest first. A byte with its highest bit
 * set is followed by more.
 *
 * <p>Marks of sources stand before that, behind a zero of two bytes, as no number is written: how many there are, and
 * of each the length of its name in UTF-8, the name, and where it stands.
 */
final class OpenPositions {

    private static final int BITS = 7;
    private static final int MORE = 1 << BITS;

    private OpenPositions() {}

    /** Nothing when no position is open and no source has a mark. */
    static byte @Nullable [] encode(Checkpoint checkpoint) {
        if (isPlain(checkpoint)) {
            return null;
        }
        var bytes = new ByteArrayOutputStream();
        if (!checkpoint.marks().isEmpty()) {
            writeMarks(checkpoint.marks(), bytes);
        }
        if (!checkpoint.open().isEmpty()) {
            writeOpen(checkpoint, bytes);
        }
        return bytes.toByteArray();
    }

    static boolean isPlain(Checkpoint checkpoint) {
        return checkpoint.open().isEmpty() && checkpoint.marks().isEmpty();
    }

    private static void writeMarks(Map<String, Long> marks, ByteArrayOutputStream bytes) {
        bytes.write(MORE);
        bytes.write(0);
        write(marks.size(), bytes);
        marks.forEach((name, mark) -> {
            var utf8 = name.getBytes(UTF_8);
            write(utf8.length, bytes);
            bytes.writeBytes(utf8);
            write(mark, bytes);
        });
    }

    private static void writeOpen(Checkpoint checkpoint, ByteArrayOutputStream bytes) {
        long first = checkpoint.open().getFirst();
        write(checkpoint.position() - first, bytes);
        long before = first;
        for (long each : checkpoint.open().subList(1, checkpoint.open().size())) {
            write(each - before, bytes);
            before = each;
        }
    }

    private static void write(long number, ByteArrayOutputStream bytes) {
        long rest = number;
        while (rest >= MORE) {
            bytes.write((int) (rest & (MORE - 1)) | MORE);
            rest >>>= BITS;
        }
        bytes.write((int) rest);
    }

    static Checkpoint decode(long position, byte @Nullable [] bytes) {
        if (bytes == null) {
            return Checkpoint.at(position);
        }
        var rest = ByteBuffer.wrap(bytes);
        var marks = rest.remaining() > 1 && rest.get(0) == (byte) MORE && rest.get(1) == 0
                ? readMarks(rest.position(2))
                : Map.<String, Long>of();
        List<Long> open = new ArrayList<>();
        while (rest.hasRemaining()) {
            long number = read(rest);
            open.add(open.isEmpty() ? position - number : open.getLast() + number);
        }
        return new Checkpoint(position, open, marks);
    }

    private static Map<String, Long> readMarks(ByteBuffer bytes) {
        long size = read(bytes);
        var marks = new HashMap<String, Long>();
        for (long i = 0; i < size; i++) {
            var utf8 = new byte[(int) read(bytes)];
            bytes.get(utf8);
            marks.put(new String(utf8, UTF_8), read(bytes));
        }
        return marks;
    }

    private static long read(ByteBuffer bytes) {
        long number = 0;
        int shift = 0;
        while (true) {
            byte each = bytes.get();
            number |= (long) (each & (MORE - 1)) << shift;
            shift += BITS;
            if ((each & MORE) == 0) {
                return number;
            }
        }
    }
}
