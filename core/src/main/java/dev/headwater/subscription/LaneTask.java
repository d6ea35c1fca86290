package dev.headwater.subscription;

import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.OwnedSegments.Keyed;
import org.jspecify.annotations.Nullable;

/** An event on its way, or the letter of one. */
final class LaneTask {
    final String key;
    final int segment;
    final long position;
    /** What is tried again; nothing for an event that comes for the first time. */
    final @Nullable DeadLetter letter;

    /** Nothing when it is to be read when its turn comes. */
    private volatile @Nullable StoredEvent event;
    /** How often something seemed to be out of reach. */
    int suspicions;

    private volatile boolean lost;
    /** So many bytes of memory are counted for it. */
    long size;

    LaneTask(Keyed keyed) {
        this.key = keyed.key();
        this.segment = keyed.segment();
        this.position = keyed.position();
        this.event = keyed.event();
        this.letter = null;
    }

    /** The same event once more. */
    LaneTask(LaneTask other) {
        this.key = other.key;
        this.segment = other.segment;
        this.position = other.position;
        this.letter = other.letter;
        this.event = other.event;
        this.suspicions = other.suspicions;
        this.size = other.size;
    }

    LaneTask(int segment, DeadLetter letter) {
        this.key = letter.sequenceKey();
        this.segment = segment;
        this.position = letter.position();
        this.letter = letter;
    }

    @Nullable
    StoredEvent event() {
        return event;
    }

    void read(StoredEvent read) {
        event = read;
    }

    /** The event is read again when its turn comes. */
    void forgetEvent() {
        event = null;
    }

    void lose() {
        lost = true;
    }

    /** Whether nobody waits for its outcome any more. */
    boolean isLost() {
        return lost;
    }
}
