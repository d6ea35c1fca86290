package dev.headwater.workflow.code;

import dev.headwater.HeadwaterException;
import dev.headwater.store.StreamId;
import org.jspecify.annotations.Nullable;

/** Somebody else has written to the journal of an instance, so this turn is taken again from what is recorded now. */
final class JournalMovedException extends HeadwaterException {

    private static final long serialVersionUID = 1L;

    JournalMovedException(StreamId journal, @Nullable Throwable cause) {
        super(
                "The journal '" + journal
                        + "' has moved on under this turn: nothing more was recorded; it is read again",
                cause);
    }

    @Override
    public boolean isTransient() {
        return true;
    }
}
