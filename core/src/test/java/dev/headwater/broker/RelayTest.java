package dev.headwater.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.Envelope;
import dev.headwater.Message;
import dev.headwater.Metadata;
import dev.headwater.broker.spi.Accepted;
import dev.headwater.broker.spi.BrokerUnavailableException;
import dev.headwater.broker.spi.LogBroker;
import dev.headwater.broker.spi.OutgoingRecord;
import dev.headwater.broker.spi.Publisher;
import dev.headwater.broker.spi.Topic;
import dev.headwater.broker.spi.TopicReader;
import dev.headwater.store.Append;
import dev.headwater.store.EventQuery;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.NewEvent;
import dev.headwater.store.Origin;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import dev.headwater.subscription.DeadLetter;
import dev.headwater.subscription.DeadLetter.State;
import dev.headwater.subscription.DeadLetterFilter;
import dev.headwater.subscription.RunningSubscription;
import dev.headwater.subscription.Subscription;
import dev.headwater.subscription.SubscriptionStatus;
import dev.headwater.subscription.Subscriptions;
import java.net.URI;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What stands in the log is told, in its order, and nothing else. */
class RelayTest extends TopicFixture {

    private static List<Publication> asPlaced(StoredEvent event) {
        return event.message() instanceof OrderNoted(var id, int number)
                ? List.of(new Publication.Event(TOPIC, new OrderPlaced(id, number)))
                : List.of();
    }

    private Subscriptions<List<Message>> subscriptions() {
        var made = new Subscriptions<>(store, storage, FAST);
        opened.add(made);
        return made;
    }

    private RunningSubscription<List<Message>> started(
            LogBroker to, Set<String> topics, Function<StoredEvent, List<Publication>> mapping) {
        var relay = Relay.named("relay", to, SERIALIZER)
                .source(URI.create("/shop/ordering"), "1")
                .events(EventQuery.all())
                .retrying(SOON)
                .to(topics, mapping);
        return subscriptions().start(relay.subscription());
    }

    private void note(String id, int number) {
        store.append(StreamId.of("order", id), ExpectedVersion.any(), new OrderNoted(id, number));
    }

    @Test
    void tellsOfEveryEventInTheOrderOfTheLog() throws Exception {
        for (int i = 0; i < 100; i++) {
            note("o" + i % 7, i);
        }

        var running = started(broker, Set.of(TOPIC), RelayTest::asPlaced);

        assertThat(running.awaitPosition(100, LIMIT)).isTrue();
        assertThat(told()).hasSize(100);
        for (int partition = 0; partition < PARTITIONS; partition++) {
            int number = partition;
            var positions = told().stream()
                    .filter(event -> address(event.stream().name()).partition() == number)
                    .map(event -> event.origin().orElseThrow().position())
                    .toList();
            assertThat(positions).isSorted().doesNotHaveDuplicates();
        }
        assertThat(told())
                .allSatisfy(event -> assertThat(event.message())
                        .isEqualTo(new OrderPlaced(
                                event.stream().name(),
                                (int) event.origin().orElseThrow().position() - 1)));
    }

    @Test
    void whatIsToldIsCausedByTheEventThatItTellsOf() throws Exception {
        var conversation = Envelope.of(new OrderNoted("1", 1)).id();
        var noted = Envelope.of(new OrderNoted("1", 1))
                .withMetadata(new Metadata(conversation, conversation, null, null, null, Map.of("shop", "7")));
        store.append(Append.to(new StreamId("order-1"), ExpectedVersion.any(), List.of(NewEvent.of(noted))));

        assertThat(started(broker, Set.of(TOPIC), RelayTest::asPlaced).awaitPosition(1, LIMIT))
                .isTrue();

        var metadata = told().getFirst().messageEnvelope().metadata();
        assertThat(metadata.causationId()).isEqualTo(noted.id());
        assertThat(metadata.correlationId()).isEqualTo(conversation);
        assertThat(metadata.attributes()).containsExactly(Map.entry("shop", "7"));
    }

    @Test
    void oneEventMayBeToldOfInSeveralMessages() throws Exception {
        note("1", 1);
        note("1", 2);
        var running = started(
                broker,
                Set.of(TOPIC),
                event -> List.of(
                        new Publication.Event(TOPIC, new OrderPlaced("1", (int) event.position())),
                        new Publication.Event(TOPIC, new OrderShipped("1")),
                        new Publication.Tombstone(TOPIC)));
        assertThat(running.awaitPosition(2, LIMIT)).isTrue();

        var reading = bus().start(
                        TOPIC,
                        keeping(Subscription.named("all")
                                .events(EventQuery.ofTypes(Set.of("order.placed", "order.shipped")))));

        assertThat(reading.awaitCaughtUp(LIMIT)).isTrue();
        assertThat(readModel)
                .containsExactly(
                        new OrderPlaced("1", 1), new OrderShipped("1"), new OrderPlaced("1", 2), new OrderShipped("1"));
        assertThat(told().stream().map(StoredEvent::id).distinct()).hasSize(6);
        assertThat(told().get(1).origin()).hasValue(new Origin("/shop/ordering", "1/relay", 1, 1));
    }

    @Test
    void whatIsPublishedWithinATransactionIsToldAsItIs() throws Exception {
        var relay = Relay.named("outbox", broker, SERIALIZER)
                .source(URI.create("/shop/ordering"), "1")
                .outboxTo(Set.of(TOPIC), TopicNaming.all(TOPIC));
        var running = subscriptions().start(relay.<List<Message>>subscription());
        var told = Envelope.of(new OrderPlaced("4711", 1)).withMetadata(Metadata.NONE.with("shop", "7"));

        note("4711", 1);
        bus().within(readModel).publish(told);

        assertThat(running.awaitPosition(store.headPosition(), LIMIT)).isTrue();
        assertThat(told()).singleElement().satisfies(event -> {
            assertThat(event.messageEnvelope()).isEqualTo(told);
            assertThat(event.stream().name()).isEqualTo("4711");
        });
        assertThat(store.readLog(0).map(StoredEvent::type)).containsExactly("order.noted");
    }

    @Test
    void whatOneRelayTellsIsNoRepetitionOfWhatAnotherOneToldBefore() throws Exception {
        note("4711", 1);
        bus().within(readModel).publish(new OrderPlaced("4711", 2));
        var outbox = Relay.named("outbox", broker, SERIALIZER)
                .source(URI.create("/shop/ordering"), "1")
                .outboxTo(Set.of(TOPIC), TopicNaming.all(TOPIC));
        assertThat(subscriptions()
                        .start(outbox.<List<Message>>subscription())
                        .awaitPosition(store.headPosition(), LIMIT))
                .isTrue();
        assertThat(started(broker, Set.of(TOPIC), RelayTest::asPlaced).awaitPosition(store.headPosition(), LIMIT))
                .isTrue();

        var reading = bus().start(
                        TOPIC, keeping(Subscription.named("all").events(EventQuery.ofTypes(Set.of("order.placed")))));

        assertThat(reading.awaitCaughtUp(LIMIT)).isTrue();
        assertThat(readModel).containsExactly(new OrderPlaced("4711", 2), new OrderPlaced("4711", 1));
    }

    @Test
    void whatIsPublishedWithinATransactionIsForOtherServices() {
        var bus = bus().within(readModel);

        assertThatThrownBy(() -> bus.publish(new OrderNoted("1", 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("IntegrationEvent");
        assertThatThrownBy(() -> bus.publish(new StockRanLow("tea")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("never stored");
        assertThatThrownBy(() -> bus.publish(new PlaceOrder("1")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("CommandBus");
        assertThatThrownBy(() -> store.append(Append.to(
                        new StreamId("order-1"),
                        ExpectedVersion.any(),
                        List.of(NewEvent.integration(Envelope.of(new OrderPlaced("1", 1)))))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("order-1");
    }

    @Test
    void whatIsRefusedHoldsUpItsPartitionAlone() throws Exception {
        note("a", 1);
        store.append(StreamId.of("order", "a"), ExpectedVersion.any(), new OrderNoted("x".repeat(LARGEST), 2));
        note("a", 3);
        note("b", 4);
        assertThat(address("a").partition()).isNotEqualTo(address("b").partition());

        var running = started(broker, Set.of(TOPIC), RelayTest::asPlaced);

        assertThat(running.awaitPosition(4, LIMIT)).isTrue();
        assertThat(toldOnce()).containsExactlyInAnyOrder(new OrderPlaced("a", 1), new OrderPlaced("b", 4));
        assertThat(letters()).extracting(DeadLetter::state).containsExactly(State.PARKED, State.WAITING);
        assertThat(letters().getFirst().failure())
                .hasValueSatisfying(failure ->
                        assertThat(failure.exceptionClass()).isEqualTo(PublicationRefusedException.class.getName()));

        storage.deadLetters().discard(DeadLetterFilter.of("relay").at(2), "anna", "too large");

        await("nothing is left", () -> letters().isEmpty());
        assertThat(toldOnce())
                .containsExactlyInAnyOrder(new OrderPlaced("a", 1), new OrderPlaced("a", 3), new OrderPlaced("b", 4));
    }

    /** Looking for what is refused repeats what stood beside it. */
    private List<Message> toldOnce() {
        return told().stream().map(StoredEvent::message).distinct().toList();
    }

    @Test
    void aBrokerThatIsAwayIsNobodysFault() throws Exception {
        var away = new AtomicBoolean(true);
        var attempts = new AtomicInteger();
        var unreliable = new AroundBroker(broker) {
            @Override
            List<Accepted> publish(Publisher publisher, List<OutgoingRecord> records) throws InterruptedException {
                attempts.incrementAndGet();
                if (away.get()) {
                    throw new BrokerUnavailableException("The broker is away", null);
                }
                return publisher.publish(records);
            }
        };
        note("1", 1);
        note("2", 2);

        var running = started(unreliable, Set.of(TOPIC), RelayTest::asPlaced);
        await("it has tried often", () -> attempts.get() > 10);
        assertThat(letters()).isEmpty();
        await(
                "it says so",
                () -> running.status().state() == SubscriptionStatus.State.RETRYING
                        || running.status().state() == SubscriptionStatus.State.FAILED);
        away.set(false);

        assertThat(running.awaitPosition(2, LIMIT)).isTrue();
        assertThat(told()).hasSize(2);
        assertThat(letters()).isEmpty();
    }

    @Test
    void whatIsToldAgainAfterALostAnswerIsHandledOnce() throws Exception {
        var answers = new AtomicInteger();
        var forgetful = new AroundBroker(broker) {
            @Override
            List<Accepted> publish(Publisher publisher, List<OutgoingRecord> records) throws InterruptedException {
                var accepted = publisher.publish(records);
                if (answers.incrementAndGet() <= 2) {
                    throw new BrokerUnavailableException("The answer is lost", null);
                }
                return accepted;
            }
        };
        var reading = bus().start(TOPIC, keeping("once"));
        for (int i = 0; i < 20; i++) {
            note("1", i);
        }

        var running = started(forgetful, Set.of(TOPIC), RelayTest::asPlaced);

        assertThat(running.awaitPosition(20, LIMIT)).isTrue();
        assertThat(told()).hasSizeGreaterThan(20);
        assertThat(reading.awaitCaughtUp(LIMIT)).isTrue();
        assertThat(readModel)
                .containsExactlyElementsOf(IntStream.range(0, 20)
                        .mapToObj(i -> new OrderPlaced("1", i))
                        .toList());
    }

    @Test
    void topicsThatDifferInTheirNumberOfPartitionsKeepTheirOrders() throws Exception {
        broker.prepare(List.of(Topic.of("six", 6), Topic.of("four", 4)));
        for (int i = 0; i < 60; i++) {
            note("o" + i % 12, i);
        }

        var running = started(
                broker,
                Set.of("six", "four"),
                event -> asPlaced(event).stream()
                        .map(each -> ((Publication.Event) each).event())
                        .<Publication>mapMulti((event2, to) -> {
                            to.accept(new Publication.Event("six", event2));
                            to.accept(new Publication.Event("four", event2));
                        })
                        .toList());

        assertThat(running.awaitPosition(60, LIMIT)).isTrue();
        requireSorted("six", 6);
        requireSorted("four", 4);
    }

    private void requireSorted(String topic, int partitions) {
        int found = 0;
        try (var reader = broker.read(topic)) {
            for (int i = 0; i < partitions; i++) {
                var events = new CloudEventReader(topic, i);
                var orders = reader.read(i, 0, 1000, Integer.MAX_VALUE).records().stream()
                        .map(record -> new StoredEvent(events.read(record), SERIALIZER)
                                .origin()
                                .orElseThrow()
                                .order())
                        .toList();
                assertThat(orders).isSorted().doesNotHaveDuplicates();
                found += orders.size();
            }
        }
        assertThat(found).isEqualTo(60);
    }

    @Test
    void aTopicThatItWasNotMadeForBecomesALetter() throws Exception {
        note("1", 1);

        var running =
                started(broker, Set.of(TOPIC), event -> List.of(new Publication.Event("other", new OrderShipped("1"))));

        assertThat(running.awaitPosition(1, LIMIT)).isTrue();
        assertThat(letters().getFirst().failure())
                .hasValueSatisfying(failure -> assertThat(failure.message()).contains("'other'"));
    }

    /** A broker that publishes in another way. */
    private abstract static class AroundBroker implements LogBroker {
        private final LogBroker broker;

        private AroundBroker(LogBroker broker) {
            this.broker = broker;
        }

        abstract List<Accepted> publish(Publisher publisher, List<OutgoingRecord> records) throws InterruptedException;

        @Override
        public Publisher publisher() {
            var publisher = broker.publisher();
            return new Publisher() {
                @Override
                public List<Accepted> publish(List<OutgoingRecord> records) throws InterruptedException {
                    return AroundBroker.this.publish(publisher, records);
                }

                @Override
                public void close() {
                    publisher.close();
                }
            };
        }

        @Override
        public void prepare(Collection<Topic> topics) {
            broker.prepare(topics);
        }

        @Override
        public int partitions(String topic) {
            return broker.partitions(topic);
        }

        @Override
        public TopicReader read(String topic) {
            return broker.read(topic);
        }

        @Override
        public void close() {}
    }
}
