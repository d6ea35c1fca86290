package dev.headwater;

import java.time.Clock;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;

/**
 * A message with its identity, time and origin.
 *
 * <p>The id identifies the message everywhere and for ever: an append or a delivery that is repeated with the same id
 * is recognised as the same. Ids made here are UUIDv7, so they sort roughly by time. An envelope is immutable and safe
 * to share.
 *
 * @param id the identity of the message
 * @param time when it happened, in business terms; kept to the nanosecond
 * @param metadata conversation, cause, user, tenant, trace
 * @param message the message itself
 * @param <M> the type of the message
 */
public record Envelope<M extends Message>(UUID id, Instant time, Metadata metadata, M message) {

    /** Checks that nothing is missing. */
    public Envelope {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(time, "time");
        Objects.requireNonNull(metadata, "metadata");
        Objects.requireNonNull(message, "message");
    }

    /**
     * Wraps a message that happens now; inside a handler it continues the conversation of the message being handled.
     */
    public static <M extends Message> Envelope<M> of(M message) {
        return of(message, Clock.systemUTC());
    }

    /**
     * Wraps a message that happens now by the given clock; inside a handler it continues the conversation being
     * handled.
     */
    public static <M extends Message> Envelope<M> of(M message, Clock clock) {
        return new Envelope<>(UuidV7.next(), clock.instant(), MessageContext.metadata(), message);
    }

    /** The same message with another id, for ids derived from the business (an invoice number, an idempotency key). */
    public Envelope<M> withId(UUID newId) {
        return new Envelope<>(newId, time, metadata, message);
    }

    /** The same message with another business time. */
    public Envelope<M> withTime(Instant newTime) {
        return new Envelope<>(id, newTime, metadata, message);
    }

    /** The same message with other metadata. */
    public Envelope<M> withMetadata(Metadata newMetadata) {
        return new Envelope<>(id, time, newMetadata, message);
    }

    /** The id of the message that started the conversation: this message's own id when it is the first. */
    public UUID correlationId() {
        var correlation = metadata.correlationId();
        return correlation == null ? id : correlation;
    }
}
