package dev.headwater.broker.spi;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.jspecify.annotations.Nullable;

/**
 * A header of a record.
 *
 * @param name may stand several times in a record
 * @param value mostly text in UTF-8, but any bytes; shared, nobody may change them
 */
@SuppressWarnings("ArrayRecordComponent") // what others have read is looked at, not compared
public record RecordHeader(String name, byte @Nullable [] value) {

    /** A header whose value is text. */
    public static RecordHeader of(String name, String text) {
        return new RecordHeader(name, text.getBytes(UTF_8));
    }
}
