package dev.headwater.workflow.code;

import dev.headwater.Command;
import dev.headwater.Envelope;
import dev.headwater.store.Append;
import dev.headwater.store.StreamId;

/** Has aggregates decide on commands, without appending anything. */
@FunctionalInterface
public interface Aggregates {

    /** What a command leads to: a closed choice. */
    sealed interface Decision {

        /** These events, after which the stream is at this version. */
        record Events(Append.Part part, long version) implements Decision {}

        /** No events. */
        record NothingToDo(StreamId stream, long version) implements Decision {}

        /** The aggregate has refused. */
        record Refused(StreamId stream, String kind, String reason) implements Decision {}
    }

    /**
     * Decides on a command by the newest state of its aggregate.
     *
     * @throws IllegalArgumentException when nobody has said which aggregates such commands are for
     */
    Decision decide(Envelope<? extends Command<?>> command);
}
