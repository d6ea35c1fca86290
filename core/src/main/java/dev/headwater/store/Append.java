package dev.headwater.store;

import dev.headwater.DomainEvent;
import dev.headwater.Envelope;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * What is appended in one piece: events for one stream or several, what is expected of each, and perhaps a condition.
 *
 * <p>It is accepted or refused as a whole, and its events take consecutive positions in the order given. Immutable;
 * building the same append once and repeating it is safe, because the store recognises the ids of its events.
 *
 * @param parts one part per stream, at least one
 * @param condition a condition on other events of the log
 */
public record Append(List<Part> parts, Optional<AppendCondition> condition) {

    /** The most events that one append may hold. */
    public static final int MAX_EVENTS = 10_000;

    /** Copies and checks the parts. */
    public Append {
        parts = List.copyOf(parts);
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("An append needs at least one stream with at least one event");
        }
        var streams = new HashSet<StreamId>();
        var ids = new HashSet<java.util.UUID>();
        for (var part : parts) {
            if (!streams.add(part.stream())) {
                throw new IllegalArgumentException("The stream '" + part.stream()
                        + "' stands twice in one append: give all its events in one part");
            }
            for (var event : part.events()) {
                if (!ids.add(event.envelope().id())) {
                    throw new IllegalArgumentException(
                            "The event id " + event.envelope().id() + " stands twice in one append");
                }
            }
        }
        if (ids.size() > MAX_EVENTS) {
            throw new IllegalArgumentException(
                    "One append holds " + ids.size() + " events: at most " + MAX_EVENTS + " are allowed; split it");
        }
    }

    /**
     * The events for one stream.
     *
     * @param stream where they go
     * @param expected what that stream must look like
     * @param events at least one
     */
    public record Part(StreamId stream, ExpectedVersion expected, List<NewEvent> events) {
        /** Copies and checks the events. */
        public Part {
            events = List.copyOf(events);
            if (events.isEmpty()) {
                throw new IllegalArgumentException(
                        "Nothing to append to the stream '" + stream + "': expected at least one event");
            }
            if (!stream.isReserved() && events.stream().anyMatch(NewEvent::isCommand)) {
                throw new IllegalArgumentException("A command cannot be appended to the stream '" + stream
                        + "': only reserved streams, whose names begin with $, hold commands; send it with a"
                        + " CommandLog or a CommandBus");
            }
            if (!stream.isReserved() && events.stream().anyMatch(NewEvent::isIntegration)) {
                throw new IllegalArgumentException("An integration event cannot be appended to the stream '" + stream
                        + "': it is for other services, and a stream holds the domain events of this one; publish it"
                        + " within the transaction with a BrokerEventBus");
            }
        }
    }

    /** Events that happen now, for one stream. */
    public static Append to(StreamId stream, ExpectedVersion expected, DomainEvent... events) {
        return to(stream, expected, wrap(List.of(events)));
    }

    /** Prepared events for one stream. */
    public static Append to(StreamId stream, ExpectedVersion expected, List<NewEvent> events) {
        return new Append(List.of(new Part(stream, expected, events)), Optional.empty());
    }

    /** The same append with events that happen now for one stream more. */
    public Append and(StreamId stream, ExpectedVersion expected, DomainEvent... events) {
        return and(stream, expected, wrap(List.of(events)));
    }

    /** The same append with prepared events for one stream more. */
    public Append and(StreamId stream, ExpectedVersion expected, List<NewEvent> events) {
        var extended = new ArrayList<>(parts);
        extended.add(new Part(stream, expected, events));
        return new Append(extended, condition);
    }

    /** The same append under a condition on other events of the log. */
    public Append onlyIf(AppendCondition newCondition) {
        return new Append(parts, Optional.of(newCondition));
    }

    static List<NewEvent> wrap(List<? extends DomainEvent> events) {
        return events.stream().map(event -> NewEvent.of(Envelope.of(event))).toList();
    }
}
