package dev.headwater.broker;

import static java.util.Objects.requireNonNull;

import dev.headwater.Command;
import dev.headwater.Envelope;
import dev.headwater.MessageSerializer;
import dev.headwater.UuidV7;
import dev.headwater.broker.spi.BrokerUnavailableException;
import dev.headwater.broker.spi.LogBroker;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JavaType;

/**
 * Sends commands to the services that own them, at once. A {@link CommandService} over there carries each out once, by
 * the id of its envelope, so the same envelope may be sent as often as it takes to hear of the outcome.
 *
 * <p>What is to be sent if and only if a transaction commits is recorded with a
 * {@link dev.headwater.command.CommandLog} instead, and a {@link Relay} takes it from there.
 *
 * <p>Every instance that waits for outcomes reads the whole topic of outcomes from its end. Who has to know the outcome
 * also after a crash subscribes to {@link CommandOutcome} on the event bus. Thread-safe.
 */
public final class CommandSender implements AutoCloseable {

    private final Builder choices;
    private final MessageSerializer serializer;
    private final MessagePublisher publisher;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable OutcomeTail tail;
    private boolean closed;

    private CommandSender(Builder choices) {
        this.choices = choices;
        this.serializer = choices.serializer.withBuiltIn(CommandTravel.TYPES);
        this.publisher = new MessagePublisher(choices.broker, choices.writer);
    }

    /**
     * Starts a sender.
     *
     * @param broker carries the commands; it is not closed with the sender
     * @param serializer writes them
     */
    public static Builder builder(LogBroker broker, MessageSerializer serializer) {
        return new Builder(broker, serializer);
    }

    /** What a sender is made of. Not thread-safe. */
    public static final class Builder {

        private final LogBroker broker;
        private final MessageSerializer serializer;
        private CloudEventWriter writer = new CloudEventWriter(URI.create("/"), false);
        private @Nullable TopicNaming naming;
        private @Nullable Function<? super Command<?>, String> key;
        private @Nullable String outcomes;

        private Builder(LogBroker broker, MessageSerializer serializer) {
            this.broker = broker;
            this.serializer = serializer;
        }

        /** The service that sends, such as {@code /shop/ordering}. */
        public Builder source(URI source) {
            this.writer = new CloudEventWriter(source, writer.personal());
            return this;
        }

        /** Tells users and tenants too, which are personal data. */
        public Builder withPersonalData() {
            this.writer = new CloudEventWriter(writer.source(), true);
            return this;
        }

        /** In which topics the types of commands are, each that of the service that owns it; has to be given. */
        public Builder topics(TopicNaming topics) {
            this.naming = requireNonNull(topics, "topics");
            return this;
        }

        /** The keys of commands, whose order is kept, such as the id of the aggregate; has to be given. */
        public Builder orderedBy(Function<? super Command<?>, String> keys) {
            this.key = requireNonNull(keys, "keys");
            return this;
        }

        /** Where outcomes are told to this service; without it nobody can wait for one. */
        public Builder outcomesIn(String topic) {
            this.outcomes = requireNonNull(topic, "topic");
            return this;
        }

        /**
         * Makes the sender.
         *
         * @throws IllegalStateException when topics or keys are not given
         */
        public CommandSender build() {
            if (naming == null || key == null) {
                throw new IllegalStateException(
                        "Expected the topics of types and the keys of commands: call topics and orderedBy");
            }
            return new CommandSender(this);
        }
    }

    /** The same command, which is refused when it arrives at this time or later. */
    public static <C extends Command<?>> Envelope<C> expiring(Envelope<C> command, Instant end) {
        return command.withMetadata(command.metadata().with(CloudEventAttributes.EXPIRY_TIME, end.toString()));
    }

    /**
     * Sends a command now and returns its id when the broker has it; see {@link #send(Envelope)}.
     *
     * @throws BrokerUnavailableException when nobody knows whether the broker has it
     */
    public UUID send(Command<?> command) {
        var envelope = Envelope.of(command);
        send(envelope);
        return envelope.id();
    }

    /**
     * Sends a command and returns when the broker has it.
     *
     * @throws IllegalArgumentException when its type is not registered
     * @throws BrokerUnavailableException when nobody knows whether the broker has it: send the same envelope again
     * @throws PublicationRefusedException when the broker will never have it
     */
    public void send(Envelope<? extends Command<?>> command) {
        var metadata = command.metadata()
                .with(CloudEventAttributes.SENDING, UuidV7.next().toString());
        if (choices.outcomes != null) {
            metadata = metadata.with(CloudEventAttributes.REPLY_TO, choices.outcomes);
        }
        var message = serializer.encode(command.withMetadata(metadata));
        var topic = requireNonNull(choices.naming).topicOf(message.type());
        publisher.publish(topic, requireNonNull(choices.key).apply(command.message()), message);
    }

    /** Sends a command now and waits for its answer; see {@link #send(Envelope, Duration)}. */
    public <R> R send(Command<R> command, Duration timeout) {
        return send(Envelope.of(command), timeout);
    }

    /**
     * Sends a command and waits for its answer; null when it answers nothing, as aggregates do.
     *
     * @throws CommandRefusedException when it was refused
     * @throws RemoteCommandFailedException when it cannot be carried out
     * @throws OutcomeUnknownException when the time is up, nobody knows whether it was sent, or the thread was
     *     interrupted, whose flag is set then: it may be carried out
     * @throws PublicationRefusedException when the broker will never have it
     * @throws IllegalStateException when the sender has no topic of outcomes, or is closed
     */
    public <R> R send(Envelope<? extends Command<R>> command, Duration timeout) {
        long end = System.nanoTime() + timeout.toNanos();
        var outcomes = tailFor(command.id());
        var expected = outcomes.expect(command.id());
        try {
            send(command);
            var left = Duration.ofNanos(Math.max(0, end - System.nanoTime()));
            return answer(command.message(), await(command.id(), expected, left, timeout));
        } catch (BrokerUnavailableException e) {
            throw new OutcomeUnknownException(command.id(), "nobody knows whether it was sent", e);
        } finally {
            outcomes.forget(command.id(), expected);
        }
    }

    private static CommandOutcome await(UUID command, OutcomeTail.Expected expected, Duration left, Duration timeout) {
        try {
            return expected.get(left);
        } catch (TimeoutException e) {
            throw new OutcomeUnknownException(command, "it did not come within " + timeout, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OutcomeUnknownException(command, "waiting was interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    @SuppressWarnings("NullAway") // a command that answers nothing answers null, the only Void there is
    private <R> R answer(Command<R> command, CommandOutcome outcome) {
        return switch (outcome) {
            case CommandOutcome.Answered(var id, var answer) ->
                answer.isNull()
                        ? null
                        : serializer.mapper().readerFor(typeOfAnswer(command)).readValue(answer);
            case CommandOutcome.Refused(var id, var kind, var reason) ->
                throw new CommandRefusedException(kind, reason);
            case CommandOutcome.Failed(var id, var kind, var reason) ->
                throw new RemoteCommandFailedException(kind, reason);
        };
    }

    private JavaType typeOfAnswer(Command<?> command) {
        var types = serializer.mapper().getTypeFactory();
        return types.findTypeParameters(types.constructType(command.getClass()), Command.class)[0];
    }

    private OutcomeTail tailFor(UUID command) {
        try {
            return tail();
        } catch (BrokerUnavailableException e) {
            throw new OutcomeUnknownException(
                    command, "it was not sent, since outcomes cannot be heard of for the moment", e);
        }
    }

    private OutcomeTail tail() {
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("The sender of commands is closed: nobody can wait for outcomes");
            }
            var topic = choices.outcomes;
            if (topic == null) {
                throw new IllegalStateException(
                        "Expected the topic of outcomes: call outcomesIn when building the sender of commands");
            }
            var known = tail;
            if (known == null) {
                known = new OutcomeTail(topic, choices.broker.read(topic), serializer);
                tail = known;
            }
            return known;
        } finally {
            lock.unlock();
        }
    }

    /** Sends nothing any more; whoever waits for an outcome waits in vain. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            if (tail != null) {
                tail.close();
            }
        } finally {
            lock.unlock();
        }
        publisher.close();
    }
}
