package dev.headwater.subscription;

/** How much of the events in lanes is kept in memory. Guarded by the lock of the lanes. */
final class LaneMemory {

    /** So many events of one key are kept in any case while there is room. */
    private static final int KEPT = 16;

    private final int mostEvents;
    private final long mostBytes;
    private int events;
    private long bytes;

    LaneMemory(int mostEvents, long mostBytes) {
        this.mostEvents = mostEvents;
        this.mostBytes = mostBytes;
    }

    boolean hasRoom() {
        return events < mostEvents && bytes < mostBytes;
    }

    /** Whether one more event of a key with so many of them should be kept. */
    boolean hasRoomBehind(int others) {
        return hasRoom() && (others < KEPT || events < mostEvents / 2);
    }

    void keep(LaneTask task) {
        var event = task.event();
        if (event != null) {
            task.size = Math.max(1, event.bytes());
            events++;
            bytes += task.size;
        }
    }

    /** What is taken from a lane needs no room any more. */
    void free(LaneTask task) {
        if (task.size > 0) {
            events--;
            bytes -= task.size;
            task.size = 0;
        }
    }
}
