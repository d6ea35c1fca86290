package dev.headwater.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.headwater.Envelope;
import dev.headwater.Message;
import dev.headwater.broker.spi.IncomingRecord;
import dev.headwater.broker.spi.RecordsGoneException;
import dev.headwater.store.EventQuery;
import dev.headwater.store.Origin;
import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.DeadLetter;
import dev.headwater.subscription.DeadLetter.State;
import dev.headwater.subscription.DeadLetterFilter;
import dev.headwater.subscription.DeadLetterOffice;
import dev.headwater.subscription.DeadLetters;
import dev.headwater.subscription.StartFrom;
import dev.headwater.subscription.Subscription;
import dev.headwater.subscription.SubscriptionStatus;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** A topic is read as the log is. */
class TopicSubscriptionTest extends TopicFixture {

    @Test
    void theBusTellsOfEveryPartitionOfEverySubscription() throws Exception {
        tell(new OrderPlaced("1", 1), 1);
        var bus = bus();
        var one = bus.start(TOPIC, keeping("one"));
        var two = bus.start(TOPIC, keeping("two"));
        assertThat(one.awaitCaughtUp(LIMIT) && two.awaitCaughtUp(LIMIT)).isTrue();

        assertThat(bus.status())
                .extracting(SubscriptionStatus::name)
                .containsExactlyInAnyOrder(
                        "one/orders/0", "one/orders/1", "one/orders/2", "two/orders/0", "two/orders/1", "two/orders/2");
        assertThat(bus.status()).allMatch(status -> status.lag() == 0);
        assertThat(bus.status().stream().mapToLong(SubscriptionStatus::position).sum())
                .isEqualTo(2);
    }

    @Test
    void aProjectionGetsEveryEventInTheOrderOfItsKey() throws Exception {
        tellInTurn(10, 20);

        var running = bus().start(TOPIC, keeping("all"));

        assertThat(running.awaitCaughtUp(LIMIT)).isTrue();
        requireInOrder(readModel, 10, 20);
    }

    @Test
    void aReactorGetsEveryEventInTheOrderOfItsKey() throws Exception {
        tellInTurn(10, 20);

        var running = bus().start(TOPIC, reacting("all"));

        assertThat(running.awaitCaughtUp(LIMIT)).isTrue();
        requireInOrder(readModel, 10, 20);
    }

    @Test
    void instancesShareAPartition() throws Exception {
        var one = bus().start(TOPIC, keeping("shared"));
        var other = bus().start(TOPIC, keeping("shared"));
        await(
                "both have segments",
                () -> one.status().partitions().stream()
                        .allMatch(partition -> partition.segments().stream()
                                        .map(SubscriptionStatus.Segment::owner)
                                        .distinct()
                                        .count()
                                == 2));

        tellInTurn(10, 20);

        assertThat(one.awaitCaughtUp(LIMIT)).isTrue();
        assertThat(other.awaitCaughtUp(LIMIT)).isTrue();
        requireInOrder(readModel, 10, 20);
    }

    @Test
    void whatIsRepeatedIsHandledOnce() throws Exception {
        var running = bus().start(TOPIC, keeping("once"));
        tell(new OrderPlaced("1", 1), 1);
        tell(new OrderPlaced("1", 2), 2);
        assertThat(running.awaitCaughtUp(LIMIT)).isTrue();
        running.close();
        tell(new OrderPlaced("1", 1), 1);
        tell(new OrderPlaced("1", 2), 2);
        tell(new OrderPlaced("1", 3), 3);
        tell(new OrderPlaced("1", 3), 3);

        var again = bus().start(TOPIC, keeping("once"));

        assertThat(again.awaitCaughtUp(LIMIT)).isTrue();
        assertThat(readModel)
                .containsExactly(new OrderPlaced("1", 1), new OrderPlaced("1", 2), new OrderPlaced("1", 3));
    }

    @Test
    void aReactorThatGoesOnElsewherePassesRepetitionsOver() throws Exception {
        var running = bus().start(TOPIC, reacting("once"));
        tell(new OrderPlaced("1", 1), 1);
        tell(new OrderPlaced("1", 2), 2);
        assertThat(running.awaitCaughtUp(LIMIT)).isTrue();
        running.close();
        tell(new OrderPlaced("1", 2), 2);
        tell(new OrderPlaced("1", 3), 3);

        var again = bus().start(TOPIC, reacting("once"));

        assertThat(again.awaitCaughtUp(LIMIT)).isTrue();
        assertThat(readModel)
                .containsExactly(new OrderPlaced("1", 1), new OrderPlaced("1", 2), new OrderPlaced("1", 3));
    }

    @Test
    void theSamePlaceInAnotherLogIsNoRepetition() throws Exception {
        tell(new OrderPlaced("1", 1), 5);
        broker.publisher()
                .publish(List.of(new CloudEventWriter(URI.create("/shop/other"), false)
                        .record(
                                address("1"),
                                SERIALIZER.encode(Envelope.of(new OrderPlaced("1", 2))),
                                Optional.of(new Origin("/shop/other", "1", 5, 0)))));

        var running = bus().start(TOPIC, keeping("both"));

        assertThat(running.awaitCaughtUp(LIMIT)).isTrue();
        assertThat(readModel).containsExactly(new OrderPlaced("1", 1), new OrderPlaced("1", 2));
    }

    @Test
    void whatIsNoEventBecomesALetterAndOtherKeysGoOn() throws Exception {
        tell(new OrderPlaced("1", 1), 1);
        tellNonsense("2");
        tell(new OrderPlaced("2", 2), 2);
        tell(new OrderPlaced("1", 3), 3);

        var running = bus().start(TOPIC, keeping("careful"));

        assertThat(running.awaitCaughtUp(LIMIT)).isTrue();
        assertThat(readModel).containsExactlyInAnyOrder(new OrderPlaced("1", 1), new OrderPlaced("1", 3));
        assertThat(letters()).extracting(DeadLetter::state).containsExactly(State.PARKED, State.WAITING);
        assertThat(letters().getFirst().failure())
                .hasValueSatisfying(failure -> assertThat(failure.message()).contains("no attribute 'specversion'"));
        assertThat(running.status().letters()).isEqualTo(2);
        assertThat(running.status().state()).isEqualTo(SubscriptionStatus.State.DEGRADED);
    }

    @Test
    void whoeverWantsSomeTypesIsToldOfWhatIsNoEvent() throws Exception {
        tellNonsense("1");
        tell(new OrderShipped("2"), 1);

        var running = bus().start(
                        TOPIC,
                        keeping(Subscription.named("some")
                                .events(EventQuery.ofTypes(Set.of("order.shipped")))
                                .retrying(SOON)));

        assertThat(running.awaitCaughtUp(LIMIT)).isTrue();
        assertThat(readModel).containsExactly(new OrderShipped("2"));
        assertThat(letters()).hasSize(1);
    }

    @Test
    void aLetterIsHandledThoughItsRecordIsGone() throws Exception {
        var broken = new AtomicBoolean(true);
        Subscription<List<Message>> fragile = Subscription.named("fragile")
                .retrying(SOON)
                .projecting((events, model) -> {
                    if (broken.get()) {
                        throw new IllegalStateException("broken");
                    }
                    model.addAll(events.stream().map(event -> event.message()).toList());
                });
        tell(new OrderPlaced("1", 1), 1);
        tell(new OrderPlaced("1", 2), 2);
        var bus = bus();
        var running = bus.start(TOPIC, fragile);
        assertThat(running.awaitCaughtUp(LIMIT)).isTrue();
        assertThat(letters()).hasSize(2);
        broker.removeUpTo(TOPIC, address("1").partition(), 2);
        broken.set(false);

        storage.deadLetters().retry(DeadLetterFilter.all(), "anna");
        bus.renewSoon();

        await("the letters are handled", () -> letters().isEmpty());
        assertThat(readModel).containsExactly(new OrderPlaced("1", 1), new OrderPlaced("1", 2));
    }

    @Test
    void aReactorHandlesALetterThoughItsRecordIsGone() throws Exception {
        var broken = new AtomicBoolean(true);
        Subscription<List<Message>> fragile = Subscription.named("fragile")
                .startingAt(StartFrom.beginning())
                .retrying(SOON)
                .reacting(event -> {
                    if (broken.get()) {
                        throw new IllegalStateException("broken");
                    }
                    readModel.add(event.message());
                });
        tell(new OrderPlaced("1", 1), 1);
        tell(new OrderPlaced("1", 2), 2);
        var bus = bus();
        var running = bus.start(TOPIC, fragile);
        assertThat(running.awaitCaughtUp(LIMIT)).isTrue();
        await("both are letters", () -> letters().size() == 2);
        broker.removeUpTo(TOPIC, address("1").partition(), 2);
        broken.set(false);

        storage.deadLetters().retry(DeadLetterFilter.all(), "anna");
        bus.renewSoon();

        await("the letters are handled", () -> letters().isEmpty());
        assertThat(readModel).containsExactly(new OrderPlaced("1", 1), new OrderPlaced("1", 2));
    }

    @Test
    void aCorrectedMessageIsHandledOnceInThePlaceOfTheOriginal() throws Exception {
        tellNonsense("1");
        tell(new OrderPlaced("1", 2), 2);
        var bus = bus();
        var envelopes = new CopyOnWriteArrayList<Envelope<Message>>();
        var running = bus.start(
                TOPIC,
                Subscription.named("careful")
                        .startingAt(StartFrom.beginning())
                        .retrying(SOON)
                        .reacting(event -> envelopes.add(event.messageEnvelope())));
        assertThat(running.awaitCaughtUp(LIMIT)).isTrue();
        await("both are letters", () -> letters().size() == 2);
        broker.removeUpTo(TOPIC, address("1").partition(), 2);
        var office = new TopicLetterOffice(storage, storage.deadLetters(), SERIALIZER);
        var name = partOf("careful", "1");
        var original = office.open(name, 1).orElseThrow().event().id();

        var id = office.editAsNew(name, 1, new OrderPlaced("1", 1), "anna", "nonsense");
        assertThat(office.editAsNew(name, 1, new OrderPlaced("1", 1), "anna", "nonsense"))
                .isEqualTo(id);
        bus.renewSoon();

        await("the letters are handled", () -> letters().isEmpty());
        assertThat(envelopes)
                .extracting(Envelope::message)
                .containsExactly(new OrderPlaced("1", 1), new OrderPlaced("1", 2));
        var corrected = envelopes.getFirst();
        assertThat(corrected.id()).isEqualTo(id);
        assertThat(corrected.metadata().attributes()).containsEntry(DeadLetterOffice.CORRECTS, original.toString());
        assertThat(corrected.metadata().causationId()).isEqualTo(original);
        assertThat(storage.deadLetters().history(name, 1))
                .extracting(DeadLetters.Decision::what, DeadLetters.Decision::correction)
                .containsExactly(tuple("edit", Optional.of(id)));
        assertThatThrownBy(() -> office.editAsNew(name, 1, new OrderPlaced("1", 3), "anna", "again"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no dead letter");
    }

    @Test
    void whatWasUnreadableIsLookedForAgainInTheTopic() throws Exception {
        tell(new OrderPlaced("1", 1), 1);
        int partition = address("1").partition();
        var kept = RecordBytes.write(
                new IncomingRecord(1, null, null, List.of(), Instant.EPOCH, Optional.of("there is no memory")));
        var log = new PartitionStorage(broker.read(TOPIC), new CloudEventReader(TOPIC, partition));

        assertThat(new StoredEvent(log.restore(1, kept), SERIALIZER).message()).isEqualTo(new OrderPlaced("1", 1));

        broker.removeUpTo(TOPIC, partition, 1);
        assertThatThrownBy(new StoredEvent(log.restore(1, kept), SERIALIZER)::message)
                .hasMessageContaining("there is no memory");
    }

    @Test
    void whoeverComesTooLateStopsAndSaysWhatIsMissing() throws Exception {
        var running = bus().start(TOPIC, keeping("late"));
        tell(new OrderPlaced("1", 1), 1);
        assertThat(running.awaitCaughtUp(LIMIT)).isTrue();
        running.close();
        tell(new OrderPlaced("1", 2), 2);
        tell(new OrderPlaced("1", 3), 3);
        broker.removeUpTo(TOPIC, address("1").partition(), 2);

        var late = bus().start(TOPIC, keeping("late"));

        await("it has stopped", () -> late.status().state() == SubscriptionStatus.State.FAILED);
        assertThat(late.status().partitions().get(address("1").partition()).lastError())
                .hasValueSatisfying(error -> assertThat(error)
                        .isInstanceOf(RecordsGoneException.class)
                        .hasMessageContaining("The records 2 to 2"));
        assertThat(readModel).containsExactly(new OrderPlaced("1", 1));
    }

    @Test
    void theBeginningOfATopicIsTheFirstRecordThatIsLeft() throws Exception {
        tell(new OrderPlaced("1", 1), 1);
        tell(new OrderPlaced("1", 2), 2);
        broker.removeUpTo(TOPIC, address("1").partition(), 1);

        var running = bus().start(TOPIC, keeping("from the beginning"));

        assertThat(running.awaitCaughtUp(LIMIT)).isTrue();
        assertThat(readModel).containsExactly(new OrderPlaced("1", 2));
    }

    @Test
    void holesAreNoEvents() throws Exception {
        tell(new OrderPlaced("1", 1), 1);
        broker.leaveHole(TOPIC, address("1").partition());
        tell(new OrderPlaced("1", 2), 2);
        broker.leaveHole(TOPIC, address("1").partition());

        var running = bus().start(TOPIC, keeping("all"));

        assertThat(running.awaitCaughtUp(LIMIT)).isTrue();
        assertThat(readModel).containsExactly(new OrderPlaced("1", 1), new OrderPlaced("1", 2));
        assertThat(running.status().lag()).isZero();
    }

    private void tellInTurn(int keys, int rounds) throws InterruptedException {
        long position = 0;
        for (int round = 0; round < rounds; round++) {
            for (int key = 0; key < keys; key++) {
                position++;
                tell(new OrderPlaced("order-" + key, round), position);
            }
        }
    }

    private static void requireInOrder(List<Message> handled, int keys, int rounds) {
        var byKey = new HashMap<String, List<Integer>>();
        for (var message : handled) {
            var placed = (OrderPlaced) message;
            byKey.computeIfAbsent(placed.orderId(), key -> new ArrayList<>()).add(placed.number());
        }
        var expected = new ArrayList<Integer>();
        for (int round = 0; round < rounds; round++) {
            expected.add(round);
        }
        assertThat(byKey)
                .hasSize(keys)
                .allSatisfy((key, numbers) -> assertThat(numbers).isEqualTo(expected));
    }
}
