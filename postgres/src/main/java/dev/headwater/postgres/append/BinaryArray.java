package dev.headwater.postgres.append;

import java.nio.ByteBuffer;
import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.Oid;
import org.postgresql.jdbc.PgArray;
import org.postgresql.jdbc.PreferQueryMode;

/**
 * Arrays in the server's binary format, for the types whose arrays the driver would write as text: less for both sides
 * to do. A driver that was told to send everything as text gets them as text.
 *
 * @see <a href="https://github.com/postgres/postgres/blob/master/src/backend/utils/adt/arrayfuncs.c">array_recv</a>
 */
final class BinaryArray {

    private static final int HEADER_BYTES = 5 * Integer.BYTES;
    private static final int UUID_BYTES = 2 * Long.BYTES;
    private static final int NULL = -1;

    private BinaryArray() {}

    static Array ofUuids(Connection connection, @Nullable UUID[] values) throws SQLException {
        if (sendsText(connection)) {
            return connection.createArrayOf("uuid", values);
        }
        long present = Arrays.stream(values).filter(Objects::nonNull).count();
        return of(connection, Oid.UUID, Oid.UUID_ARRAY, values.length, (int) present * UUID_BYTES, bytes -> {
            for (var value : values) {
                if (value == null) {
                    bytes.putInt(NULL);
                } else {
                    bytes.putInt(UUID_BYTES)
                            .putLong(value.getMostSignificantBits())
                            .putLong(value.getLeastSignificantBits());
                }
            }
        });
    }

    /** An array of JSON documents in UTF-8. */
    static Array ofJson(Connection connection, byte[] @Nullable [] documents) throws SQLException {
        return ofBytes(connection, Oid.JSON, Oid.JSON_ARRAY, documents);
    }

    /** An array of texts in UTF-8. */
    static Array ofTexts(Connection connection, byte[] @Nullable [] texts) throws SQLException {
        return ofBytes(connection, Oid.TEXT, Oid.TEXT_ARRAY, texts);
    }

    private static Array ofBytes(Connection connection, int type, int arrayType, byte[] @Nullable [] values)
            throws SQLException {
        if (sendsText(connection)) {
            var texts = Arrays.stream(values)
                    .map(value -> value == null ? null : AppendCall.text(value))
                    .toArray();
            return connection.createArrayOf("text", texts);
        }
        int length = Arrays.stream(values)
                .mapToInt(value -> value == null ? 0 : value.length)
                .sum();
        return of(connection, type, arrayType, values.length, length, bytes -> {
            for (var value : values) {
                if (value == null) {
                    bytes.putInt(NULL);
                } else {
                    bytes.putInt(value.length).put(value);
                }
            }
        });
    }

    private static boolean sendsText(Connection connection) throws SQLException {
        return connection.unwrap(PGConnection.class).getPreferQueryMode() == PreferQueryMode.SIMPLE;
    }

    /** An array of one dimension, which may hold nulls and is counted from 1. */
    private static Array of(
            Connection connection, int type, int arrayType, int size, int valueBytes, Consumer<ByteBuffer> values)
            throws SQLException {
        var bytes = new byte[HEADER_BYTES + size * Integer.BYTES + valueBytes];
        var buffer = ByteBuffer.wrap(bytes)
                .putInt(1)
                .putInt(1)
                .putInt(type)
                .putInt(size)
                .putInt(1);
        values.accept(buffer);
        return new PgArray(connection.unwrap(BaseConnection.class), arrayType, bytes);
    }
}
