package dev.headwater.broker.spi;

import dev.headwater.HeadwaterException;
import org.jspecify.annotations.Nullable;

/** A broker did not answer, or nobody knows what became of what was sent to it. Trying the same again is safe. */
public final class BrokerUnavailableException extends HeadwaterException {

    private static final long serialVersionUID = 1L;

    /** Creates the exception; the message says what was tried. */
    public BrokerUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    @Override
    public boolean isTransient() {
        return true;
    }
}
