package dev.headwater.subscription;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** The queue of one key. Guarded by the lock of the lanes. */
final class Lane {
    final int segment;
    final Deque<LaneTask> tasks = new ArrayDeque<>();
    /** What is at work. */
    @Nullable
    LaneTask current;
    /** Who is at work. */
    @Nullable
    Thread thread;
    /** Whether it waits to be told to go on. */
    boolean held;

    Lane(int segment) {
        this.segment = segment;
    }
}
