package dev.headwater.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.headwater.DomainEvent;
import dev.headwater.Envelope;
import dev.headwater.MessageSerializer;
import dev.headwater.MessageType;
import dev.headwater.MessageTypes;
import dev.headwater.SchemaVersion;
import dev.headwater.UndecodableMessageException;
import dev.headwater.Upcasting;
import dev.headwater.aggregate.Decider;
import dev.headwater.aggregate.DeciderRepository;
import dev.headwater.evolution.JsonEdit;
import dev.headwater.evolution.Upcasters;
import dev.headwater.memory.InMemoryEventStorage;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Reading with new code what old code has written. */
class UpcastEventsTest {

    /** The events as they were. */
    sealed interface Old extends DomainEvent {
        @MessageType("cart.filled")
        record Filled(String item) implements Old {}

        @MessageType("cart.closed")
        record Closed(boolean paid) implements Old {}

        @MessageType("cart.viewed")
        record Viewed() implements Old {}

        @MessageType("cart.kept")
        record Kept() implements Old {}
    }

    /** The events as they are. */
    sealed interface CartEvent extends DomainEvent {
        @MessageType(value = "cart.item-added", version = 2)
        record ItemAdded(String productId) implements CartEvent {}

        @MessageType("cart.ordered")
        record Ordered() implements CartEvent {}

        @MessageType("cart.paid")
        record Paid() implements CartEvent {}

        @MessageType("cart.kept")
        record Kept() implements CartEvent {}
    }

    private static final SchemaVersion ORDERED = new SchemaVersion("cart.ordered", 1);
    private static final SchemaVersion PAID = new SchemaVersion("cart.paid", 1);

    private static final Upcasters UPCASTERS = Upcasters.builder()
            .rename(
                    new SchemaVersion("cart.filled", 1),
                    new SchemaVersion("cart.item-added", 2),
                    JsonEdit.rename("item", "productId"))
            .split(
                    new SchemaVersion("cart.closed", 1),
                    Set.of(ORDERED, PAID),
                    json -> Stream.of(ORDERED, PAID)
                            .filter(to -> to.equals(ORDERED) || json.get("paid").asBoolean())
                            .map(to -> new Upcasting.Part(to, JsonEdit.object(Map.of())))
                            .toList())
            .drop(new SchemaVersion("cart.viewed", 1))
            .build();

    private static final StreamId CART = StreamId.of("cart", "1");

    private final InMemoryEventStorage storage = new InMemoryEventStorage();
    private final EventStore old = new EventStore(storage, MessageTypes.of(Old.class));
    private final EventStore store = new EventStore(
            storage,
            MessageSerializer.builder(MessageTypes.of(CartEvent.class))
                    .upcasters(UPCASTERS)
                    .build());

    private void fillTheOldWay() {
        old.append(
                CART,
                ExpectedVersion.noStream(),
                new Old.Filled("a"),
                new Old.Viewed(),
                new Old.Filled("b"),
                new Old.Closed(true),
                new Old.Viewed());
    }

    private static final List<CartEvent> MEANING = List.of(
            new CartEvent.ItemAdded("a"), new CartEvent.ItemAdded("b"), new CartEvent.Ordered(), new CartEvent.Paid());

    @Test
    void streamsAndTheLogAreReadAsWhatTheyMeanNow() {
        fillTheOldWay();

        assertThat(store.readStream(CART)).extracting(StoredEvent::event).isEqualTo(MEANING);
        assertThat(store.readLog(0)).extracting(StoredEvent::event).isEqualTo(MEANING);
        assertThat(store.readStreamBackwards(CART))
                .extracting(StoredEvent::event)
                .isEqualTo(MEANING.reversed());
        assertThat(store.readLogBackwards(EventQuery.all()))
                .extracting(StoredEvent::event)
                .isEqualTo(MEANING.reversed());
    }

    @Test
    void theEventsMadeOfOneShareItsPlaceAndHaveIdsOfTheirOwn() {
        fillTheOldWay();

        var events = store.readStream(CART).toList();

        assertThat(events).extracting(StoredEvent::version).containsExactly(1L, 3L, 4L, 4L);
        assertThat(events)
                .extracting(StoredEvent::type)
                .containsExactly("cart.item-added", "cart.item-added", "cart.ordered", "cart.paid");
        assertThat(events).extracting(StoredEvent::id).doesNotHaveDuplicates();
        assertThat(events.get(2).id()).isEqualTo(events.get(2).encoded().id());
        assertThat(events.get(3).envelope().id()).isEqualTo(events.get(3).id());
        assertThat(store.readStream(CART).toList())
                .extracting(StoredEvent::id)
                .isEqualTo(events.stream().map(StoredEvent::id).toList());
    }

    @Test
    void aQueryForATypeFindsWhatHadAnotherName() {
        fillTheOldWay();
        store.append(CART, ExpectedVersion.any(), new CartEvent.ItemAdded("c"));

        assertThat(read("cart.item-added"))
                .containsExactly(
                        new CartEvent.ItemAdded("a"), new CartEvent.ItemAdded("b"), new CartEvent.ItemAdded("c"));
        assertThat(read("cart.paid")).containsExactly(new CartEvent.Paid());
        assertThat(store.readLogBackwards(EventQuery.ofTypes(Set.of("cart.paid"))))
                .extracting(StoredEvent::event)
                .containsExactly(new CartEvent.Paid());
        assertThat(store.readLogPage(0, EventQuery.ofTypes(Set.of("cart.item-added")), 10)
                        .events())
                .extracting(StoredEvent::position)
                .containsExactly(1L, 3L, 6L);
    }

    private List<DomainEvent> read(String type) {
        return store.readLog(0, EventQuery.ofTypes(Set.of(type)))
                .map(StoredEvent::event)
                .toList();
    }

    @Test
    void aConditionOnATypeSeesWhatHasAnotherNameStill() {
        var tag = Set.of("product:a");
        var wanted = new EventQuery(List.of(new EventQuery.Criterion(Set.of("cart.item-added"), Set.of(), tag)));
        old.append(
                Append.to(CART, ExpectedVersion.any(), List.of(new NewEvent(Envelope.of(new Old.Filled("a")), tag))));

        assertThatExceptionOfType(AppendConditionException.class)
                .isThrownBy(() -> store.append(
                        Append.to(StreamId.of("cart", "2"), ExpectedVersion.any(), new CartEvent.ItemAdded("a"))
                                .onlyIf(AppendCondition.noneMatching(wanted, 0))));
    }

    @Test
    void asStoredThereIsOneEventForEachVersion() {
        fillTheOldWay();

        assertThat(store.readStreamAsStored(CART, 2))
                .extracting(StoredEvent::type)
                .containsExactly("cart.viewed", "cart.filled", "cart.closed", "cart.viewed");
        assertThatExceptionOfType(UndecodableMessageException.class)
                .isThrownBy(() -> store.readEvent(4).event())
                .withMessageContaining("2 messages");
        assertThat(store.readEvent(3).event()).isEqualTo(new CartEvent.ItemAdded("b"));
    }

    @Test
    void anEventThatCannotBeUpcastIsFoundAndReported() {
        var broken = new EventStore(
                storage,
                MessageSerializer.builder(MessageTypes.of(CartEvent.class))
                        .upcasters(Upcasters.builder()
                                .rename(
                                        new SchemaVersion("cart.filled", 1),
                                        new SchemaVersion("cart.item-added", 2),
                                        JsonEdit.within("item", JsonEdit.remove("none")))
                                .build())
                        .build());
        old.append(CART, ExpectedVersion.any(), new Old.Filled("a"), new Old.Kept());

        var events = broken.readStream(CART).toList();

        assertThat(events).extracting(StoredEvent::type).containsExactly("cart.filled", "cart.kept");
        assertThatExceptionOfType(UndecodableMessageException.class)
                .isThrownBy(() -> events.get(0).event())
                .withMessageContaining("upcaster from version 1 of 'cart.filled' failed");
        assertThat(events.get(1).event()).isEqualTo(new CartEvent.Kept());
    }

    /** A cart as the number of its events. */
    private static final class Counting implements Decider<CartEvent, Integer, CartEvent> {
        @Override
        public Integer initial() {
            return 0;
        }

        @Override
        public List<CartEvent> decide(CartEvent command, Integer state) {
            return List.of(command);
        }

        @Override
        public Integer evolve(Integer state, CartEvent event) {
            return state + 1;
        }
    }

    @Test
    void anAggregateIsFoldedFromWhatItsEventsMeanAndAppendsBehindWhatIsStored() {
        fillTheOldWay();
        var carts = DeciderRepository.of(store, "cart", CartEvent.class, new Counting());

        carts.execute("1", new CartEvent.Paid());

        assertThat(carts.load("1").state()).isEqualTo(5);
        assertThat(store.streamVersion(CART)).isEqualTo(6);
    }
}
