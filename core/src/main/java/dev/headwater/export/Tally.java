package dev.headwater.export;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What an export holds up to some line, with the checksum of all bytes up to there. Not thread-safe. */
final class Tally {

    /** A checkpoint follows after so many events, or bytes if they come first. */
    static final int CHUNK_EVENTS = 1_000;

    static final long CHUNK_BYTES = 4L * 1024 * 1024;

    private final MessageDigest digest;
    private long bytes;
    private long events;
    private long firstPosition;
    private long lastPosition;
    private int chunkEvents;
    private long chunkBytes;

    Tally() {
        this(sha256Digest());
    }

    private Tally(MessageDigest digest) {
        this.digest = digest;
    }

    Tally copy() {
        var copy = new Tally(digestSoFar());
        copy.bytes = bytes;
        copy.events = events;
        copy.firstPosition = firstPosition;
        copy.lastPosition = lastPosition;
        copy.chunkEvents = chunkEvents;
        copy.chunkBytes = chunkBytes;
        return copy;
    }

    /** Counts the line of an event, whose position {@link #addPosition} may count later. */
    void addEvent(byte[] line) {
        add(line);
        chunkEvents++;
        chunkBytes += line.length;
    }

    void addPosition(long position) {
        events++;
        firstPosition = events == 1 ? position : firstPosition;
        lastPosition = position;
    }

    /** Counts a line that ends a chunk or stands before the first one. */
    void addControl(byte[] line) {
        add(line);
        chunkEvents = 0;
        chunkBytes = 0;
    }

    private void add(byte[] line) {
        digest.update(line);
        bytes += line.length;
    }

    /** Whether a checkpoint is due. */
    boolean isChunkFull() {
        return chunkEvents >= CHUNK_EVENTS || chunkBytes >= CHUNK_BYTES;
    }

    long bytes() {
        return bytes;
    }

    long lastPosition() {
        return lastPosition;
    }

    ExportSummary summary() {
        return new ExportSummary(events, firstPosition, lastPosition, sha256());
    }

    /** The checksum of everything up to here. */
    String sha256() {
        return HexFormat.of().formatHex(digestSoFar().digest());
    }

    private MessageDigest digestSoFar() {
        try {
            return (MessageDigest) digest.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("The SHA-256 of every JDK can be cloned; use another provider", e);
        }
    }

    static MessageDigest sha256Digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
