package dev.headwater.workflow.code;

import dev.headwater.store.Append;
import dev.headwater.store.ConcurrencyException;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.NewEvent;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import dev.headwater.workflow.Ending;
import dev.headwater.workflow.WorkflowDefinition;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What applications do to instances from outside: each call is a record in the log, which the instance comes to.
 * Thread-safe.
 */
public final class Calls {

    private final EventStore store;

    /** @param store may append to reserved streams, and knows {@link JournalTypes#TYPES} */
    public Calls(EventStore store) {
        this.store = store;
    }

    /**
     * Starts an instance, once.
     *
     * @return whether it was not started before
     * @throws IllegalStateException when it was started before with another input, or by an event
     */
    public <I> boolean start(WorkflowDefinition<I, ?> definition, String id, I input) {
        while (true) {
            var stream = definition.journal(id);
            var first = first(definition, id);
            if (first.isPresent()) {
                requireSame(definition, id, first.get(), input);
                return false;
            }
            var fresh = store.envelope(new Remarks.Resumed(definition.name(), id));
            var started = new Entry.Started(
                    definition.version(),
                    OptionalLong.empty(),
                    Optional.empty(),
                    Optional.of(store.serializer().mapper().valueToTree(input)),
                    fresh.id(),
                    Optional.empty(),
                    fresh.time());
            try {
                store.append(Append.to(
                        stream,
                        ExpectedVersion.exactly(store.streamVersion(stream)),
                        List.of(NewEvent.of(store.envelope(started)))));
                return true;
            } catch (ConcurrencyException e) {
                // somebody was first: look what that was
            }
        }
    }

    private <I> void requireSame(WorkflowDefinition<I, ?> definition, String id, Entry.Started started, I input) {
        if (started.position().isPresent() || !isSame(started.input(), input, definition.input())) {
            throw new IllegalStateException("The workflow " + definition.name() + " " + id + " was started before "
                    + (started.position().isEmpty()
                            ? "with another input"
                            : "by the event at position " + started.position().getAsLong())
                    + ": the same id stands for the same process for ever; use another one");
        }
    }

    /**
     * Whether an input is the one that is recorded. Trees are compared as they are read from JSON text, since a number
     * read is another node than one written. What is encrypted never has the same text twice; then the values decide.
     */
    private <I> boolean isSame(Optional<JsonNode> recorded, I input, Class<I> type) {
        var mapper = store.serializer().mapper();
        var now = mapper.readTree(mapper.writeValueAsBytes(input));
        if (recorded.filter(now::equals).isPresent()) {
            return true;
        }
        @Nullable I former = Endings.value(recorded, type, mapper);
        return Objects.equals(former, input)
                || Objects.equals(former, Endings.value(Optional.of(now), type, mapper))
                || now.equals(mapper.readTree(mapper.writeValueAsBytes(former)));
    }

    /** The beginning of an instance. */
    private Optional<Entry.Started> first(WorkflowDefinition<?, ?> definition, String id) {
        try (var events = store.readStream(definition.journal(id))) {
            return events.filter(event -> JournalTypes.isEntry(event.type()))
                    .map(StoredEvent::event)
                    .filter(Entry.Started.class::isInstance)
                    .map(Entry.Started.class::cast)
                    .findFirst();
        }
    }

    /** How an instance has ended, if it has. */
    public <R> Optional<Ending<R>> ending(WorkflowDefinition<?, R> definition, String id) {
        return Journals.read(store, definition.journal(id))
                .ended()
                .map(ended -> Endings.of(
                        ended, definition.result(), store.serializer().mapper()));
    }

    /**
     * Asks an instance to stop and to undo what it has done.
     *
     * @return false when it has ended, or was never started
     */
    public boolean cancel(WorkflowDefinition<?, ?> definition, String id, String by, String reason) {
        var journal = Journals.read(store, definition.journal(id));
        if (!journal.hasBegun() || journal.ended().isPresent()) {
            return false;
        }
        remark(new Remarks.CancelRequested(definition.name(), id, by, reason));
        return true;
    }

    /** The numbers of the timers that an instance waits for before another attempt of something. */
    public List<Long> pauses(String workflow, String id) {
        var row = InstanceRow.of(id, null, store.serializer().mapper());
        try (var events = store.readStream(new StreamId("$" + workflow + "-" + id))) {
            events.filter(event -> JournalTypes.isEntry(event.type()))
                    .forEach(event -> row.apply((Entry) event.event(), event));
        }
        return row.pauses();
    }

    /** Gives up a compensation that cannot succeed; the others go on. */
    public void skipCompensation(
            WorkflowDefinition<?, ?> definition, String id, String compensation, String by, String reason) {
        remark(new Remarks.SkipRequested(definition.name(), id, compensation, by, reason));
    }

    void remark(Remarks remark) {
        store.append(Remarks.stream(remark.workflow()), ExpectedVersion.any(), remark);
    }
}
