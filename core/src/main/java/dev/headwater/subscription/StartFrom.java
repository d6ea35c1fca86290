package dev.headwater.subscription;

import java.time.Instant;

/** Where a subscription begins when it has no checkpoint yet: a closed choice. */
public sealed interface StartFrom {

    /** With the first event of the log. */
    record Beginning() implements StartFrom {}

    /** With the first event appended after the subscription was first started. */
    record End() implements StartFrom {}

    /**
     * With the first event after a position.
     *
     * @param position 0 or more
     */
    record After(long position) implements StartFrom {
        /** Checks the position. */
        public After {
            if (position < 0) {
                throw new IllegalArgumentException("The start position is " + position + ": expected 0 or more");
            }
        }
    }

    /**
     * With the first event that happened at a time or later.
     *
     * <p>Times of events are business times, which need not grow with their positions. So nothing that happened then or
     * later is left out, and events of earlier times come too where they were appended after it.
     *
     * @param time the time
     */
    record At(Instant time) implements StartFrom {}

    /** Begins with the first event of the log. */
    static StartFrom beginning() {
        return new Beginning();
    }

    /** Begins with the first event appended after the subscription was first started. */
    static StartFrom end() {
        return new End();
    }

    /** Begins with the first event that happened at a time or later; see {@link At}. */
    static StartFrom at(Instant time) {
        return new At(time);
    }

    /** Begins with the first event after a position. */
    static StartFrom after(long position) {
        return new After(position);
    }
}
