package dev.headwater.postgres.append;

import dev.headwater.HeadwaterException;
import dev.headwater.store.AppendCondition;
import dev.headwater.store.AppendConditionException;
import dev.headwater.store.AppendResult;
import dev.headwater.store.ConcurrencyException;
import dev.headwater.store.DuplicateEventException;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StreamId;
import java.sql.SQLException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What became of one append in a call to the server, as data: who calls makes a result or an exception of it, on its
 * own thread.
 */
public sealed interface AppendOutcome {

    /** What the server says when the call succeeds. */
    sealed interface Answer extends AppendOutcome {}

    /** It is stored: durably, or as a part of the caller's transaction; by this call or an earlier one. */
    record Stored(AppendResult result) implements Answer {}

    /** Nothing of it was stored. */
    sealed interface Refusal extends Answer {

        /** The refusal as the caller's exception. */
        HeadwaterException exception();
    }

    /** A stream was not as expected when the append had its turn. */
    record Conflict(StreamId stream, ExpectedVersion expected, long actualVersion) implements Refusal {
        @Override
        public HeadwaterException exception() {
            return new ConcurrencyException(stream, expected, actualVersion);
        }
    }

    /** The log held an event that the condition rules out. */
    record Violated(AppendCondition condition, long position) implements Refusal {
        @Override
        public HeadwaterException exception() {
            return new AppendConditionException(condition, position);
        }
    }

    /** An event id of it is in the log already. */
    record IdTaken(UUID id) implements Refusal {
        @Override
        public HeadwaterException exception() {
            return new DuplicateEventException(id);
        }
    }

    /**
     * The server refused the call with an error; nothing was stored.
     *
     * @param holders who was in the way, when it waited for too long
     */
    record Failed(SQLException cause, @Nullable String holders) implements AppendOutcome {}

    /** It was never sent, so nothing was stored. */
    record NotSent(String reason, @Nullable Throwable cause) implements AppendOutcome {}

    /** There is no answer; it may be stored or may still be stored. */
    record Unknown(LostCall call) implements AppendOutcome {}
}
