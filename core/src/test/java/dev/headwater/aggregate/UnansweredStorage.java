package dev.headwater.aggregate;

import dev.headwater.store.AppendOutcomeUnknownException;
import dev.headwater.store.AppendResult;
import dev.headwater.store.spi.EncodedAppend;
import dev.headwater.store.spi.EventStorage;
import dev.headwater.store.spi.ForwardingEventStorage;

/** A log whose next appends end as unknown, stored or not. */
final class UnansweredStorage extends ForwardingEventStorage {

    private int unanswered;
    private boolean stored;

    UnansweredStorage(EventStorage storage) {
        super(storage);
    }

    void leaveUnanswered(int appends, boolean storedAllTheSame) {
        unanswered = appends;
        stored = storedAllTheSame;
    }

    @Override
    public AppendResult append(EncodedAppend append) {
        if (unanswered == 0) {
            return super.append(append);
        }
        unanswered--;
        if (stored) {
            super.append(append);
        }
        throw new AppendOutcomeUnknownException("The connection was lost", null);
    }
}
