package dev.headwater.aggregate;

import dev.headwater.HeadwaterException;
import dev.headwater.failure.Failure;
import dev.headwater.store.StreamId;
import java.util.List;

/** Tells the refusal of a decider from a mistake in it. */
final class Refusals {

    /** What Java itself throws when code is wrong, and hardly anybody on purpose. */
    private static final List<Class<? extends RuntimeException>> MISTAKES = List.of(
            NullPointerException.class,
            ClassCastException.class,
            IndexOutOfBoundsException.class,
            ArithmeticException.class,
            ArrayStoreException.class,
            NegativeArraySizeException.class,
            MatchException.class);

    private Refusals() {}

    static boolean isRefusal(RuntimeException thrown) {
        return !(thrown instanceof HeadwaterException)
                && MISTAKES.stream().noneMatch(mistake -> mistake.isInstance(thrown));
    }

    static CommandRecord record(StreamId stream, RuntimeException thrown) {
        var name = thrown.getClass().getSimpleName();
        return new CommandRecord.CommandRefused(
                stream.name(),
                name.isEmpty() ? thrown.getClass().getName() : name,
                Failure.of(thrown).message());
    }
}
