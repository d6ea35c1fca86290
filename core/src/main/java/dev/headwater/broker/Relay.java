package dev.headwater.broker;

import static java.util.Objects.requireNonNull;

import dev.headwater.Command;
import dev.headwater.Envelope;
import dev.headwater.IntegrationEvent;
import dev.headwater.Message;
import dev.headwater.MessageSerializer;
import dev.headwater.Metadata;
import dev.headwater.broker.spi.Accepted;
import dev.headwater.broker.spi.BrokerUnavailableException;
import dev.headwater.broker.spi.LogBroker;
import dev.headwater.broker.spi.OutgoingRecord;
import dev.headwater.broker.spi.Publisher;
import dev.headwater.failure.FailureKind;
import dev.headwater.failure.RetryPolicy;
import dev.headwater.store.EventQuery;
import dev.headwater.store.Origin;
import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.SequenceKey;
import dev.headwater.subscription.StartFrom;
import dev.headwater.subscription.Subscription;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Tells other services what stands in the log of this one, in the order of the log: {@link #subscription} reads the
 * log, makes publications of its events, publishes them, and moves its checkpoint when the broker has them. So nothing
 * is told that is not in the log, and nothing that is to be told is lost.
 *
 * <p>Every message says where its event stands in the log, and which relay told it, since each relay goes through the
 * log at a pace of its own and several may publish to one topic. A page that was published and whose checkpoint was not
 * stored comes again, and readers recognise what they have seen by those positions. That works since a partition gets
 * the messages of this log in the order of their positions, whatever happens to a relay and however many of them run:
 *
 * <ul>
 *   <li>The sequence key of the subscription is the partition, so all messages of a partition are in one segment, which
 *       has one owner, and the first one that is refused holds up those behind it in its partition.
 *   <li>The publisher sends nothing behind what it does not know the fate of.
 *   <li>The checkpoint moves behind the acknowledgements, so whoever takes over begins where everything was published.
 * </ul>
 *
 * <p>A former owner that does not know of its loss yet, and publishes a page beside the new one, does no harm for the
 * same reason: each of the two alone is in order and leaves nothing out.
 *
 * <p>A broker that is away is nobody's fault: the relay waits. What the broker refuses for good, and what the mapping
 * fails for, becomes a dead letter, and later events of the partition wait behind it. Thread-safe; closing closes the
 * publisher.
 */
public final class Relay implements AutoCloseable {

    private final Builder choices;
    private final Publisher publisher;
    private final Map<String, Integer> partitions;
    private final Function<StoredEvent, List<Publication>> mapping;
    private final int lanes;

    private Relay(Builder choices, Map<String, Integer> partitions, Function<StoredEvent, List<Publication>> mapping) {
        this.choices = choices;
        this.partitions = partitions;
        this.mapping = mapping;
        this.lanes = partitions.values().stream().reduce(Relay::commonDivisor).orElseThrow();
        this.publisher = choices.broker.publisher();
    }

    /**
     * Starts a relay.
     *
     * @param name identifies the subscription, its checkpoints and, for readers, what it tells; for ever
     * @param broker where it publishes
     * @param serializer writes messages
     */
    public static Builder named(String name, LogBroker broker, MessageSerializer serializer) {
        return new Builder(name, broker, serializer);
    }

    /** What a relay is made of. Not thread-safe. */
    public static final class Builder {

        private final String name;
        private final LogBroker broker;
        private final MessageSerializer serializer;
        private CloudEventWriter writer = new CloudEventWriter(URI.create("/"), false);
        private String log = "1";
        private EventQuery query = Outbox.PUBLISHED;
        private Function<StoredEvent, String> key = Relay::idOfStream;
        private StartFrom start = StartFrom.beginning();
        private RetryPolicy retry = RetryPolicy.DEFAULT;
        private @Nullable String outcomes;

        private Builder(String name, LogBroker broker, MessageSerializer serializer) {
            this.name = name;
            this.broker = broker;
            this.serializer = serializer;
        }

        /**
         * Who tells.
         *
         * @param source the service, such as {@code /shop/ordering}; for ever
         * @param log names the log whose positions are told: another name after the log was restored from an older
         *     copy, since positions then mean other events
         */
        public Builder source(URI source, String log) {
            this.writer = new CloudEventWriter(source, writer.personal());
            this.log = requireNonNull(log, "log");
            return this;
        }

        /** Tells users and tenants too, which are personal data. */
        public Builder withPersonalData() {
            this.writer = new CloudEventWriter(writer.source(), true);
            return this;
        }

        /** Which events are told of; unless chosen, what was published {@linkplain BrokerEventBus#within within}. */
        public Builder events(EventQuery query) {
            this.query = requireNonNull(query, "query");
            return this;
        }

        /**
         * The keys of events, whose order is kept: what stands behind the first dash in the name of the stream, or else
         * the whole name, unless chosen. It must never change.
         */
        public Builder orderedBy(Function<StoredEvent, String> key) {
            this.key = requireNonNull(key, "key");
            return this;
        }

        /** Where it begins when it has no checkpoint; with the first event of the log unless chosen. */
        public Builder startingAt(StartFrom start) {
            this.start = requireNonNull(start, "start");
            return this;
        }

        /** Where the outcomes of commands that are told are to go, unless a command says otherwise. */
        public Builder outcomesIn(String topic) {
            this.outcomes = requireNonNull(topic, "topic");
            return this;
        }

        /** What happens when publishing fails; {@link RetryPolicy#DEFAULT} unless chosen. */
        public Builder retrying(RetryPolicy retry) {
            this.retry = requireNonNull(retry, "retry");
            return this;
        }

        /**
         * Makes the relay.
         *
         * @param topics all topics that it publishes to; they exist
         * @throws BrokerUnavailableException when the broker is out of reach
         */
        public Relay to(Set<String> topics, Function<StoredEvent, List<Publication>> mapping) {
            var partitions = new LinkedHashMap<String, Integer>();
            topics.stream().sorted().forEach(topic -> partitions.put(topic, broker.partitions(topic)));
            if (partitions.isEmpty()) {
                throw new IllegalArgumentException("The relay '" + name + "' has no topic: expected one or more");
            }
            return new Relay(this, partitions, mapping);
        }

        /** Makes a relay of what was published within transactions: each event goes to the topic of its type. */
        public Relay outboxTo(Set<String> topics, TopicNaming naming) {
            return to(topics, event -> {
                var message = event.message();
                if (!(message instanceof IntegrationEvent told)) {
                    throw new IllegalArgumentException("The event at position " + event.position() + " is a "
                            + message.getClass().getName()
                            + ": expected an IntegrationEvent; give the relay a mapping");
                }
                return List.of(new Publication.Event(naming.topicOf(event.type()), told));
            });
        }

        /**
         * Makes a relay of the commands of these types, which stand in the log wherever they were recorded: each goes
         * to the topic of the service that owns it, under its own id.
         *
         * @param topics for each type, also a sealed one, the topic of its owner
         * @throws IllegalArgumentException when a type is not registered
         */
        public Relay commandsTo(Map<Class<? extends Command<?>>, String> topics) {
            var topicOf = new HashMap<String, String>();
            topics.forEach((type, topic) -> {
                var registered = serializer.types().all().stream()
                        .filter(each -> type.isAssignableFrom(each.type()))
                        .toList();
                if (registered.isEmpty()) {
                    serializer.types().require(type);
                }
                registered.forEach(each -> topicOf.put(each.name(), topic));
            });
            this.query = EventQuery.ofTypes(topicOf.keySet()).withReserved();
            return to(
                    Set.copyOf(topics.values()),
                    event -> event.message() instanceof Command<?> command
                            ? List.of(new Publication.Request(requireNonNull(topicOf.get(event.type())), command))
                            : List.of());
        }
    }

    /**
     * What reads the log and publishes, to be started with the subscriptions of the log; on as many instances as are
     * wanted, which share the partitions.
     */
    public <T> Subscription<T> subscription() {
        return Subscription.named(choices.name)
                .events(choices.query)
                .startingAt(choices.start)
                .orderedBy(partitionOf())
                .retrying(choices.retry.treating(BrokerUnavailableException.class, FailureKind.UNAVAILABLE))
                .forwarding(this::publish);
    }

    /**
     * Events that may go to the same partition of a topic have the same key, also where topics differ in their number.
     */
    private SequenceKey partitionOf() {
        return event -> Integer.toString(KeyPartition.of(bytes(choices.key.apply(event)), lanes));
    }

    private static int commonDivisor(int one, int other) {
        return other == 0 ? one : commonDivisor(other, one % other);
    }

    private void publish(List<StoredEvent> events) throws InterruptedException {
        var records = new ArrayList<OutgoingRecord>(events.size());
        long position = 0;
        int part = 0;
        for (var event : events) {
            part = event.position() == position ? part : 0;
            position = event.position();
            for (var publication : mapping.apply(event)) {
                records.add(record(event, publication, part));
                part++;
            }
        }
        var accepted = publisher.publish(records);
        for (int i = 0; i < records.size(); i++) {
            if (accepted.get(i) instanceof Accepted.Refused(var reason)) {
                throw new PublicationRefusedException(records.get(i).topic(), reason);
            }
        }
    }

    private OutgoingRecord record(StoredEvent event, Publication publication, int part) {
        var to = address(publication.topic(), choices.key.apply(event));
        return switch (publication) {
            case Publication.Event told -> record(event, to, told.event(), part);
            case Publication.Request asked -> record(event, to, asked.command(), part);
            case Publication.Itself itself -> record(event, to, event.message(), part);
            case Publication.Tombstone none ->
                new OutgoingRecord(none.topic(), to.partition(), bytes(to.key()), null, List.of(), event.time());
        };
    }

    private OutgoingRecord record(StoredEvent event, CloudEventWriter.Address to, Message message, int part) {
        boolean itself =
                choices.serializer.types().require(message.getClass()).name().equals(event.type());
        Envelope<Message> envelope = itself
                ? new Envelope<>(event.id(), event.time(), event.encoded().metadata(), message)
                : new Envelope<>(
                        idOf(event, to.topic(), part),
                        event.time(),
                        CommandTravel.arrived(Metadata.causedBy(event.encoded())),
                        message);
        var origin = new Origin(
                choices.writer.source().toString(), choices.log + '/' + choices.name, event.position(), part);
        var addressed = message instanceof Command ? withReplyTo(envelope) : envelope;
        return choices.writer.record(to, choices.serializer.encode(addressed), Optional.of(origin));
    }

    private Envelope<Message> withReplyTo(Envelope<Message> command) {
        var metadata = command.metadata();
        if (choices.outcomes == null || metadata.attributes().containsKey(CloudEventAttributes.REPLY_TO)) {
            return command;
        }
        return command.withMetadata(metadata.with(CloudEventAttributes.REPLY_TO, choices.outcomes));
    }

    /** The same each time, so that a repetition is one for whoever knows ids alone. */
    private static UUID idOf(StoredEvent event, String topic, int part) {
        return UUID.nameUUIDFromBytes(bytes(event.id() + "/" + topic + "/" + part));
    }

    private CloudEventWriter.Address address(String topic, String key) {
        var number = partitions.get(topic);
        if (number == null) {
            throw new IllegalArgumentException("The relay '" + choices.name + "' publishes to " + partitions.keySet()
                    + ", and its mapping wants to publish to '" + topic + "': name that topic when the relay is made");
        }
        return new CloudEventWriter.Address(topic, KeyPartition.of(bytes(key), number), key);
    }

    private static String idOfStream(StoredEvent event) {
        var id = event.stream().id();
        return id.isEmpty() ? event.stream().name() : id;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Closes the publisher; close the subscription first. */
    @Override
    public void close() {
        publisher.close();
    }
}
