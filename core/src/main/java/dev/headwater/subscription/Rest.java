package dev.headwater.subscription;

import java.time.Duration;

/** What the work of a subscription does between two turns. */
sealed interface Rest {

    /**
     * It goes on at once.
     *
     * @param newEvents whether there may be new events
     */
    record None(boolean newEvents) implements Rest {}

    /**
     * It waits for something to do, and not for long.
     *
     * @param newEvents whether there may be new events then, also when nobody has told of any
     */
    record Waiting(Duration atMost, boolean newEvents) implements Rest {}

    /** It lets time pass, whatever happens. */
    record Pausing(Duration time) implements Rest {}

    /** The longest that it takes. */
    default Duration longest() {
        return switch (this) {
            case None none -> Duration.ZERO;
            case Waiting waiting -> waiting.atMost();
            case Pausing pausing -> pausing.time();
        };
    }
}
