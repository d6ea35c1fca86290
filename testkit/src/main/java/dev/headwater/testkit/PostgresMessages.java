package dev.headwater.testkit;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Finds the ends of PostgreSQL's messages in one direction of a connection. Bytes that cannot be messages end the
 * search. Not thread-safe.
 */
final class PostgresMessages {

    /** The type of the messages that begin a connection and have no type of their own. */
    static final char OPENING = 0;

    static final int CANCEL_REQUEST = 80877102;
    static final int TLS_REQUEST = 80877103;
    static final int GSS_REQUEST = 80877104;

    private static final int LENGTH = Integer.BYTES;
    private static final int START_OF_BODY = 8;

    private final byte[] head = new byte[1 + LENGTH + START_OF_BODY];
    private boolean opening;
    private boolean foreign;
    private int letters;
    private int seen;
    private int typeLength;
    private long size;

    private PostgresMessages(boolean opening) {
        this.opening = opening;
    }

    static PostgresMessages ofClient() {
        return new PostgresMessages(true);
    }

    static PostgresMessages ofServer() {
        return new PostgresMessages(false);
    }

    /** The server is about to answer a request for encryption with one letter instead of a message. */
    void expectLetter() {
        letters++;
    }

    /**
     * Goes on behind what was read before, up to the end of a message.
     *
     * @return the index behind the end of the message, or -1 when it does not end before the limit
     */
    int next(byte[] bytes, int from, int limit) {
        for (int i = from; i < limit && !foreign; i++) {
            if (seen == 0) {
                begin();
            }
            if (seen < head.length) {
                head[seen] = bytes[i];
            }
            seen++;
            if (seen == typeLength + LENGTH && letters == 0) {
                size = typeLength + (long) number(typeLength);
                foreign = size < seen;
            }
            if (seen == size) {
                end();
                return i + 1;
            }
        }
        return -1;
    }

    private void begin() {
        typeLength = opening ? 0 : 1;
        size = letters > 0 ? 1 : Long.MAX_VALUE;
        Arrays.fill(head, (byte) 0);
    }

    private void end() {
        seen = 0;
        if (letters > 0) {
            letters--;
        }
        if (opening) {
            opening = code() == TLS_REQUEST || code() == GSS_REQUEST;
        }
    }

    /** The type of the message that has just ended. */
    char type() {
        return typeLength == 0 ? OPENING : (char) head[0];
    }

    /** The number that the message that has just ended begins with. */
    int code() {
        return number(typeLength + LENGTH);
    }

    /** Whether the message that has just ended begins with this. */
    boolean beginsWith(String text) {
        var start = typeLength + LENGTH;
        var expected = text.getBytes(StandardCharsets.US_ASCII);
        return Arrays.equals(head, start, start + expected.length, expected, 0, expected.length);
    }

    private int number(int index) {
        int number = 0;
        for (int i = index; i < index + Integer.BYTES; i++) {
            number = (number << Byte.SIZE) | (head[i] & 0xff);
        }
        return number;
    }
}
