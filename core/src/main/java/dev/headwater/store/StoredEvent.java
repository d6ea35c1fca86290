package dev.headwater.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.headwater.DomainEvent;
import dev.headwater.EncodedMessage;
import dev.headwater.Envelope;
import dev.headwater.Message;
import dev.headwater.MessageSerializer;
import dev.headwater.Notification;
import dev.headwater.UndecodableMessageException;
import dev.headwater.store.spi.EncodedEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An event as it stands in the log, with its place there; in a {@linkplain StreamId#isReserved reserved stream} it can
 * be a command.
 *
 * <p>The message itself is decoded when it is first asked for, so an event that this code cannot read is still found,
 * counted and reported; only {@link #message()}, {@link #event()} and their envelopes fail for it. Thread-safe.
 */
public final class StoredEvent {

    private final EncodedEvent encoded;
    private final MessageSerializer serializer;

    /** What upcasters have made of it; null for the event as it is stored. */
    private final @Nullable Message upcast;

    /** Which of the events it is that upcasters have made of one, from 0. */
    private final int part;

    /** The decoded message; threads that race here decode equal values, and any of them may stay. */
    private @Nullable Message decoded;

    /** What upcasters have made of this one, when it was asked for; the same is true of it. */
    private @Nullable List<StoredEvent> made;

    /** Creates a view of an encoded event. */
    public StoredEvent(EncodedEvent encoded, MessageSerializer serializer) {
        this(encoded, serializer, null, 0);
    }

    private StoredEvent(EncodedEvent encoded, MessageSerializer serializer, @Nullable Message upcast, int part) {
        this.encoded = encoded;
        this.serializer = serializer;
        this.upcast = upcast;
        this.part = part;
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

    /**
     * The identity of the event; of several that one was split into, the first has its id and the others derived ones.
     */
    public UUID id() {
        var id = encoded.message().id();
        return part == 0 ? id : UUID.nameUUIDFromBytes((id + "/" + part).getBytes(UTF_8));
    }

    /** The registered name of its type: the present one, when an upcaster has renamed it. */
    public String type() {
        return upcast == null
                ? encoded.message().type()
                : serializer.types().require(upcast.getClass()).name();
    }

    /** When it happened, in business terms. */
    public Instant time() {
        return encoded.message().time();
    }

    /** The event as it is stored, whatever upcasters have made of it. */
    public EncodedMessage encoded() {
        return encoded.message();
    }

    /** The bytes of its payload, metadata and tags, where a character of the latter counts as one. */
    public long bytes() {
        return encoded.bytes();
    }

    /** Where it stood in the log of its source, when it came from elsewhere and the source has said so. */
    public Optional<Origin> origin() {
        var arrival = encoded.arrival();
        return arrival == null
                ? Optional.empty()
                : Optional.of(arrival.origin()).filter(Origin::isKnown);
    }

    /** All that came of an event from elsewhere, to be kept with its dead letter; null for an event of this log. */
    public byte @Nullable [] record() {
        var arrival = encoded.arrival();
        return arrival == null ? null : arrival.record();
    }

    /** Whether it came from elsewhere, and not as an event. */
    boolean isUnreadable() {
        var arrival = encoded.arrival();
        return arrival != null && arrival.problem().isPresent();
    }

    /**
     * What this stored event means to the present code, in order: itself, what upcasters have made of it, which can be
     * several events or none, or, if that fails, itself, with the failure as the outcome of {@link #event()}.
     *
     * <p>Reads of streams and of the log, and handlers, are given this already; a {@link LogPage} is not.
     */
    public List<StoredEvent> current() {
        if (upcast != null || isUnreadable() || serializer.isCurrent(encoded.message())) {
            return List.of(this);
        }
        var known = made;
        if (known != null) {
            return known;
        }
        try {
            var events = new ArrayList<StoredEvent>();
            for (var message : serializer.decodeAll(encoded.message())) {
                events.add(new StoredEvent(encoded, serializer, requireStorable(message), events.size()));
            }
            made = List.copyOf(events);
            return events;
        } catch (UndecodableMessageException e) {
            return List.of(this);
        }
    }

    /**
     * What this stored event means to the present code, as far as a query wants it. One that this code cannot read is
     * given to whoever may have wanted what it means.
     */
    public List<StoredEvent> current(EventQuery query) {
        if (isUnreadable()) {
            return List.of(this);
        }
        if (upcast != null || serializer.isAsWritten(encoded.message())) {
            return query.matches(type(), stream(), tags()) ? List.of(this) : List.of();
        }
        var events = current();
        return events.size() == 1 && events.getFirst() == this
                ? events
                : events.stream()
                        .filter(made -> query.matches(made.type(), made.stream(), made.tags()))
                        .toList();
    }

    /**
     * What is recorded: an event, or, in a reserved stream, a command or what other services are told.
     *
     * @throws UndecodableMessageException when this code cannot read it
     */
    public Message message() {
        var arrival = encoded.arrival();
        if (arrival != null && arrival.problem().isPresent()) {
            throw new UndecodableMessageException(
                    encoded.message(), arrival.problem().get(), null);
        }
        if (upcast != null) {
            return upcast;
        }
        var known = decoded;
        if (known == null) {
            known = requireStorable(serializer.decodeMessage(encoded.message()));
            decoded = known;
        }
        return known;
    }

    /**
     * The event itself.
     *
     * @throws UndecodableMessageException when this code cannot read it, or it is another message
     */
    public DomainEvent event() {
        if (message() instanceof DomainEvent event) {
            return event;
        }
        throw new UndecodableMessageException(
                encoded.message(), message().getClass().getName() + " is no DomainEvent: read it with message()", null);
    }

    /**
     * The event with its id, time and metadata.
     *
     * @throws UndecodableMessageException when this code cannot read it, or it is another message
     */
    public Envelope<DomainEvent> envelope() {
        return envelope(event());
    }

    /**
     * What is recorded, with its id, time and metadata.
     *
     * @throws UndecodableMessageException when this code cannot read it
     */
    public Envelope<Message> messageEnvelope() {
        return envelope(message());
    }

    private <M extends Message> Envelope<M> envelope(M message) {
        return new Envelope<>(id(), encoded.message().time(), encoded.message().metadata(), message);
    }

    private Message requireStorable(Message message) {
        boolean storable = encoded.arrival() != null
                || message instanceof DomainEvent
                || (!(message instanceof Notification) && stream().isReserved());
        if (storable) {
            return message;
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
