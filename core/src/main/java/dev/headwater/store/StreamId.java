package dev.headwater.store;

import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * The name of a stream: one aggregate's events, numbered 1, 2, 3 … without holes.
 *
 * <p>By convention a name is a category, a dash and an id, as in {@code order-4711}. Names are compared character by
 * character: case and Unicode normalisation matter. Names that begin with {@code $} are {@linkplain #isReserved
 * reserved}.
 *
 * @param name 1 to {@value #MAX_BYTES} bytes of UTF-8, without control characters
 */
public record StreamId(String name) {

    /** The longest name, in bytes of UTF-8. */
    public static final int MAX_BYTES = 500;

    private static final char SEPARATOR = '-';
    private static final char RESERVED = '$';

    /** Checks the name. */
    public StreamId {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("A stream name is empty: expected a name such as 'order-4711'");
        }
        boolean surrogates = false;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            surrogates |= Character.isSurrogate(c);
            if (Character.isISOControl(c)) {
                throw new IllegalArgumentException(
                        "A stream name holds the control character U+%04X at index %d: none is allowed"
                                .formatted((int) c, i));
            }
        }
        // Three bytes at most for each char of UTF-16, so a short name needs no counting.
        if (name.length() > MAX_BYTES / 3 && bytes(name) > MAX_BYTES) {
            throw new IllegalArgumentException("A stream name takes " + bytes(name) + " bytes: at most " + MAX_BYTES
                    + " are allowed; it starts with '" + name.substring(0, 40) + "'");
        }
        if (surrogates) {
            requireUnicode(name);
        }
    }

    /** The stream of one thing of a category, such as {@code of("order", "4711")}; the category holds no dash. */
    public static StreamId of(String category, String id) {
        if (category.isEmpty() || category.indexOf(SEPARATOR) >= 0) {
            throw new IllegalArgumentException(
                    "The stream category '" + category + "' must not be empty nor hold a dash: the first dash ends it");
        }
        return new StreamId(category + SEPARATOR + id);
    }

    /** What stands before the first dash; the whole name when there is none. */
    public String category() {
        int end = name.indexOf(SEPARATOR);
        return end < 0 ? name : name.substring(0, end);
    }

    /** What stands behind the first dash; empty when there is none. */
    public String id() {
        int end = name.indexOf(SEPARATOR);
        return end < 0 ? "" : name.substring(end + 1);
    }

    /**
     * Whether the name begins with {@code $}, so that the stream belongs to the toolkit: what is recorded there, such
     * as commands, is not among {@linkplain EventQuery#all() all events} unless it is
     * {@linkplain EventQuery#withReserved asked for}, and an application cannot append to it.
     */
    public boolean isReserved() {
        return name.charAt(0) == RESERVED;
    }

    /** The name itself. */
    @Override
    public String toString() {
        return name;
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static void requireUnicode(String name) {
        try {
            StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(name));
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("A stream name is not valid Unicode: it holds half a surrogate pair", e);
        }
    }
}
