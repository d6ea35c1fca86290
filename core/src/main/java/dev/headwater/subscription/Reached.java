package dev.headwater.subscription;

/** How far a subscription is known to have come, though others may move it. Guarded by the lock of its owner. */
final class Reached {

    /** What the thread has reached, when it owns every segment; otherwise -1. */
    private long position = -1;

    /** After the first of these positions and up to the second nothing is wanted. */
    private long emptyFrom;

    private long emptyThrough;

    /** How often it was moved from outside, and how often the thread had been when it was last told what it owns. */
    private long moves;

    private long knownMoves;
    /** What {@link #moves} was when the latest news were asked for. */
    private long movesOfNews;

    /** What the thread has reached, when it owns every segment and knows of every move; otherwise -1. */
    long position() {
        return position;
    }

    void come(long to) {
        position = knownMoves < moves ? -1 : to;
        skipWhatNobodyWants();
    }

    void nothingWanted(long from, long through) {
        if (from != emptyThrough) {
            emptyFrom = from;
        }
        emptyThrough = through;
        skipWhatNobodyWants();
    }

    private void skipWhatNobodyWants() {
        if (position >= emptyFrom) {
            position = Math.max(position, emptyThrough);
        }
    }

    void moved() {
        moves++;
        position = -1;
    }

    long moves() {
        return moves;
    }

    /** Whether it was moved after the latest news were asked for, and before others were. */
    boolean isNews(long movesBefore) {
        return movesBefore > movesOfNews;
    }

    void newsAfter(long movesBefore) {
        movesOfNews = movesBefore;
    }

    void newsAreTold() {
        knownMoves = movesOfNews;
    }
}
