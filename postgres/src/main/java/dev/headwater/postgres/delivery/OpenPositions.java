package dev.headwater.postgres.delivery;

import dev.headwater.subscription.spi.Checkpoint;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The open positions of a checkpoint as bytes: how far the first is behind the checkpoint, and each of the others
 * beyond the one before it, in groups of seven bits, the lowest first. A byte with its highest bit set is followed by
 * more.
 */
final class OpenPositions {

    private static final int BITS = 7;
    private static final int MORE = 1 << BITS;

    private OpenPositions() {}

    /** Nothing when no position is open. */
    static byte @Nullable [] encode(Checkpoint checkpoint) {
        if (checkpoint.open().isEmpty()) {
            return null;
        }
        var bytes = new ByteArrayOutputStream();
        long first = checkpoint.open().getFirst();
        write(checkpoint.position() - first, bytes);
        long before = first;
        for (long each : checkpoint.open().subList(1, checkpoint.open().size())) {
            write(each - before, bytes);
            before = each;
        }
        return bytes.toByteArray();
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
        List<Long> open = new ArrayList<>();
        long number = 0;
        int shift = 0;
        for (byte each : bytes) {
            number |= (long) (each & (MORE - 1)) << shift;
            shift += BITS;
            if ((each & MORE) == 0) {
                open.add(open.isEmpty() ? position - number : open.getLast() + number);
                number = 0;
                shift = 0;
            }
        }
        return new Checkpoint(position, open);
    }
}
