package dev.headwater.schema.lock;

/**
 * One thing in which the code and the schema lock do not agree.
 *
 * @param kind whether updating the lock is enough
 * @param type the name of the message type
 * @param version the schema version that it is about
 * @param sentence what was expected and what was found
 * @param remedy what to do about it; empty when updating the lock is enough
 */
public record LockProblem(Kind kind, String type, int version, String sentence, String remedy) {

    /** What it takes to make code and lock agree. */
    public enum Kind {
        /** The code is ahead of the lock, in a way that breaks nothing: update the lock. */
        STALE,
        /** Stored messages could no longer be read as they were meant: change the code. */
        BROKEN
    }

    static LockProblem stale(String type, int version, String sentence) {
        return new LockProblem(Kind.STALE, type, version, sentence, "");
    }

    static LockProblem broken(String type, int version, String sentence, String remedy) {
        return new LockProblem(Kind.BROKEN, type, version, sentence, remedy);
    }
}
