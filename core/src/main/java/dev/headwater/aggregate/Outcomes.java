package dev.headwater.aggregate;

import dev.headwater.Envelope;
import dev.headwater.Metadata;
import dev.headwater.UuidV8;
import dev.headwater.store.Append;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.NewEvent;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import dev.headwater.store.ToolkitStore;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What became of commands. The first event of a command, and the record that it has none, have the same id, made of the
 * command's, which the store takes only once: so a command has one outcome, whoever carries it out at the same time.
 */
final class Outcomes {

    private static final String CATEGORY = "$command";

    private final EventStore store;

    Outcomes(EventStore store) {
        this.store = store;
    }

    private EventStore toolkit() {
        return ToolkitStore.of(store, CommandRecord.TYPES);
    }

    /** The id of one of a command's events, which count from 0. */
    static UUID eventId(UUID command, int number) {
        return UuidV8.of(command, "event " + number);
    }

    /**
     * The outcome of a command for the aggregate of a stream.
     *
     * @throws IllegalStateException when it was carried out by another aggregate
     */
    Optional<Execution> find(UUID command, StreamId stream) {
        return toolkit().findEvents(List.of(eventId(command, 0))).stream()
                .findFirst()
                .map(first -> outcome(command, stream, first));
    }

    private Execution outcome(UUID command, StreamId stream, StoredEvent first) {
        if (first.stream().isReserved() && first.event() instanceof CommandRecord recorded) {
            requireSame(command, stream, recorded.stream());
            return recorded.execution();
        }
        requireSame(command, stream, first.stream().name());
        return new Execution.Accepted(stream, lastVersion(command, first));
    }

    private static void requireSame(UUID command, StreamId stream, String found) {
        if (!found.equals(stream.name())) {
            throw new IllegalStateException("The command " + command + " was carried out on the stream '" + found
                    + "', and now it is to be on '" + stream
                    + "': a command goes to one aggregate; give each one a command with an id of its own");
        }
    }

    /** The events of a command stand side by side. */
    private long lastVersion(UUID command, StoredEvent first) {
        long version = first.version();
        var events = store.readStreamAsStored(first.stream(), version + 1).iterator();
        for (int number = 1; events.hasNext() && events.next().id().equals(eventId(command, number)); number++) {
            version++;
        }
        return version;
    }

    /** That a command has no event, to be recorded. */
    Decided without(Envelope<?> command, CommandRecord outcome) {
        var envelope =
                store.envelope(outcome).withId(eventId(command.id(), 0)).withMetadata(Metadata.causedBy(command));
        var stream = StreamId.of(CATEGORY, command.id().toString());
        return new Decided(
                new Append.Part(stream, ExpectedVersion.noStream(), List.of(NewEvent.of(envelope))),
                outcome.execution());
    }

    /** Appends the part of one. */
    void append(Append.Part part) {
        toolkit().append(new Append(List.of(part), Optional.empty()));
    }
}
