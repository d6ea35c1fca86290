package dev.headwater.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.headwater.DomainEvent;
import dev.headwater.Envelope;
import dev.headwater.MessageSerializer;
import dev.headwater.MessageType;
import dev.headwater.MessageTypes;
import dev.headwater.SchemaVersion;
import dev.headwater.evolution.JsonEdit;
import dev.headwater.evolution.Upcasters;
import dev.headwater.memory.InMemoryEventStorage;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A type that lives on after another one was split off from its first version. */
class SplitTypeTest {

    @MessageType("order.closed")
    record OldClosed(boolean paid) implements DomainEvent {}

    @MessageType(value = "order.closed", version = 2)
    record Closed() implements DomainEvent {}

    @MessageType(value = "order.closed", version = 3)
    record NewerClosed() implements DomainEvent {}

    @MessageType("order.paid")
    record Paid() implements DomainEvent {}

    private static final SchemaVersion CLOSED = new SchemaVersion("order.closed", 2);
    private static final SchemaVersion PAID = new SchemaVersion("order.paid", 1);
    private static final Upcasters UPCASTERS = Upcasters.builder()
            .split(
                    new SchemaVersion("order.closed", 1),
                    Set.of(CLOSED, PAID),
                    json -> Stream.of(CLOSED, PAID)
                            .filter(to -> to.equals(CLOSED) || json.get("paid").asBoolean())
                            .map(to -> new Upcasters.Part(to, JsonEdit.object(Map.of())))
                            .toList())
            .build();

    private static final Set<String> TAG = Set.of("order:1");
    private static final EventQuery PAYMENTS =
            new EventQuery(List.of(new EventQuery.Criterion(Set.of("order.paid"), Set.of(), TAG)));
    private static final StreamId ORDER = StreamId.of("order", "1");

    private final InMemoryEventStorage storage = new InMemoryEventStorage();
    private final EventStore old = new EventStore(storage, MessageTypes.of(OldClosed.class));
    private final EventStore store = new EventStore(
            storage,
            MessageSerializer.builder(MessageTypes.of(Closed.class, Paid.class))
                    .upcasters(UPCASTERS)
                    .build());

    @Test
    void aQueryForTheNewTypeDoesNotGivePresentEventsOfTheFormerOne() {
        append(old, new OldClosed(true));
        append(store, new Closed(), new Paid(), new Closed());

        assertThat(store.readLog(0, EventQuery.ofTypes(Set.of("order.paid"))))
                .extracting(StoredEvent::event)
                .containsExactly(new Paid(), new Paid());
        assertThat(store.readLogBackwards(EventQuery.ofTypes(Set.of("order.paid"))))
                .extracting(StoredEvent::position)
                .containsExactly(3L, 1L);
        assertThat(store.readLog(0, EventQuery.ofTypes(Set.of("order.closed"))))
                .extracting(StoredEvent::position)
                .containsExactly(1L, 2L, 4L);
    }

    @Test
    void aConditionOnTheNewTypeIsNotBrokenByEventsOfTheFormerOne() {
        append(old, new OldClosed(false));
        append(store, IntStream.range(0, 1200).mapToObj(i -> new Closed()).toArray(DomainEvent[]::new));

        append(store, AppendCondition.noneMatching(PAYMENTS, 0), new Paid());

        assertThat(store.headPosition()).isEqualTo(1202);
    }

    @Test
    void aConditionOnTheNewTypeIsBrokenByEventsOfItBehindThoseOfTheFormerOne() {
        append(store, IntStream.range(0, 700).mapToObj(i -> new Closed()).toArray(DomainEvent[]::new));
        append(store, new Paid());

        assertThatExceptionOfType(AppendConditionException.class)
                .isThrownBy(() -> append(store, AppendCondition.noneMatching(PAYMENTS, 3), new Paid()))
                .satisfies(refused -> {
                    assertThat(refused.conflictPosition()).isEqualTo(701);
                    assertThat(refused.condition()).isEqualTo(AppendCondition.noneMatching(PAYMENTS, 3));
                });
        assertThat(store.headPosition()).isEqualTo(701);
    }

    @Test
    void aConditionOnTheNewTypeIsBrokenByAnOldEventThatIsSplitIntoIt() {
        append(old, new OldClosed(false), new OldClosed(true));

        assertThatExceptionOfType(AppendConditionException.class)
                .isThrownBy(() -> append(store, AppendCondition.noneMatching(PAYMENTS, 0), new Paid()))
                .satisfies(refused -> assertThat(refused.conflictPosition()).isEqualTo(2));
    }

    @Test
    void anEventOfNewerCodeUnderTheFormerNameIsSeenByAllWhomItMayConcern() {
        append(
                new EventStore(
                        storage,
                        MessageSerializer.builder(MessageTypes.of(NewerClosed.class))
                                .upcasters(Upcasters.builder()
                                        .startsAt(new SchemaVersion("order.closed", 3))
                                        .build())
                                .build()),
                new NewerClosed());

        assertThat(store.readLog(0, EventQuery.ofTypes(Set.of("order.paid"))))
                .extracting(StoredEvent::position)
                .containsExactly(1L);
        assertThatExceptionOfType(AppendConditionException.class)
                .isThrownBy(() -> append(store, AppendCondition.noneMatching(PAYMENTS, 0), new Paid()));
    }

    private static void append(EventStore to, DomainEvent... events) {
        to.append(prepared(events));
    }

    private static void append(EventStore to, AppendCondition condition, DomainEvent... events) {
        to.append(prepared(events).onlyIf(condition));
    }

    private static Append prepared(DomainEvent... events) {
        return Append.to(
                ORDER,
                ExpectedVersion.any(),
                Stream.of(events)
                        .map(event -> new NewEvent(Envelope.of(event), TAG))
                        .toList());
    }
}
