package dev.headwater.command;

import dev.headwater.Command;
import dev.headwater.Envelope;
import dev.headwater.HeadwaterException;
import dev.headwater.MessageTypes;
import dev.headwater.aggregate.DeciderRepository;
import dev.headwater.bus.MessageHandler;
import dev.headwater.store.EventQuery;
import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.StartFrom;
import dev.headwater.subscription.Subscription;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Takes commands from the log to their handlers: a subscription, with the retries, dead letters and segments of one.
 *
 * <p>Each type of command has one handler. An aggregate carries out each command once, and its refusal is an outcome,
 * not a failure. Any other handler is called at least once, with an envelope whose id is that of the command each time.
 * It may take its time: commands are carried out in order per key and side by side otherwise. A handler runs in the
 * {@linkplain dev.headwater.MessageContext context} of its command. When the key of a command cannot be computed, or
 * the command cannot be decoded, it becomes a dead letter and holds up no other.
 *
 * <p>It begins with the first command of the log, so none is lost that was sent before it was started. The name stands
 * for what has been delivered: under another one everything is delivered again.
 *
 * <pre>{@code
 * Subscription<Connection> commands = CommandDelivery.named("order-commands", types)
 *         .toAggregate(OrderCommand.class, orders, OrderCommand::orderId)
 *         .toHandler(ShipParcel.class, ShipParcel::parcelId, envelope -> carrier.ship(envelope.message(), envelope.id()))
 *         .build();
 * subscriptions.start(commands);
 * }</pre>
 */
public final class CommandDelivery {

    private final Map<Class<?>, Route<?>> routes;

    private CommandDelivery(Map<Class<?>, Route<?>> routes) {
        this.routes = Map.copyOf(routes);
    }

    /**
     * A delivery of no commands yet.
     *
     * @param name of the subscription, which stands for what has been delivered
     * @param types the message types of the application
     */
    public static Builder named(String name, MessageTypes types) {
        return new Builder(name, types);
    }

    /** What has no key has one for itself, under which it fails when it is handled. */
    private String key(StoredEvent recorded) {
        try {
            var command = command(recorded);
            return routeOf(command.message()).key(recorded.stream(), command.message());
        } catch (RuntimeException e) {
            if (e instanceof HeadwaterException own && own.isTransient()) {
                throw e;
            }
            return recorded.id().toString();
        }
    }

    private void deliver(StoredEvent recorded) throws Exception {
        var command = command(recorded);
        routeOf(command.message()).carryOut(command);
    }

    private static Envelope<Command<?>> command(StoredEvent recorded) {
        var envelope = recorded.messageEnvelope();
        if (envelope.message() instanceof Command<?> command) {
            return new Envelope<>(envelope.id(), envelope.time(), envelope.metadata(), command);
        }
        throw new IllegalStateException("The message at position " + recorded.position() + " is "
                + envelope.message().getClass().getName() + ": expected a Command");
    }

    /** The cast holds because {@link Builder} ties a class and its route together. */
    @SuppressWarnings("unchecked")
    private Route<Command<?>> routeOf(Command<?> command) {
        return (Route<Command<?>>) Objects.requireNonNull(routes.get(command.getClass()), "wanted by the query");
    }

    /** Collects handlers; every problem found is reported together by {@link #build()}. Not thread-safe. */
    public static final class Builder {

        private final String name;
        private final MessageTypes types;
        private final Map<Class<?>, Route<?>> routes = new LinkedHashMap<>();
        private final Set<String> names = new LinkedHashSet<>();
        private final List<String> problems = new ArrayList<>();
        private ExecutionListener listener = (command, execution) -> {};

        private Builder(String name, MessageTypes types) {
            this.name = name;
            this.types = types;
        }

        /**
         * Commands of a type, or of all that a sealed type permits, go to aggregates, each once; in the order of the
         * aggregate's stream.
         *
         * @param id the id of the aggregate that a command is for
         */
        public <C extends Command<?>> Builder toAggregate(
                Class<C> type, DeciderRepository<? super C, ?, ?> repository, Function<? super C, String> id) {
            ExecutionListener told = (command, execution) -> listener.executed(command, execution);
            return add(type, new Route.ToAggregate<>(repository, id, told));
        }

        /** Commands of a type go to a handler, at least once, in the order of the stream in which they are recorded. */
        public <C extends Command<?>> Builder toHandler(Class<C> type, MessageHandler<C> handler) {
            return add(type, new Route.InStreamOrder<>(handler));
        }

        /**
         * Commands of a type go to a handler, at least once, in the order of a key.
         *
         * @param key 1 to 1,000 characters, the same each time
         */
        public <C extends Command<?>> Builder toHandler(
                Class<C> type, Function<? super C, String> key, MessageHandler<C> handler) {
            return add(type, new Route.InKeyOrder<>(key, handler));
        }

        /** Tells what became of commands that went to aggregates. */
        public Builder telling(ExecutionListener newListener) {
            listener = newListener;
            return this;
        }

        private <C extends Command<?>> Builder add(Class<C> type, Route<C> route) {
            boolean known = false;
            for (var registered : types.all()) {
                if (type.isAssignableFrom(registered.type())) {
                    known = true;
                    names.add(registered.name());
                    if (routes.putIfAbsent(registered.type(), route) != null) {
                        problems.add(registered.type().getName() + " has two handlers: a command has exactly one");
                    }
                }
            }
            if (!known) {
                problems.add(type.getName() + " is not registered: pass it to MessageTypes");
            }
            return this;
        }

        /**
         * The subscription, with the choices that a subscription begins with.
         *
         * @throws IllegalStateException with one line per problem
         */
        public <T> Subscription<T> build() {
            return build(UnaryOperator.identity());
        }

        /**
         * The subscription, with segments, retries or a start of the caller's choice.
         *
         * @throws IllegalStateException with one line per problem
         */
        public <T> Subscription<T> build(UnaryOperator<Subscription.Builder> choices) {
            if (names.isEmpty() && problems.isEmpty()) {
                problems.add("no command has a handler: add one with toAggregate(...) or toHandler(...)");
            }
            if (!problems.isEmpty()) {
                throw new IllegalStateException(
                        "The delivery '" + name + "' cannot be built:\n  " + String.join("\n  ", problems));
            }
            var delivery = new CommandDelivery(routes);
            return choices.apply(Subscription.named(name).startingAt(StartFrom.beginning()))
                    .events(EventQuery.ofTypes(names).withReserved())
                    .orderedBy(delivery::key)
                    .reacting(delivery::deliver);
        }
    }
}
