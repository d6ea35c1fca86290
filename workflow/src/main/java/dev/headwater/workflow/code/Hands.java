package dev.headwater.workflow.code;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;

/** How a turn lets time pass and has several things done: with threads, or one after the other in a test. */
interface Hands {

    /** Lets a short time pass. */
    void pause(Duration time) throws InterruptedException;

    /**
     * Causes an effect that may take no longer than this; one that does is interrupted and left alone.
     *
     * @throws java.util.concurrent.TimeoutException when the time has ended
     */
    <T> T within(Duration limit, Callable<T> effect) throws Exception;

    /** Runs pieces of code side by side and returns when all have ended. They throw nothing. */
    void sideBySide(List<Runnable> pieces) throws InterruptedException;

    /** Whether the code runs once more after each turn, to be compared with what it has done, as it does in a test. */
    default boolean repeatTurns() {
        return false;
    }
}
