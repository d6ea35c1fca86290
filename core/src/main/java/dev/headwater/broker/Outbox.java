package dev.headwater.broker;

import dev.headwater.Command;
import dev.headwater.Envelope;
import dev.headwater.IntegrationEvent;
import dev.headwater.Message;
import dev.headwater.MessageTypes;
import dev.headwater.bus.EventBus;
import dev.headwater.bus.MessageHandler;
import dev.headwater.bus.Registration;
import dev.headwater.store.Append;
import dev.headwater.store.EventQuery;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.NewEvent;
import dev.headwater.store.StreamId;
import dev.headwater.store.ToolkitStore;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** Publishes into the log, from where a {@link Relay} takes it. As thread-safe as the store is. */
final class Outbox implements EventBus {

    private static final String CATEGORY = "$outbox";
    private static final MessageTypes NO_TYPES = MessageTypes.builtIn();

    /** What was published here. */
    static final EventQuery PUBLISHED =
            EventQuery.ofCategories(Set.of(CATEGORY)).withReserved();

    private final EventStore store;
    private final Function<? super Envelope<?>, String> key;

    Outbox(EventStore store, Function<? super Envelope<?>, String> key) {
        this.store = ToolkitStore.of(store, NO_TYPES);
        this.key = key;
    }

    @Override
    public void publish(Message message) {
        publish(store.envelope(message));
    }

    @Override
    public void publish(Envelope<?> envelope) {
        if (envelope.message() instanceof Command) {
            throw BrokerEventBus.isCommand(envelope.message().getClass());
        }
        if (!(envelope.message() instanceof IntegrationEvent event)) {
            throw new IllegalArgumentException(
                    envelope.message().getClass().getName()
                            + " cannot be published within a transaction: expected an IntegrationEvent; a domain event is appended"
                            + " to its stream, and a relay tells of it; a notification is published directly, and never stored");
        }
        var stream = StreamId.of(CATEGORY, key.apply(envelope));
        var told = NewEvent.integration(new Envelope<>(envelope.id(), envelope.time(), envelope.metadata(), event));
        store.append(Append.to(stream, ExpectedVersion.any(), List.of(told)));
    }

    @Override
    public <M extends Message> Registration subscribe(Class<M> type, String name, MessageHandler<? super M> handler) {
        throw new UnsupportedOperationException(
                "Nobody subscribes within a transaction: subscribe '" + name + "' to the event bus itself");
    }

    /** Does nothing: the transaction belongs to the caller. */
    @Override
    public void close() {}
}
