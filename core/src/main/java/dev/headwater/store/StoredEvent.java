package dev.headwater.store;

import dev.headwater.DomainEvent;
import dev.headwater.EncodedMessage;
import dev.headwater.Envelope;
import dev.headwater.MessageSerializer;
import dev.headwater.UndecodableMessageException;
import dev.headwater.store.spi.EncodedEvent;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An event as it stands in the log, with its place there.
 *
 * <p>The event itself is decoded when it is first asked for, so an event that this code cannot read is still found,
 * counted and reported; only {@link #event()} and {@link #envelope()} fail for it. Thread-safe.
 */
public final class StoredEvent {

    private final EncodedEvent encoded;
    private final MessageSerializer serializer;

    /** The decoded event; threads that race here decode equal values, and any of them may stay. */
    private @Nullable DomainEvent event;

    /** Creates a view of an encoded event. */
    public StoredEvent(EncodedEvent encoded, MessageSerializer serializer) {
        this.encoded = encoded;
        this.serializer = serializer;
    }

    /** Its place in the one global order, from 1. */
    public long position() {
        return encoded.position();
    }

    /** The stream it belongs to. */
    public StreamId stream() {
        return encoded.stream();
    }

    /** Its number in its stream, from 1. */
    public long version() {
        return encoded.version();
    }

    /** The tags it is found by. */
    public Set<String> tags() {
        return encoded.tags();
    }

    /** The identity of the event. */
    public UUID id() {
        return encoded.message().id();
    }

    /** The registered name of its type. */
    public String type() {
        return encoded.message().type();
    }

    /** When it happened, in business terms. */
    public Instant time() {
        return encoded.message().time();
    }

    /** The event as it is stored. */
    public EncodedMessage encoded() {
        return encoded.message();
    }

    /**
     * The event itself.
     *
     * @throws UndecodableMessageException when this code cannot read it
     */
    public DomainEvent event() {
        var decoded = event;
        if (decoded == null) {
            decoded = decode();
            event = decoded;
        }
        return decoded;
    }

    /**
     * The event with its id, time and metadata.
     *
     * @throws UndecodableMessageException when this code cannot read it
     */
    public Envelope<DomainEvent> envelope() {
        var message = encoded.message();
        return new Envelope<>(message.id(), message.time(), message.metadata(), event());
    }

    private DomainEvent decode() {
        var message = serializer.decodeMessage(encoded.message());
        if (message instanceof DomainEvent domainEvent) {
            return domainEvent;
        }
        throw new UndecodableMessageException(
                encoded.message(), message.getClass().getName() + " is bound to that name but is no DomainEvent", null);
    }

    /** Place, type and id; never the payload. */
    @Override
    public String toString() {
        return "%s@%d %s #%d (%s)".formatted(stream(), version(), type(), position(), id());
    }
}
