package dev.headwater.workflow.code;

import dev.headwater.workflow.WorkflowFailedException;
import org.jspecify.annotations.Nullable;

/** How the code of a lane has ended: a closed choice. */
sealed interface Outcome<T> {

    /** It returned. */
    record Returned<T>(@Nullable T value) implements Outcome<T> {}

    /** It has failed in business terms. */
    record Failed<T>(WorkflowFailedException failure) implements Outcome<T> {}

    /** It was stopped where it could not go on. */
    record Stopped<T>(Stop.Why why) implements Outcome<T> {}

    /** It threw what nobody has declared. */
    record Broken<T>(Throwable problem) implements Outcome<T> {}
}
