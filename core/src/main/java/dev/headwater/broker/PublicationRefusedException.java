package dev.headwater.broker;

import dev.headwater.HeadwaterException;

/** The broker will never keep a message, such as one that is too large for the topic. */
public final class PublicationRefusedException extends HeadwaterException {

    private static final long serialVersionUID = 1L;

    /** Creates the exception for a topic. */
    public PublicationRefusedException(String topic, String reason) {
        super(
                "A message for the topic '" + topic + "' was refused: " + reason
                        + "; change the message, or what the topic allows",
                null);
    }
}
