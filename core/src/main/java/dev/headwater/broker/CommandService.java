package dev.headwater.broker;

import dev.headwater.Command;
import dev.headwater.Envelope;
import dev.headwater.MessageContext;
import dev.headwater.Metadata;
import dev.headwater.aggregate.DeciderRepository;
import dev.headwater.broker.spi.BrokerUnavailableException;
import dev.headwater.broker.spi.LogBroker;
import dev.headwater.bus.CommandHandler;
import dev.headwater.command.CommandDelivery;
import dev.headwater.failure.FailureKind;
import dev.headwater.failure.RetryPolicy;
import dev.headwater.store.EventStore;
import dev.headwater.subscription.Subscription;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out the commands that other services send to the topic of this one, and tells them the outcomes.
 *
 * <p>A command has one outcome, for ever, which is kept in the log of this service: whoever sends it again, under the
 * same id, is told the same at once, and nothing is done. It is told where the command says ({@code replyto}), among
 * the topics that are allowed, as a {@link CommandOutcome} whose cause is the command.
 *
 * <ul>
 *   <li>An aggregate carries out each command once, and so does a handler in the {@linkplain Transactions transaction}
 *       that records the outcome. Any other handler is called again when the process ends before its outcome is
 *       recorded, with the same id.
 *   <li>A decider or handler refuses by an exception: the latter by a {@link CommandRefusedException}. A command that
 *       arrives after its {@code expirytime} is refused as {@link CommandOutcome#EXPIRED}.
 *   <li>A failure that the retry policy takes to be {@link FailureKind#PERMANENT} is an outcome. After any other one
 *       the command is tried again, and in the end a dead letter: it has no outcome until that is retried.
 * </ul>
 *
 * <p>Commands are carried out in the order of their keys, side by side otherwise; the sender has to choose the key of
 * the record alike, such as the id of the aggregate. An outcome that could not be told is told later, since the command
 * stays where it is until then. Thread-safe; closing closes the publisher.
 *
 * <pre>{@code
 * var service = CommandService.named("payment-commands", store, broker)
 *         .source(URI.create("/shop/payment"))
 *         .answeringTo(Set.of("ordering.outcomes"))
 *         .toAggregate(PaymentCommand.class, payments, PaymentCommand::paymentId)
 *         .build();
 * bus.start("payment.commands", service.subscription());
 * }</pre>
 */
public final class CommandService implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(CommandService.class);

    private final Builder choices;
    private final CommandDelivery.Builder delivery;
    private final RecordedOutcomes outcomes;
    private final MessagePublisher publisher;

    private CommandService(Builder choices) {
        this.choices = choices;
        this.outcomes = RecordedOutcomes.in(choices.store);
        this.publisher = new MessagePublisher(choices.broker, choices.writer);
        this.delivery =
                CommandDelivery.named(choices.name, choices.store.serializer().types());
        choices.commands.forEach(commands -> commands.addTo(this));
    }

    /**
     * Starts a service without commands yet.
     *
     * @param name of the subscription, which stands for what has been carried out
     * @param store the log of the service, where outcomes are kept
     * @param broker where outcomes are told
     */
    public static Builder named(String name, EventStore store, LogBroker broker) {
        return new Builder(name, store, broker);
    }

    private record Commands<C extends Command<?>>(Class<C> type, CommandExecutor<C> executor) {
        void addTo(CommandService service) {
            service.delivery.toHandler(type, executor::key, command -> service.carryOut(executor, command));
        }
    }

    /** What a service is made of. Not thread-safe. */
    public static final class Builder {

        private final String name;
        private final EventStore store;
        private final LogBroker broker;
        private final List<Commands<?>> commands = new ArrayList<>();
        private final Set<String> topics = new TreeSet<>();
        private CloudEventWriter writer = new CloudEventWriter(URI.create("/"), false);
        private RetryPolicy retry = RetryPolicy.DEFAULT;
        private InstantSource clock = InstantSource.system();

        private Builder(String name, EventStore store, LogBroker broker) {
            this.name = name;
            this.store = store;
            this.broker = broker;
        }

        /** The service, such as {@code /shop/payment}. */
        public Builder source(URI source) {
            this.writer = new CloudEventWriter(source, writer.personal());
            return this;
        }

        /** Tells users and tenants with the outcomes too, which are personal data. */
        public Builder withPersonalData() {
            this.writer = new CloudEventWriter(writer.source(), true);
            return this;
        }

        /**
         * The topics that senders may name for their outcomes. A command that names another one is not carried out, and
         * becomes a dead letter: a stranger must not choose where this service writes.
         */
        public Builder answeringTo(Set<String> allowed) {
            topics.addAll(allowed);
            return this;
        }

        /** What happens after failures, and which of them are for good; {@link RetryPolicy#DEFAULT} unless chosen. */
        public Builder retrying(RetryPolicy policy) {
            this.retry = policy;
            return this;
        }

        /** Tells whether a command has expired; the system's clock unless chosen. */
        public Builder clock(InstantSource chosen) {
            this.clock = chosen;
            return this;
        }

        /**
         * Commands of a type, or of all that a sealed type permits, go to aggregates, each once. They answer nothing.
         *
         * @param id the id of the aggregate that a command is for
         */
        public <C extends Command<?>> Builder toAggregate(
                Class<C> type, DeciderRepository<? super C, ?, ?> repository, Function<? super C, String> id) {
            commands.add(new Commands<>(type, new CommandExecutor.ByAggregate<>(repository, id)));
            return this;
        }

        /**
         * Commands of a type go to a handler, until one call has come to an outcome.
         *
         * @param key in whose order they are carried out
         */
        public <C extends Command<R>, R> Builder toHandler(
                Class<C> type, Function<? super C, String> key, CommandHandler<C, R> handler) {
            var outcomes = RecordedOutcomes.in(store);
            commands.add(new Commands<>(type, new CommandExecutor.ByHandler<>(key, handler, outcomes)));
            return this;
        }

        /**
         * Commands of a type go to a handler, each once.
         *
         * @param key in whose order they are carried out
         * @param transactions of the database of the store
         */
        public <C extends Command<R>, R, T> Builder toHandler(
                Class<C> type,
                Function<? super C, String> key,
                Transactions<T> transactions,
                TransactionalCommandHandler<C, R, T> handler) {
            var outcomes = RecordedOutcomes.in(store);
            commands.add(
                    new Commands<>(type, new CommandExecutor.InTransaction<>(key, transactions, handler, outcomes)));
            return this;
        }

        /** Makes the service. */
        public CommandService build() {
            return new CommandService(this);
        }
    }

    /**
     * What reads the topic of the commands, to be started with {@link BrokerEventBus#start}, on as many instances as
     * are wanted.
     *
     * @throws IllegalStateException when commands have no handler, or two, with one line per problem
     */
    public <T> Subscription<T> subscription() {
        var retry = choices.retry.treating(BrokerUnavailableException.class, FailureKind.UNAVAILABLE);
        return delivery.build(builder -> builder.retrying(retry));
    }

    private <C extends Command<?>> void carryOut(CommandExecutor<C> executor, Envelope<C> received) throws Exception {
        var travel = CommandTravel.of(received.metadata());
        travel.replyTo().ifPresent(this::requireAllowed);
        var command = CommandTravel.arrived(received);
        var outcome = MessageContext.handling(command, () -> outcome(executor, command, travel));
        travel.replyTo().ifPresent(topic -> tell(topic, executor.key(command.message()), command, outcome));
    }

    private void requireAllowed(String topic) {
        if (!choices.topics.contains(topic)) {
            throw new IllegalArgumentException("A command names a topic for its outcome that is none of "
                    + choices.topics + ": name it with answeringTo if its sender is trusted");
        }
    }

    private <C extends Command<?>> CommandOutcome outcome(
            CommandExecutor<C> executor, Envelope<C> command, CommandTravel travel) throws Exception {
        var known = recorded(executor, command);
        if (known.isPresent()) {
            return known.get();
        }
        if (travel.isExpired(choices.clock.instant())) {
            return executor.refuse(
                    command, CommandOutcome.EXPIRED, "it has arrived after the time that was set for it");
        }
        try {
            return executor.carryOut(command);
        } catch (CommandRefusedException e) {
            return executor.refuse(command, e.kind(), String.valueOf(e.getMessage()));
        } catch (Exception e) {
            if (choices.retry.classify(e) != FailureKind.PERMANENT) {
                throw e;
            }
            return fail(command, e);
        }
    }

    private <C extends Command<?>> Optional<CommandOutcome> recorded(CommandExecutor<C> executor, Envelope<C> command) {
        return outcomes.find(command.id()).or(() -> executor.known(command));
    }

    /** The message of the failure may hold what is not to be told, so its kind has to do. */
    private CommandOutcome fail(Envelope<?> command, Exception failure) {
        var type = command.message().getClass().getName();
        LOG.warn(
                "The command {} of {} has failed for good with a {}; its sender is told",
                command.id(),
                type,
                failure.getClass().getName());
        LOG.debug("The failure of the command {}", command.id(), failure);
        var outcome = new CommandOutcome.Failed(
                command.id(), failure.getClass().getSimpleName(), "the handler of " + type + " has failed for good");
        return outcomes.record(outcome, command);
    }

    /** Each telling is a message of its own, also that of an outcome that was told before. */
    private void tell(String topic, String key, Envelope<?> command, CommandOutcome outcome) {
        var store = outcomes.store();
        var message = store.envelope(outcome).withMetadata(Metadata.causedBy(command));
        publisher.publish(topic, key, store.serializer().encode(message));
    }

    /** Closes the publisher; close the subscription first. */
    @Override
    public void close() {
        publisher.close();
    }
}
