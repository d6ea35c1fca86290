package dev.headwater.broker;

import dev.headwater.Envelope;
import dev.headwater.Message;
import dev.headwater.MessageTypes;
import dev.headwater.Metadata;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.Optional;

/**
 * What a command carries on its way from service to service, and what nothing that it causes inherits.
 *
 * @param replyTo the topic where its outcome goes
 * @param expires from when on it is not carried out any more
 */
record CommandTravel(Optional<String> replyTo, Optional<Instant> expires) {

    /** What is known of the messages between services besides the application's. */
    static final MessageTypes TYPES = MessageTypes.builtIn(CommandOutcome.class);

    /**
     * What metadata say.
     *
     * @throws IllegalArgumentException when the time is none
     */
    static CommandTravel of(Metadata metadata) {
        var attributes = metadata.attributes();
        var expires = Optional.ofNullable(attributes.get(CloudEventAttributes.EXPIRY_TIME));
        try {
            return new CommandTravel(
                    Optional.ofNullable(attributes.get(CloudEventAttributes.REPLY_TO)),
                    expires.map(time -> OffsetDateTime.parse(time).toInstant()));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "The attribute '" + CloudEventAttributes.EXPIRY_TIME + "' of a command is no time of RFC 3339", e);
        }
    }

    boolean isExpired(Instant now) {
        return expires.filter(end -> !now.isBefore(end)).isPresent();
    }

    /** The message without what belongs to its way. */
    static <M extends Message> Envelope<M> arrived(Envelope<M> envelope) {
        return envelope.withMetadata(arrived(envelope.metadata()));
    }

    static Metadata arrived(Metadata metadata) {
        var rest = new HashMap<>(metadata.attributes());
        rest.remove(CloudEventAttributes.REPLY_TO);
        rest.remove(CloudEventAttributes.EXPIRY_TIME);
        rest.remove(CloudEventAttributes.SENDING);
        return new Metadata(
                metadata.correlationId(),
                metadata.causationId(),
                metadata.user(),
                metadata.tenant(),
                metadata.traceParent(),
                rest);
    }
}
