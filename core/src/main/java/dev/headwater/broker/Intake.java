package dev.headwater.broker;

import static java.util.Objects.requireNonNull;

import dev.headwater.Command;
import dev.headwater.DomainEvent;
import dev.headwater.Envelope;
import dev.headwater.Message;
import dev.headwater.MessageTypes;
import dev.headwater.store.Append;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.NewEvent;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import dev.headwater.store.ToolkitStore;
import dev.headwater.subscription.Projection;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Takes what a topic tells into the log of this service: policies, processes, command deliveries and projections handle
 * it there like anything else that has happened, in one order with it.
 *
 * <p>Domain events go into the streams {@code <category>-<key of the record>}, so choose a category that nothing of the
 * service's own has. Commands go where {@link dev.headwater.command.CommandLog} records them, to be carried out once.
 * All keep their ids, times and metadata. The append is part of the transaction that moves the place in the topic, so
 * each is taken in once; what stands in the log already, as after a reset of the subscription, is left as it is. What
 * is neither becomes a dead letter: an integration event means to a service what its own handler makes of it.
 *
 * <p>Messages of one key in one partition stay in their order. Between topics there is none: whoever hears two services
 * has to expect what they say in either order.
 *
 * <pre>{@code
 * bus.start("ordering.events", Subscription.named("heard")
 *         .events(EventQuery.ofTypes(Set.of("order.created")))
 *         .projecting(Intake.into("heard", connection -> store.over(events.within(connection)))));
 * }</pre>
 *
 * @param <T> the transaction, such as {@code java.sql.Connection}
 */
public final class Intake<T> implements Projection<T> {

    private static final MessageTypes NO_TYPES = MessageTypes.builtIn();
    private static final String COMMANDS = "$commands";

    private final String category;
    private final Function<T, EventStore> stores;

    private Intake(String category, Function<T, EventStore> stores) {
        this.category = requireNonNull(category, "category");
        this.stores = requireNonNull(stores, "stores");
    }

    /**
     * Takes messages into a log.
     *
     * @param category of the streams that domain events go into
     * @param stores gives the event store of the service within a transaction
     */
    public static <T> Intake<T> into(String category, Function<T, EventStore> stores) {
        return new Intake<>(category, stores);
    }

    @Override
    public void project(List<StoredEvent> events, T transaction) {
        var store = ToolkitStore.of(stores.apply(transaction), NO_TYPES);
        var known = new HashSet<>(
                store.findEvents(ids(events)).stream().map(StoredEvent::id).toList());
        var taken = new LinkedHashMap<StreamId, List<NewEvent>>();
        for (var event : events) {
            if (known.add(event.id())) {
                taken.computeIfAbsent(streamOf(event), stream -> new ArrayList<>())
                        .add(newEvent(event));
            }
        }
        if (!taken.isEmpty()) {
            var parts = taken.entrySet().stream()
                    .map(entry -> new Append.Part(entry.getKey(), ExpectedVersion.any(), entry.getValue()))
                    .toList();
            store.append(new Append(parts, Optional.empty()));
        }
    }

    private static Set<UUID> ids(List<StoredEvent> events) {
        return events.stream().map(StoredEvent::id).collect(Collectors.toSet());
    }

    private StreamId streamOf(StoredEvent event) {
        return StreamId.of(
                event.message() instanceof Command ? COMMANDS : category,
                event.stream().name());
    }

    private static NewEvent newEvent(StoredEvent event) {
        var envelope = event.messageEnvelope();
        return switch (envelope.message()) {
            case DomainEvent told -> NewEvent.of(with(envelope, told));
            case Command<?> asked -> NewEvent.command(with(envelope, asked));
            default ->
                throw new IllegalArgumentException(
                        envelope.message().getClass().getName()
                                + " is not taken into the log: expected a DomainEvent or a Command; give it a handler of its own");
        };
    }

    private static <M extends Message> Envelope<M> with(Envelope<Message> envelope, M message) {
        return new Envelope<>(envelope.id(), envelope.time(), envelope.metadata(), message);
    }
}
