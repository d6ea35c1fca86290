package dev.headwater.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.headwater.broker.spi.IncomingRecord;
import dev.headwater.broker.spi.RecordHeader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A whole record as bytes, as dead letters keep it: the version of this form, the time, key, value, headers and why it
 * could not be read; a length of -1 stands for null.
 */
final class RecordBytes {

    private static final int VERSION = 1;

    private RecordBytes() {}

    static byte[] write(IncomingRecord record) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            var time = record.acceptedAt();
            out.writeLong(time.getEpochSecond());
            out.writeInt(time.getNano());
            write(record.key(), out);
            write(record.value(), out);
            out.writeInt(record.headers().size());
            for (var header : record.headers()) {
                write(header.name().getBytes(UTF_8), out);
                write(header.value(), out);
            }
            write(record.unreadable().orElse("").getBytes(UTF_8), out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void write(byte @Nullable [] bytes, DataOutputStream out) throws IOException {
        if (bytes == null) {
            out.writeInt(-1);
        } else {
            out.writeInt(bytes.length);
            out.write(bytes);
        }
    }

    static IncomingRecord read(long position, byte[] bytes) {
        try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int version = in.readUnsignedByte();
            if (version != VERSION) {
                throw new IllegalArgumentException("The record of a letter at position " + position
                        + " was kept in form " + version + ": expected form " + VERSION + "; use the newer code");
            }
            var acceptedAt = Instant.ofEpochSecond(in.readLong(), in.readInt());
            var key = readBytes(in);
            var value = readBytes(in);
            int size = in.readInt();
            var headers = new ArrayList<RecordHeader>(size);
            for (int i = 0; i < size; i++) {
                headers.add(new RecordHeader(new String(in.readNBytes(in.readInt()), UTF_8), readBytes(in)));
            }
            var unreadable =
                    Optional.of(new String(in.readNBytes(in.readInt()), UTF_8)).filter(reason -> !reason.isEmpty());
            return new IncomingRecord(position, key, value, headers, acceptedAt, unreadable);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte @Nullable [] readBytes(DataInputStream in) throws IOException {
        int length = in.readInt();
        return length < 0 ? null : in.readNBytes(length);
    }
}
