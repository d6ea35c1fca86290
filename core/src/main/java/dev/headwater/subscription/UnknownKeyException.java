package dev.headwater.subscription;

import dev.headwater.HeadwaterException;

/**
 * The {@linkplain SequenceKey sequence key} of an event could not be computed, so nobody knows which instance has to
 * handle the event. The subscription waits there until the key can be computed.
 */
final class UnknownKeyException extends HeadwaterException {

    private static final long serialVersionUID = 1L;

    UnknownKeyException(String subscription, long position, Throwable cause) {
        super(
                "The sequence key of the event at position " + position + " could not be computed, so nobody knows who"
                        + " handles it: make the function of '" + subscription + "' return a key for every event, from"
                        + " its stream or tags rather than from its payload",
                cause);
    }
}
