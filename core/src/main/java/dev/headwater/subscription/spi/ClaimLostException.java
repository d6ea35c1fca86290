package dev.headwater.subscription.spi;

import dev.headwater.HeadwaterException;

/**
 * A segment is not as its owner knew it: another instance has taken it over, or its checkpoint was moved. Nothing was
 * changed.
 */
public final class ClaimLostException extends HeadwaterException {

    private static final long serialVersionUID = 1L;

    /** Creates the exception for a subscription. */
    public ClaimLostException(String subscription) {
        super(
                "A segment of the subscription '" + subscription + "' was taken over by another instance, or its"
                        + " checkpoint was moved: nothing was written, and its owner goes on from there",
                null);
    }

    @Override
    public boolean isTransient() {
        return true;
    }
}
