package dev.headwater.workflow;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How often a step is tried, and how the pauses grow: each is twice as long as the one before. A pause of more than
 * five seconds is a timer like any other: it survives a crash and takes no thread.
 *
 * @param attempts how often in all, 1 or more
 * @param firstPause before the second attempt
 * @param longestPause the longest of all
 * @param hopeless failures after which another attempt is of no use
 */
public record StepRetry(
        int attempts, Duration firstPause, Duration longestPause, List<Class<? extends Exception>> hopeless) {

    /** Five attempts, pauses from 200 ms up to a minute. */
    public static final StepRetry DEFAULT = new StepRetry(5, Duration.ofMillis(200), Duration.ofMinutes(1), List.of());

    /** Checks the values. */
    public StepRetry {
        hopeless = List.copyOf(hopeless);
        if (attempts < 1) {
            throw new IllegalArgumentException("The number of attempts is " + attempts + ": expected 1 or more");
        }
        if (firstPause.isNegative() || longestPause.compareTo(firstPause) < 0) {
            throw new IllegalArgumentException("The pauses go from " + firstPause + " to " + longestPause
                    + ": expected none below zero, and the longest not below the first");
        }
    }

    /** The same policy with another number of attempts. */
    public StepRetry withAttempts(int newAttempts) {
        return new StepRetry(newAttempts, firstPause, longestPause, hopeless);
    }

    /** The same policy with other pauses. */
    public StepRetry withPauses(Duration first, Duration longest) {
        return new StepRetry(attempts, first, longest, hopeless);
    }

    /** The same policy that gives up at once when a step throws this. */
    public StepRetry givingUpOn(Class<? extends Exception> type) {
        var all = new ArrayList<>(hopeless);
        all.add(type);
        return new StepRetry(attempts, firstPause, longestPause, all);
    }

    /** The pause after so many failures, 1 or more. */
    public Duration pauseAfter(int failures) {
        var pause = firstPause;
        for (int i = 1; i < failures && pause.compareTo(longestPause) < 0; i++) {
            pause = pause.multipliedBy(2);
        }
        return pause.compareTo(longestPause) > 0 ? longestPause : pause;
    }
}
