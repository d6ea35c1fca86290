package dev.headwater.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.headwater.DomainEvent;
import dev.headwater.MessageSerializer;
import dev.headwater.MessageType;
import dev.headwater.MessageTypes;
import dev.headwater.Payload;
import dev.headwater.PayloadCheck;
import dev.headwater.SchemaVersion;
import dev.headwater.aggregate.Decider;
import dev.headwater.aggregate.DeciderRepository;
import dev.headwater.evolution.JsonEdit;
import dev.headwater.evolution.Upcasters;
import dev.headwater.history.HistoryFailure.Stage;
import dev.headwater.memory.InMemoryEventStorage;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StreamId;
import dev.headwater.store.ToolkitStore;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.IntNode;

class HistoryCheckTest {

    /** The events as an earlier code wrote them. */
    sealed interface Old extends DomainEvent {
        @MessageType("tank.filled")
        record Filled(String litres) implements Old {}

        @MessageType("tank.emptied")
        record Emptied() implements Old {}

        @MessageType("tank.painted")
        record Painted(String colour) implements Old {}
    }

    /** The events as they are now. */
    sealed interface TankEvent extends DomainEvent {
        @MessageType(value = "tank.filled", version = 2)
        record Filled(int litres) implements TankEvent {}

        @MessageType("tank.emptied")
        record Emptied() implements TankEvent {}
    }

    /** A tank that cannot be emptied when it is empty, which old events did not respect. */
    private static final class Tank implements Decider<TankEvent, Integer, TankEvent> {
        @Override
        public Integer initial() {
            return 0;
        }

        @Override
        public List<TankEvent> decide(TankEvent command, Integer litres) {
            return List.of(command);
        }

        @Override
        public Integer evolve(Integer litres, TankEvent event) {
            return switch (event) {
                case TankEvent.Filled(int more) -> litres + more;
                case TankEvent.Emptied() -> {
                    if (litres == 0) {
                        throw new IllegalStateException("the tank is empty");
                    }
                    yield 0;
                }
            };
        }
    }

    private final InMemoryEventStorage storage = new InMemoryEventStorage();
    private final EventStore old = new EventStore(storage, MessageTypes.of(Old.class));

    private void append(String tank, Old... events) {
        old.append(StreamId.of("tank", tank), ExpectedVersion.any(), events);
    }

    private static EventStore store(InMemoryEventStorage storage, JsonEdit edit, PayloadCheck check) {
        return new EventStore(
                storage,
                MessageSerializer.builder(MessageTypes.of(TankEvent.class))
                        .upcasters(Upcasters.builder()
                                .step("tank.filled", 1, edit)
                                .drop(new SchemaVersion("tank.painted", 1))
                                .build())
                        .check(check)
                        .build());
    }

    private static final JsonEdit LITRES =
            JsonEdit.retype("litres", text -> IntNode.valueOf(Integer.parseInt(text.asString())));

    private HistoryCheck<Void> check(JsonEdit edit) {
        var store = store(storage, edit, PayloadCheck.NONE);
        var tanks = DeciderRepository.of(store, "tank", TankEvent.class, new Tank());
        return HistoryCheck.<Void>of(store).aggregate("tank", tanks::replay);
    }

    @MessageType("$tank.entry")
    record Entry() implements DomainEvent {}

    @Test
    void reservedStreamsAreLeftOut() {
        append("a", new Old.Filled("3"));
        ToolkitStore.of(old, MessageTypes.builtIn(Entry.class))
                .append(new StreamId("$tank-a"), ExpectedVersion.any(), new Entry());

        var report = check(LITRES).run();

        assertThat(report.eventsByType()).containsOnlyKeys("tank.filled");
        assertThat(report.failures()).isEmpty();
    }

    @Test
    void aHistoryThatTheCodeCanHandleIsClean() {
        append("a", new Old.Filled("3"), new Old.Painted("red"), new Old.Emptied());

        var report = check(LITRES).run();

        assertThat(report.isClean()).isTrue();
        assertThat(report.events()).isEqualTo(3);
        assertThat(report.eventsByType()).isEqualTo(Map.of("tank.filled", 1L, "tank.painted", 1L, "tank.emptied", 1L));
        assertThat(report).hasToString("3 events of 3 types were checked, and this code can handle them all");
    }

    @Test
    void theFirstEventThatCannotBeUpcastIsNamedAndTheOthersAreCounted() {
        append("a", new Old.Filled("3"), new Old.Filled("many"), new Old.Emptied());
        append("b", new Old.Filled("more"), new Old.Emptied());

        var report = check(LITRES).run();

        assertThat(report.failures()).singleElement().satisfies(failure -> {
            assertThat(failure.stage()).isEqualTo(Stage.DECODING);
            assertThat(failure.type()).isEqualTo("tank.filled");
            assertThat(failure.schemaVersion()).isEqualTo(1);
            assertThat(failure.position()).isEqualTo(2);
            assertThat(failure.id()).isEqualTo(idAt(2));
            assertThat(failure.count()).isEqualTo(2);
            assertThat(failure.reason()).contains("upcaster from version 1 of 'tank.filled' failed");
        });
        assertThat(report.toString()).contains("fails 2 times", "position 2", "tank-a");
    }

    private UUID idAt(long position) {
        return old.readEvent(position).id();
    }

    @Test
    void aTypeThatTheCodeDoesNotKnowIsNamed() {
        append("a", new Old.Painted("red"));
        var unaware = new EventStore(
                storage,
                MessageSerializer.builder(MessageTypes.of(TankEvent.class))
                        .upcasters(Upcasters.builder()
                                .step("tank.filled", 1, LITRES)
                                .build())
                        .build());

        assertThat(HistoryCheck.of(unaware).run().failures())
                .singleElement()
                .satisfies(failure -> assertThat(failure.reason()).contains("no class is registered"));
    }

    @Test
    void whatAPayloadCheckRefusesIsNamed() {
        append("a", new Old.Filled("3"));
        var refusing = new PayloadCheck() {
            @Override
            public List<String> beforeWriting(String type, int schemaVersion, Payload payload) {
                return List.of();
            }

            @Override
            public List<String> afterReading(String type, int schemaVersion, Payload payload) {
                return List.of("/litres: expected another");
            }
        };

        assertThat(HistoryCheck.of(store(storage, LITRES, refusing)).run().failures())
                .singleElement()
                .satisfies(failure -> assertThat(failure.reason()).contains("/litres: expected another"));
    }

    @Test
    void anEventThatAnAggregateCannotFoldIsNamed() {
        append("a", new Old.Filled("3"), new Old.Emptied());
        append("b", new Old.Filled("3"), new Old.Emptied(), new Old.Emptied(), new Old.Filled("1"));

        assertThat(check(LITRES).run().failures()).singleElement().satisfies(failure -> {
            assertThat(failure.stage()).isEqualTo(Stage.FOLDING);
            assertThat(failure.reader()).contains("tank");
            assertThat(failure.type()).isEqualTo("tank.emptied");
            assertThat(failure.position()).isEqualTo(5);
            assertThat(failure.reason()).contains("the tank is empty");
        });
    }

    @Test
    void aSampleHoldsWholeStreams() {
        for (int i = 0; i < 400; i++) {
            append("t" + i, new Old.Filled("3"), new Old.Emptied());
        }

        var report = check(LITRES).ofStreams(0.25).run();

        assertThat(report.isClean()).isTrue();
        assertThat(report.events()).isBetween(100L, 300L);
        assertThat(report.eventsByType().get("tank.filled"))
                .isEqualTo(report.eventsByType().get("tank.emptied"));
        assertThat(check(LITRES).ofStreams(0.25).run()).isEqualTo(report);
    }

    @Test
    void aShareIsPartOfTheWhole() {
        for (double share : new double[] {0, -1, 1.01, Double.NaN}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> check(LITRES).ofStreams(share))
                    .withMessageContaining("at most 1");
        }
    }
}
