package dev.headwater.bus;

import dev.headwater.Command;
import dev.headwater.Envelope;
import dev.headwater.MessageContext;
import dev.headwater.MessageTypes;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Takes each command to the one handler of its class, and the answer back to the sender.
 *
 * <p>Every command class that the bus is built for has exactly one handler, or the bus cannot be built. A command is
 * carried out on the sender's thread, in a context of its own, so what its handler publishes or sends carries the
 * command as the cause; whoever does not want to wait sends from a virtual thread. Immutable and thread-safe.
 *
 * <pre>{@code
 * var commands = CommandBus.builder(types)
 *         .handle(PlaceOrder.class, envelope -> orders.place(envelope.message()))
 *         .build();
 * OrderId id = commands.send(new PlaceOrder(cart));
 * }</pre>
 */
public final class CommandBus {

    private final Map<Class<?>, CommandHandler<?, ?>> handlers;

    private CommandBus(Map<Class<?>, CommandHandler<?, ?>> handlers) {
        this.handlers = Map.copyOf(handlers);
    }

    /** Starts a bus for all commands among an application's message types. */
    public static Builder builder(MessageTypes types) {
        var commands = new LinkedHashSet<Class<?>>();
        for (var registered : types.all()) {
            if (Command.class.isAssignableFrom(registered.type())) {
                commands.add(registered.type());
            }
        }
        return new Builder(commands);
    }

    /** Starts a bus for the given concrete command classes, which need no registered names. */
    public static Builder builder(Collection<? extends Class<? extends Command<?>>> commands) {
        return new Builder(new LinkedHashSet<>(commands));
    }

    /** Sends a command now; within a handler it continues the conversation. See {@link #send(Envelope)}. */
    public <R> R send(Command<R> command) {
        return send(Envelope.of(command));
    }

    /**
     * Sends a command and returns its handler's answer.
     *
     * <p>What the handler throws reaches the sender: unchecked exceptions and errors as they are, checked ones as the
     * cause of a {@link CommandFailedException}; after an {@link InterruptedException} the interrupt flag is set again.
     *
     * @throws IllegalArgumentException when the bus was not built for the class of the command
     */
    public <R> R send(Envelope<? extends Command<R>> envelope) {
        CommandHandler<Command<R>, R> handler = handlerOf(envelope.message());
        try {
            return MessageContext.handling(envelope, () -> handler.handle(withExactType(envelope)));
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            throw new CommandFailedException(
                    "The handler of " + envelope.message().getClass().getName() + " " + envelope.id() + " threw a "
                            + e.getClass().getName() + ": see the cause",
                    e);
        }
    }

    /** The cast holds because {@link Builder#handle} ties handler, command and answer together. */
    @SuppressWarnings("unchecked")
    private <R> CommandHandler<Command<R>, R> handlerOf(Command<R> command) {
        var handler = handlers.get(command.getClass());
        if (handler == null) {
            throw new IllegalArgumentException("The command bus knows no "
                    + command.getClass().getName() + ": name the class, and its handler, when building the bus");
        }
        return (CommandHandler<Command<R>, R>) handler;
    }

    /** The cast holds because an envelope is immutable. */
    @SuppressWarnings("unchecked")
    private static <R> Envelope<Command<R>> withExactType(Envelope<? extends Command<R>> envelope) {
        return (Envelope<Command<R>>) envelope;
    }

    /** Collects handlers; every problem found is reported together by {@link #build()}. Not thread-safe. */
    public static final class Builder {

        private final Set<Class<?>> commands;
        private final List<Entry> entries = new ArrayList<>();

        private Builder(Set<Class<?>> commands) {
            this.commands = commands;
        }

        /**
         * Gives a command class its handler; a sealed interface of commands gives it to all that it permits.
         *
         * <p>Where the answer is {@link Void}, {@link #handleVoid} spares the handler the {@code return null}.
         */
        public <C extends Command<R>, R> Builder handle(Class<C> type, CommandHandler<C, R> handler) {
            Objects.requireNonNull(type, "type");
            Objects.requireNonNull(handler, "handler");
            entries.add(new Entry(type, handler));
            return this;
        }

        /** Gives a command class without an answer its handler; see {@link #handle}. */
        public <C extends Command<Void>> Builder handleVoid(Class<C> type, MessageHandler<C> handler) {
            Objects.requireNonNull(handler, "handler");
            return handle(type, new Unanswered<>(handler));
        }

        /**
         * Checks that every command has exactly one handler, and returns the bus.
         *
         * @throws IllegalStateException with one line per problem
         */
        public CommandBus build() {
            var problems = new ArrayList<String>();
            var byClass = new HashMap<Class<?>, CommandHandler<?, ?>>();
            for (var command : commands) {
                var candidates =
                        entries.stream().filter(entry -> entry.takes(command)).toList();
                if (candidates.size() == 1 && !isAbstract(command)) {
                    byClass.put(command, candidates.getFirst().handler());
                } else {
                    problems.add(problemOf(command, candidates));
                }
            }
            for (var entry : entries) {
                if (commands.stream().noneMatch(entry::takes)) {
                    problems.add("the handler for " + entry.type().getName()
                            + " would never be called: name the class when starting the builder, or register it with"
                            + " MessageTypes");
                }
            }
            if (!problems.isEmpty()) {
                throw new IllegalStateException("The command bus cannot be built:\n  " + String.join("\n  ", problems));
            }
            return new CommandBus(byClass);
        }

        private static String problemOf(Class<?> command, List<Entry> candidates) {
            if (isAbstract(command)) {
                return command.getName() + " is not a concrete class: name the classes that implement it";
            }
            if (candidates.isEmpty()) {
                return command.getName() + " has no handler: add one with handle(...)";
            }
            var types = candidates.stream().map(entry -> entry.type().getName()).collect(Collectors.joining(" and "));
            return command.getName() + " has " + candidates.size() + " handlers, given for " + types
                    + ": a command has exactly one";
        }

        private static boolean isAbstract(Class<?> type) {
            return Modifier.isAbstract(type.getModifiers());
        }

        private record Entry(Class<?> type, CommandHandler<?, ?> handler) {

            boolean takes(Class<?> command) {
                return type.isAssignableFrom(command);
            }
        }
    }

    /** A handler that has nothing to answer: null is the only {@link Void} there is. */
    private record Unanswered<C extends Command<Void>>(MessageHandler<C> handler) implements CommandHandler<C, Void> {

        @Override
        @SuppressWarnings("NullAway")
        public Void handle(Envelope<C> envelope) throws Exception {
            handler.handle(envelope);
            return null;
        }
    }
}
