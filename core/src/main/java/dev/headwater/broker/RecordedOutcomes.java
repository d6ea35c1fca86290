package dev.headwater.broker;

import dev.headwater.Envelope;
import dev.headwater.Metadata;
import dev.headwater.store.Append;
import dev.headwater.store.ConcurrencyException;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.NewEvent;
import dev.headwater.store.StreamId;
import dev.headwater.store.ToolkitStore;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The outcomes of commands, each alone in a reserved stream named after its command. As thread-safe as the store. */
record RecordedOutcomes(EventStore store) {

    private static final String CATEGORY = "$outcome";

    static RecordedOutcomes in(EventStore store) {
        return new RecordedOutcomes(ToolkitStore.of(store, CommandTravel.TYPES));
    }

    Optional<CommandOutcome> find(UUID command) {
        try (var events = store.readStream(stream(command))) {
            return events.findFirst().map(event -> (CommandOutcome) event.message());
        }
    }

    /**
     * Appends an outcome.
     *
     * @throws ConcurrencyException when the command has one already
     */
    void append(CommandOutcome outcome, Envelope<?> command) {
        var envelope = store.envelope(outcome).withMetadata(Metadata.causedBy(command));
        store.append(
                Append.to(stream(command.id()), ExpectedVersion.noStream(), List.of(NewEvent.integration(envelope))));
    }

    /** Records an outcome unless there is one; the one that stands. */
    CommandOutcome record(CommandOutcome outcome, Envelope<?> command) {
        try {
            append(outcome, command);
            return outcome;
        } catch (ConcurrencyException e) {
            return find(command.id()).orElseThrow(() -> e);
        }
    }

    private static StreamId stream(UUID command) {
        return StreamId.of(CATEGORY, command.toString());
    }
}
