package dev.headwater.command;

import dev.headwater.Command;
import dev.headwater.Envelope;
import dev.headwater.MessageTypes;
import dev.headwater.store.Append;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.NewEvent;
import dev.headwater.store.StreamId;
import dev.headwater.store.ToolkitStore;
import java.util.List;
import java.util.UUID;

/**
 * Records commands in the log, from where a {@link CommandDelivery} takes them to their handlers: the sender does not
 * wait, and a recorded command is carried out also after a crash. Thread-safe.
 *
 * <pre>{@code
 * var commands = new CommandLog(store);
 * commands.send("4711", new ShipOrder("4711"));
 * }</pre>
 */
public final class CommandLog {

    private static final MessageTypes NO_TYPES = MessageTypes.builtIn();
    private static final String CATEGORY = "$commands";

    private final EventStore store;

    /** Records commands in the log of a store, which may be one within a transaction. */
    public CommandLog(EventStore store) {
        this.store = ToolkitStore.of(store, NO_TYPES);
    }

    /**
     * Records a command that is sent now, and returns its id when it is durable. It stands in a stream of its own.
     *
     * @throws IllegalArgumentException when its type is not registered
     */
    public UUID send(Command<?> command) {
        var envelope = store.envelope(command);
        return send(envelope.id().toString(), envelope);
    }

    /** Records a command that is sent now in the stream of a key; see {@link #send(String, Envelope)}. */
    public UUID send(String key, Command<?> command) {
        return send(key, store.envelope(command));
    }

    /**
     * Records a command in the stream of a key, and returns its id when it is durable. Commands of one stream are
     * carried out in the order in which they were recorded, unless the delivery has a better key for them. Recording
     * the same envelope again changes nothing.
     *
     * @throws IllegalArgumentException when its type is not registered, or the key is too long for the name of a stream
     * @throws dev.headwater.store.StoreUnavailableException when the store is out of reach and nothing was stored
     * @throws dev.headwater.store.AppendOutcomeUnknownException when it could not be found out whether it is recorded
     */
    public UUID send(String key, Envelope<? extends Command<?>> command) {
        var stream = StreamId.of(CATEGORY, key);
        store.append(Append.to(stream, ExpectedVersion.any(), List.of(NewEvent.command(command))));
        return command.id();
    }
}
