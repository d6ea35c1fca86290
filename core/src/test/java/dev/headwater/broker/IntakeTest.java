package dev.headwater.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.Envelope;
import dev.headwater.Message;
import dev.headwater.command.CommandDelivery;
import dev.headwater.command.CommandLog;
import dev.headwater.memory.InMemoryEventStorage;
import dev.headwater.memory.InMemorySubscriptionStorage;
import dev.headwater.store.EventQuery;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import dev.headwater.subscription.DeadLetter;
import dev.headwater.subscription.Subscription;
import dev.headwater.subscription.Subscriptions;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** What one service tells stands in the log of another, as it was told. */
class IntakeTest extends TopicFixture {

    private static final String NAME = "heard";
    private static final int EVENTS = 50;

    private final EventStore other = new EventStore(new InMemoryEventStorage(), SERIALIZER);

    private RunningTopicSubscription<List<Message>> hearing(BrokerEventBus<List<Message>> bus) {
        return bus.start(
                TOPIC, Subscription.named(NAME).retrying(SOON).projecting(Intake.into("heard", transaction -> other)));
    }

    /** Tells of everything in the log, the commands included, as it stands there. */
    private void tellAll() throws InterruptedException {
        var relay = Relay.named("relay", broker, SERIALIZER)
                .source(URI.create("/shop/ordering"), "1")
                .events(EventQuery.all().withReserved())
                .retrying(SOON)
                .to(Set.of(TOPIC), event -> List.of(new Publication.Itself(TOPIC)));
        var subscriptions = new Subscriptions<>(store, storage, FAST);
        opened.add(subscriptions);
        assertThat(subscriptions.start(relay.<List<Message>>subscription()).awaitPosition(store.headPosition(), LIMIT))
                .isTrue();
    }

    private static List<Envelope<Message>> envelopes(EventStore of) {
        return of.readLog(0, EventQuery.all().withReserved())
                .map(StoredEvent::messageEnvelope)
                .toList();
    }

    @Test
    void eventsStandInTheOtherLogAsTheyWereToldAndInTheOrderOfTheirKey() throws Exception {
        for (int i = 0; i < EVENTS; i++) {
            store.append(StreamId.of("order", "o" + i % 7), ExpectedVersion.any(), new OrderNoted("o" + i % 7, i));
        }
        tellAll();

        assertThat(hearing(bus()).awaitCaughtUp(LIMIT)).isTrue();

        assertThat(envelopes(other)).containsExactlyInAnyOrderElementsOf(envelopes(store));
        for (int order = 0; order < 7; order++) {
            var id = "o" + order;
            assertThat(other.readStream(StreamId.of("heard", id)).map(StoredEvent::event))
                    .containsExactlyElementsOf(store.readStream(StreamId.of("order", id))
                            .map(StoredEvent::event)
                            .toList());
        }
    }

    @Test
    void aCommandThatASiblingSendsIsCarriedOutHere() throws Exception {
        var id = new CommandLog(store).send("7", new PlaceOrder("7"));
        tellAll();
        var carriedOut = new CopyOnWriteArrayList<Envelope<PlaceOrder>>();
        var subscriptions = new Subscriptions<>(other, new InMemorySubscriptionStorage<>(""), FAST);
        opened.add(subscriptions);
        subscriptions.start(CommandDelivery.named("commands", SERIALIZER.types())
                .toHandler(PlaceOrder.class, carriedOut::add)
                .<String>build());

        hearing(bus());

        await("it was carried out", () -> !carriedOut.isEmpty());
        assertThat(carriedOut).singleElement().satisfies(command -> {
            assertThat(command.id()).isEqualTo(id);
            assertThat(command.message()).isEqualTo(new PlaceOrder("7"));
        });
    }

    @Test
    void whatStandsInTheLogAlreadyIsLeftAsItIs() throws Exception {
        var direct = bus();
        var told = new ArrayList<Envelope<OrderNoted>>();
        for (int i = 0; i < EVENTS; i++) {
            told.add(Envelope.of(new OrderNoted("1", i)));
            direct.publish(told.getLast());
        }
        var first = hearing(direct);
        assertThat(first.awaitCaughtUp(LIMIT)).isTrue();

        // A publisher that did not hear the answer: without a place in a log, only the ids tell.
        direct.publish(told.get(3));
        direct.publish(Envelope.of(new OrderNoted("1", EVENTS)));

        assertThat(first.awaitCaughtUp(LIMIT)).isTrue();
        assertThat(other.readLog(0).map(event -> ((OrderNoted) event.event()).number()))
                .hasSize(EVENTS + 1)
                .doesNotHaveDuplicates();
        assertThat(letters()).isEmpty();
    }

    @Test
    void anIntegrationEventBecomesALetterAndOtherKeysGoOn() {
        var direct = bus();
        direct.publish(new OrderPlaced("1", 1));
        direct.publish(new OrderNoted("2", 2));

        hearing(direct);

        await("the other is there", () -> other.headPosition() == 1);
        await("there is a letter", () -> !letters().isEmpty());
        assertThat(letters()).singleElement().satisfies(letter -> {
            assertThat(letter.state()).isEqualTo(DeadLetter.State.PARKED);
            assertThat(letter.failure().orElseThrow().message()).contains("OrderPlaced", "is not taken into the log");
        });
    }
}
