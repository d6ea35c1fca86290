package dev.headwater.subscription;

import dev.headwater.HeadwaterException;

/**
 * A checkpoint is not where its subscription left it: another instance runs the same subscription. Nothing was changed.
 */
public final class CheckpointConflictException extends HeadwaterException {

    private static final long serialVersionUID = 1L;

    /** Creates the exception for a checkpoint that stands elsewhere. */
    public CheckpointConflictException(String subscription, long expected, long found) {
        super(
                "The checkpoint of the subscription '" + subscription + "' was expected at position " + expected
                        + " but stands at " + found
                        + ": another instance runs the same subscription; it goes on from there",
                null);
    }

    @Override
    public boolean isTransient() {
        return true;
    }
}
