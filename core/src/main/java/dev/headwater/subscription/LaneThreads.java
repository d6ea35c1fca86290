package dev.headwater.subscription;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Who works in lanes: virtual threads, or whoever steps them by hand. */
interface LaneThreads {

    /** A thread for each lane that has events. */
    LaneThreads VIRTUAL = new Virtual();

    /** Begins with the events of a lane; the thread that does so, if there is one. */
    @Nullable
    Thread start(Runnable lane);

    /** Whether the same one goes on with the next event of a lane. */
    boolean stay();

    /** Helps what was begun to its end while somebody waits for it. */
    void finish(BooleanSupplier waits);

    /** The threads of the machine. */
    record Virtual() implements LaneThreads {
        @Override
        public Thread start(Runnable lane) {
            return Thread.ofVirtual().name("lane").start(lane);
        }

        @Override
        public boolean stay() {
            return true;
        }

        @Override
        public void finish(BooleanSupplier waits) {}
    }

    /** No threads: an event is a step. */
    record Stepped(Stepper stepper) implements LaneThreads {
        @Override
        public @Nullable Thread start(Runnable lane) {
            stepper.begin(lane);
            return null;
        }

        @Override
        public boolean stay() {
            return false;
        }

        @Override
        public void finish(BooleanSupplier waits) {
            stepper.finishBegun(waits);
        }
    }
}
