package dev.headwater.workflow.code;

import dev.headwater.workflow.WorkflowContext;
import java.util.Optional;
import java.util.Set;

/** Puts the journal and the code side by side where they contradict each other. */
final class Contradiction {

    /** The classes between the code of users and here. */
    private static final Set<Class<?>> ENGINE = Set.of(
            Contradiction.class,
            Turn.class,
            LaneContext.class,
            Lane.class,
            StepCall.class,
            CommandCall.class,
            ChildCall.class,
            Values.class,
            Fork.class,
            InstanceTurn.class,
            Undoing.class);

    private Contradiction() {}

    static WorkflowStuckException at(Turn turn, Place place, String recorded, String call) {
        return new WorkflowStuckException(
                """
                %s is stuck: its code is not the one that has written its journal.
                  at       %s in %s
                  journal  %s
                  code     %s%s
                Nothing was done and nothing is undone. Deploy code that makes the recorded calls, with version() around \
                what is new, or register the new code as a version of its own; then it goes on.""".formatted(
                                turn.name(),
                                place,
                                turn.stream(),
                                recorded,
                                call,
                                userCode().map(line -> " at " + line).orElse("")),
                null);
    }

    /** Two runs of the same code in a test. */
    static WorkflowStuckException ofRuns(Turn turn, String first, String second) {
        return new WorkflowStuckException(
                """
                %s is stuck: its code does not do the same each time that it runs.
                  first   %s
                  again   %s%s
                Time, ids and randomness come from the context, what lies outside from a step; and a collection without an \
                order of its own must not decide what comes first.""".formatted(
                                turn.name(),
                                first,
                                second,
                                userCode().map(line -> " at " + line).orElse("")),
                null);
    }

    /** The line of the user's code that has called the context. */
    static Optional<String> userCode() {
        return StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE)
                .walk(frames -> frames.dropWhile(
                                frame -> !WorkflowContext.class.isAssignableFrom(frame.getDeclaringClass())
                                        && frame.getDeclaringClass() != StepCall.class)
                        .filter(frame -> !isEngine(frame.getDeclaringClass()))
                        .findFirst()
                        .map(frame -> frame.toStackTraceElement().toString()));
    }

    private static boolean isEngine(Class<?> type) {
        return ENGINE.contains(type.getNestHost()) || type.getName().startsWith("java.");
    }
}
