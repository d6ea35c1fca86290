package dev.headwater.broker;

import static java.util.Objects.requireNonNull;

import dev.headwater.Command;
import dev.headwater.Envelope;
import dev.headwater.Message;
import dev.headwater.MessageSerializer;
import dev.headwater.MessageTypes.RegisteredType;
import dev.headwater.broker.spi.BrokerUnavailableException;
import dev.headwater.broker.spi.LogBroker;
import dev.headwater.bus.EventBus;
import dev.headwater.bus.MessageHandler;
import dev.headwater.bus.Registration;
import dev.headwater.failure.RetryPolicy;
import dev.headwater.store.EventQuery;
import dev.headwater.store.EventStore;
import dev.headwater.subscription.Subscription;
import dev.headwater.subscription.SubscriptionSettings;
import dev.headwater.subscription.SubscriptionStatus;
import dev.headwater.subscription.Subscriptions;
import dev.headwater.subscription.spi.SubscriptionStorage;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The event bus between services: the handlers that run in one process, over a message broker.
 *
 * <p><b>Publishing</b> returns when the broker has the event. Nothing ties that to a transaction: {@link #within} does,
 * which puts the event into the log, from where a {@link Relay} publishes it if and only if the transaction commits.
 *
 * <p><b>Subscribing</b> is durable: the name identifies the subscription for ever, each event is handled on one
 * instance of the service, and what is published while none runs is handled afterwards. The events of a key are handled
 * one after the other and in order, keys side by side; also after failures, which are retried and become dead letters
 * as those of {@linkplain Subscription subscriptions} to the log do. A {@link MessageHandler} gets an event at least
 * once, and a {@link TransactionalHandler} has its effect once, since checkpoint and effect are one transaction in the
 * database of the service. An event that a relay repeats is recognised by its place in the log of its source; one that
 * was published directly and whose publisher repeats it comes twice.
 *
 * <p>Commands are not for the bus: a {@link CommandSender} sends them, and whoever wants to know what became of them,
 * also after a crash, subscribes to {@link CommandOutcome}, whose types begin with {@code $outcome}.
 *
 * <p>Order is kept among the types of one topic. Subscribing to a type delivers all its subtypes that are registered,
 * from all their topics. Handlers run in the {@linkplain dev.headwater.MessageContext context} of their message.
 *
 * <p>Thread-safe.
 *
 * @param <T> the transaction of handlers, such as {@code java.sql.Connection}
 */
public final class BrokerEventBus<T> implements EventBus {

    private final Builder<T> choices;
    private final MessagePublisher publisher;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, TopicLog<T>> topics = new TreeMap<>();
    private @Nullable Subscriptions<T> first;
    private volatile boolean closed;

    private BrokerEventBus(Builder<T> choices) {
        this.choices = choices;
        this.publisher = new MessagePublisher(choices.broker, choices.writer);
        this.first = choices.own;
    }

    /**
     * Starts a bus.
     *
     * @param broker carries the events; it is not closed with the bus
     * @param serializer writes and reads them
     * @param storage keeps how far subscriptions have come, in the database of their effects
     * @param <T> the transaction
     */
    public static <T> Builder<T> builder(
            LogBroker broker, MessageSerializer serializer, SubscriptionStorage<T> storage) {
        return new Builder<>(broker, serializer, storage);
    }

    /**
     * What a bus is made of. Not thread-safe.
     *
     * @param <T> the transaction
     */
    public static final class Builder<T> {

        private final LogBroker broker;
        private final MessageSerializer serializer;
        private final SubscriptionStorage<T> storage;
        private CloudEventWriter writer = new CloudEventWriter(URI.create("/"), false);
        private @Nullable TopicNaming naming;
        private @Nullable Function<? super Envelope<?>, String> key;
        private @Nullable Function<T, EventStore> stores;
        private SubscriptionSettings settings = SubscriptionSettings.DEFAULT;
        private RetryPolicy retry = RetryPolicy.DEFAULT;
        private @Nullable Subscriptions<T> own;

        private Builder(LogBroker broker, MessageSerializer serializer, SubscriptionStorage<T> storage) {
            this.broker = broker;
            this.serializer = serializer.withBuiltIn(CommandTravel.TYPES);
            this.storage = storage;
        }

        /** The service that publishes, such as {@code /shop/ordering}. */
        public Builder<T> source(URI source) {
            this.writer = new CloudEventWriter(source, writer.personal());
            return this;
        }

        /** Tells users and tenants too, which are personal data. */
        public Builder<T> withPersonalData() {
            this.writer = new CloudEventWriter(writer.source(), true);
            return this;
        }

        /** In which topics the types are; has to be given. */
        public Builder<T> topics(TopicNaming naming) {
            this.naming = requireNonNull(naming, "naming");
            return this;
        }

        /**
         * The keys of events that are published, whose order is kept, such as the id of an aggregate; has to be given,
         * since no choice is right for all.
         */
        public Builder<T> orderedBy(Function<? super Envelope<?>, String> key) {
            this.key = requireNonNull(key, "key");
            return this;
        }

        /** Gives the event store within a transaction, for {@link BrokerEventBus#within}. */
        public Builder<T> appendingTo(Function<T, EventStore> stores) {
            this.stores = requireNonNull(stores, "stores");
            return this;
        }

        /** How subscriptions share work, wait and recover; {@link SubscriptionSettings#DEFAULT} unless chosen. */
        public Builder<T> settings(SubscriptionSettings settings) {
            this.settings = requireNonNull(settings, "settings");
            return this;
        }

        /**
         * The subscriptions of the service to its own log: those of the bus take turns with them, so that all together
         * open no more transactions at once than the storage has room for, and have their settings instead of
         * {@link #settings}.
         */
        public Builder<T> besides(Subscriptions<T> own) {
            this.own = requireNonNull(own, "own");
            return this;
        }

        /** What happens when a handler fails; {@link RetryPolicy#DEFAULT} unless chosen. */
        public Builder<T> retrying(RetryPolicy retry) {
            this.retry = requireNonNull(retry, "retry");
            return this;
        }

        /**
         * Makes the bus.
         *
         * @throws IllegalStateException when topics or keys are not given
         */
        public BrokerEventBus<T> build() {
            if (naming == null || key == null) {
                throw new IllegalStateException(
                        "Expected the topics of types and the keys of events: call topics and orderedBy");
            }
            return new BrokerEventBus<>(this);
        }

        private TopicNaming requireNaming() {
            return requireNonNull(naming);
        }

        private Function<? super Envelope<?>, String> requireKey() {
            return requireNonNull(key);
        }
    }

    /**
     * Publishes an event and returns when the broker has it.
     *
     * @throws IllegalArgumentException when the message is a command, or its type is not registered
     * @throws IllegalStateException when the bus is closed
     * @throws BrokerUnavailableException when nobody knows whether the broker has it, also since the thread was
     *     interrupted, whose flag is set then; publishing it again may double it
     * @throws PublicationRefusedException when the broker will never have it
     */
    @Override
    public void publish(Envelope<?> envelope) {
        if (envelope.message() instanceof Command) {
            throw isCommand(envelope.message().getClass());
        }
        if (closed) {
            throw new IllegalStateException("The event bus is closed: it publishes nothing any more");
        }
        var message = choices.serializer.encode(envelope);
        var topic = choices.requireNaming().topicOf(message.type());
        var key = choices.requireKey().apply(envelope);
        publisher.publish(topic, key, message);
    }

    static IllegalArgumentException isCommand(Class<?> type) {
        return new IllegalArgumentException(type.getName()
                + " is a command and has exactly one handler: send it with a CommandBus; the event bus is for events and"
                + " notifications");
    }

    /**
     * A bus that publishes into the log within a transaction: other services are told if and only if the transaction
     * commits. It takes {@linkplain dev.headwater.IntegrationEvent integration events}, and a {@link Relay} has to run.
     * As with every append within a transaction, publish last and commit at once.
     *
     * @throws IllegalStateException when the bus has no event store within transactions
     */
    public EventBus within(T transaction) {
        if (choices.stores == null) {
            throw new IllegalStateException(
                    "Expected the event store within a transaction: call appendingTo when building the event bus");
        }
        return new Outbox(choices.stores.apply(transaction), choices.requireKey());
    }

    /**
     * Subscribes a handler under the name of its class, which has to be one of its own: the name of a lambda is another
     * one in the next process.
     *
     * @throws IllegalArgumentException when the handler is a lambda, or the type is one of commands
     */
    @Override
    public <M extends Message> Registration subscribe(Class<M> type, MessageHandler<? super M> handler) {
        if (handler.getClass().isHidden() || handler.getClass().isSynthetic()) {
            throw new IllegalArgumentException("A durable subscription to " + type.getName()
                    + " needs a name that stays: call subscribe with a name, or give the handler a class");
        }
        return EventBus.super.subscribe(type, handler);
    }

    /**
     * Subscribes a handler under a name, for ever: the first time it begins with what is published from now on, and
     * then goes on where it was. It gets each event at least once.
     *
     * @throws IllegalStateException when the bus is closed, or one of that name runs here
     */
    @Override
    public <M extends Message> Registration subscribe(Class<M> type, String name, MessageHandler<? super M> handler) {
        requireNonNull(handler, "handler");
        return start(type, name, BusHandler.atLeastOnce(type, handler));
    }

    /** The same for a handler that writes in the transaction of the checkpoint: its effect happens once. */
    public <M extends Message> Registration subscribe(
            Class<M> type, String name, TransactionalHandler<? super M, T> handler) {
        requireNonNull(handler, "handler");
        return start(type, name, BusHandler.once(type, handler));
    }

    private <M extends Message> Registration start(
            Class<M> type, String name, Function<Subscription.Builder, Subscription<T>> handler) {
        requireNonNull(name, "name");
        if (Command.class.isAssignableFrom(type)) {
            throw new IllegalArgumentException(type.getName()
                    + " is a command: give its handler to CommandBus.builder(...).handle; the event bus is for events and"
                    + " notifications");
        }
        var parts = new ArrayList<RunningPartition<T>>();
        try {
            typesByTopic(type)
                    .forEach((topic, types) -> parts.addAll(topic(topic)
                            .start(handler.apply(Subscription.named(name)
                                    .events(EventQuery.ofTypes(types))
                                    .retrying(choices.retry)))));
        } catch (RuntimeException e) {
            parts.forEach(part -> part.running().close());
            throw e;
        }
        return new RunningTopicSubscription<>(name, parts);
    }

    private Map<String, Set<String>> typesByTopic(Class<? extends Message> type) {
        var byTopic = new LinkedHashMap<String, Set<String>>();
        choices.serializer.types().all().stream()
                .filter(registered -> type.isAssignableFrom(registered.type()))
                .filter(registered -> !Command.class.isAssignableFrom(registered.type()))
                .filter(registered -> CommandOutcome.class.isAssignableFrom(type)
                        || !CommandOutcome.class.isAssignableFrom(registered.type()))
                .map(RegisteredType::name)
                .forEach(
                        name -> byTopic.computeIfAbsent(choices.requireNaming().topicOf(name), topic -> new TreeSet<>())
                                .add(name));
        if (byTopic.isEmpty()) {
            choices.serializer.types().require(type);
        }
        return byTopic;
    }

    /**
     * Starts a subscription to a topic with every setting that subscriptions to the log have: what it wants, its order
     * (that of the records' keys unless chosen), its handler. In partition n it runs under the name
     * {@code <name>/<topic>/<n>}, under which its dead letters are found and it can be reset.
     *
     * @throws IllegalStateException when the bus is closed, or one of that name runs here
     */
    public RunningTopicSubscription<T> start(String topic, Subscription<T> subscription) {
        return new RunningTopicSubscription<>(subscription.name(), topic(topic).start(subscription));
    }

    /**
     * How every subscription started here is doing, one for each partition of each topic; cheaper than asking one after
     * the other.
     */
    public List<SubscriptionStatus> status() {
        List<TopicLog<T>> open;
        lock.lock();
        try {
            open = List.copyOf(topics.values());
        } finally {
            lock.unlock();
        }
        return open.stream().flatMap(topic -> topic.status().stream()).toList();
    }

    /** Looks for work that somebody else has announced, such as dead letters to be tried again, without delay. */
    public void renewSoon() {
        lock.lock();
        try {
            topics.values().forEach(TopicLog::renewSoon);
        } finally {
            lock.unlock();
        }
    }

    private TopicLog<T> topic(String topic) {
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("The event bus is closed: subscribe before");
            }
            var known = topics.get(topic);
            if (known == null) {
                known = new TopicLog<>(topic, choices.broker.read(topic), choices.serializer, this::subscriptionsOn);
                topics.put(topic, known);
            }
            return known;
        } finally {
            lock.unlock();
        }
    }

    /** All partitions of all topics share the connections of one storage. */
    private Subscriptions<T> subscriptionsOn(EventStore store) {
        var known = first;
        if (known != null) {
            return known.onLog(store);
        }
        var made = new Subscriptions<>(store, choices.storage, choices.settings);
        first = made;
        return made;
    }

    /**
     * Publishes nothing any more, and stops every subscription after what is at hand. What has not been handled stays
     * in the topics, for whoever subscribes under the same name.
     */
    @Override
    public void close() {
        List<TopicLog<T>> open;
        lock.lock();
        try {
            closed = true;
            open = List.copyOf(topics.values());
            topics.clear();
        } finally {
            lock.unlock();
        }
        open.forEach(TopicLog::close);
        publisher.close();
    }
}
