package dev.headwater.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.Envelope;
import dev.headwater.Message;
import dev.headwater.MessageSerializer;
import dev.headwater.broker.spi.Topic;
import dev.headwater.bus.EventBus;
import dev.headwater.bus.EventBusOfAnyKind;
import dev.headwater.memory.InMemoryLogBroker;
import dev.headwater.memory.InMemorySubscriptionStorage;
import dev.headwater.subscription.DeadLetter;
import dev.headwater.subscription.DeadLetterFilter;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class BrokerEventBusTest extends TopicFixture {

    /** The bus between services is one of those that applications can be moved between. */
    @Nested
    class OfAnyKind extends EventBusOfAnyKind {
        @Override
        protected EventBus open() {
            var topics = new InMemoryLogBroker();
            topics.prepare(List.of(Topic.of("any", 3)));
            return BrokerEventBus.builder(
                            topics,
                            new MessageSerializer(TYPES),
                            new InMemorySubscriptionStorage<List<Message>>(new ArrayList<>()))
                    .source(URI.create("/any"))
                    .withPersonalData()
                    .topics(TopicNaming.all("any"))
                    .orderedBy(envelope -> "one key")
                    .settings(FAST)
                    .retrying(SOON)
                    .build();
        }
    }

    @Test
    void whatIsPublishedWhileNobodyRunsIsHandledAfterwards() {
        var handled = new CopyOnWriteArrayList<Message>();
        var bus = bus();
        bus.subscribe(OrderPlaced.class, "durable", envelope -> handled.add(envelope.message()));
        bus.publish(new OrderPlaced("1", 1));
        await("it is handled", () -> handled.size() == 1);
        bus.close();
        bus().publish(new OrderPlaced("1", 2));

        bus().subscribe(OrderPlaced.class, "durable", envelope -> handled.add(envelope.message()));

        await("it is handled", () -> handled.size() == 2);
        assertThat(handled).containsExactly(new OrderPlaced("1", 1), new OrderPlaced("1", 2));
    }

    @Test
    void ofTwoInstancesOneHandlesAnEvent() {
        var handled = new CopyOnWriteArrayList<Message>();
        bus().subscribe(OrderTold.class, "shared", envelope -> handled.add(envelope.message()));
        bus().subscribe(OrderTold.class, "shared", envelope -> handled.add(envelope.message()));

        var bus = bus();
        for (int i = 0; i < 50; i++) {
            bus.publish(new OrderPlaced("order-" + i, i));
        }

        await("all are handled", () -> handled.size() >= 50);
        assertThat(handled).doesNotHaveDuplicates().hasSize(50);
    }

    @Test
    void aTransactionalHandlerWritesThroughTheTransaction() {
        var contexts = new CopyOnWriteArrayList<Envelope<?>>();
        var bus = bus();
        bus.subscribe(OrderPlaced.class, "writes", (envelope, model) -> {
            contexts.add(Envelope.of(new OrderShipped("1")));
            model.add(envelope.message());
        });
        var placed = Envelope.of(new OrderPlaced("1", 1));

        bus.publish(placed);

        await("it is written", () -> readModel.size() == 1);
        assertThat(readModel).containsExactly(new OrderPlaced("1", 1));
        assertThat(contexts.getFirst().metadata().causationId()).isEqualTo(placed.id());
    }

    @Test
    void anEventThatFailsIsALetterAndHoldsUpItsKeyAlone() {
        var broken = new AtomicBoolean(true);
        var handled = new CopyOnWriteArrayList<Message>();
        var bus = bus();
        bus.subscribe(OrderPlaced.class, "fragile", envelope -> {
            if (broken.get() && envelope.message().orderId().equals("1")) {
                throw new IllegalStateException("broken");
            }
            handled.add(envelope.message());
        });

        bus.publish(new OrderPlaced("1", 1));
        bus.publish(new OrderPlaced("1", 2));
        bus.publish(new OrderPlaced("2", 3));

        await("the letters are there", () -> letters().size() == 2 && handled.size() == 1);
        assertThat(letters()).extracting(DeadLetter::subscription).containsOnly(partOf("fragile", "1"));
        broken.set(false);
        storage.deadLetters().retry(DeadLetterFilter.all(), "anna");
        bus.renewSoon();
        await("they are handled", () -> handled.size() == 3);
        assertThat(handled).containsExactly(new OrderPlaced("2", 3), new OrderPlaced("1", 1), new OrderPlaced("1", 2));
    }

    @Test
    void aLambdaWithoutANameIsRefused() {
        assertThatThrownBy(() -> bus().subscribe(OrderPlaced.class, envelope -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a name that stays");
    }

    @Test
    void whatIsTooLargeIsRefusedAtOnce() {
        assertThatThrownBy(() -> bus().publish(new OrderPlaced("x".repeat(LARGEST), 1)))
                .isInstanceOf(PublicationRefusedException.class)
                .hasMessageContaining(TOPIC);
    }

    @Test
    void withinATransactionNeedsAStore() {
        var bus = BrokerEventBus.builder(broker, SERIALIZER, storage)
                .topics(TopicNaming.all(TOPIC))
                .orderedBy(TopicFixture::keyOf)
                .build();

        assertThatThrownBy(() -> bus.within(readModel))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("appendingTo");
    }
}
