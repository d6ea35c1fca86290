package dev.headwater.evolution;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.headwater.DomainEvent;
import dev.headwater.EncodedMessage;
import dev.headwater.MessageSerializer;
import dev.headwater.MessageType;
import dev.headwater.MessageTypes;
import dev.headwater.Metadata;
import dev.headwater.SchemaVersion;
import dev.headwater.UndecodableMessageException;
import dev.headwater.Upcasting;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.assertj.core.util.Throwables;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.IntNode;

class UpcastersTest {

    record Item(String productId, int quantity) {}

    @MessageType(value = "order.placed", version = 3)
    record OrderPlaced(String orderId, List<Item> items, BigDecimal total) implements DomainEvent {}

    /** What {@link OrderPlaced} was in version 2. */
    record OrderPlaced2(String orderId, List<String> items, BigDecimal total) {}

    @MessageType("order.shipped")
    record OrderShipped(String orderId) implements DomainEvent {}

    @MessageType("order.billed")
    record OrderBilled(String orderId) implements DomainEvent {}

    private static final MessageTypes TYPES = MessageTypes.of(OrderPlaced.class, OrderShipped.class, OrderBilled.class);

    private static final SchemaVersion DISPATCHED = new SchemaVersion("order.dispatched", 2);
    private static final SchemaVersion SHIPPED = new SchemaVersion("order.shipped", 1);
    private static final SchemaVersion BILLED = new SchemaVersion("order.billed", 1);

    private static Upcasters.Builder placed() {
        return Upcasters.builder()
                .step("order.placed", 1, JsonEdit.rename("order", "orderId"))
                .step(
                        "order.placed",
                        2,
                        OrderPlaced2.class,
                        old -> new OrderPlaced(
                                old.orderId(),
                                old.items().stream().map(id -> new Item(id, 1)).toList(),
                                old.total()));
    }

    @Test
    void stepsLeadFromEachOldVersionToTheClass() {
        var serializer = serializer(placed().build());
        var expected = new OrderPlaced("o-1", List.of(new Item("p", 1)), new BigDecimal("1.10"));

        assertThat(serializer.decodeMessage(encoded("order.placed", 1, "{'order':'o-1','items':['p'],'total':1.10}")))
                .isEqualTo(expected);
        assertThat(serializer.decodeMessage(encoded("order.placed", 2, "{'orderId':'o-1','items':['p'],'total':1.10}")))
                .isEqualTo(expected);
        assertThat(serializer.decodeMessage(encoded(
                        "order.placed", 3, "{'orderId':'o-1','items':[{'productId':'p','quantity':1}],'total':1.10}")))
                .isEqualTo(expected);
    }

    @Test
    void whatIsStoredIsNotTouched() {
        var encoded = encoded("order.placed", 1, "{'order':'o-1','items':[],'total':1}");
        var before = encoded.payload().clone();

        serializer(placed().build()).decodeMessage(encoded);

        assertThat(encoded.payload()).isEqualTo(before);
    }

    @Test
    void aTypeGetsAnotherName() {
        var serializer = serializer(placed().rename(DISPATCHED, SHIPPED, JsonEdit.rename("id", "orderId"))
                .build());

        assertThat(serializer.decodeAll(encoded("order.dispatched", 2, "{'id':'o-1'}")))
                .containsExactly(new OrderShipped("o-1"));
        assertThat(serializer.upcasters().storedNames(Set.of("order.shipped")))
                .containsExactlyInAnyOrder("order.shipped", "order.dispatched");
        assertThat(serializer.upcasters().storedNames(Set.of("order.placed"))).containsExactly("order.placed");
    }

    @Test
    void oneMessageBecomesSeveralOrNone() {
        var serializer = serializer(placed().split(
                        DISPATCHED,
                        Set.of(SHIPPED, BILLED),
                        json -> List.of(new Upcasting.Part(BILLED, json), new Upcasting.Part(SHIPPED, json)))
                .drop(new SchemaVersion("order.viewed", 1))
                .build());

        var split = encoded("order.dispatched", 2, "{'orderId':'o-1'}");
        assertThat(serializer.decodeAll(split)).containsExactly(new OrderBilled("o-1"), new OrderShipped("o-1"));
        assertThat(serializer.decodeAll(encoded("order.viewed", 1, "{}"))).isEmpty();
        assertThatExceptionOfType(UndecodableMessageException.class)
                .isThrownBy(() -> serializer.decode(split))
                .withMessageContainingAll("2 messages", "decodeAll");
    }

    @Test
    void whatAStepMakesGoesOnFromThere() {
        var serializer = serializer(placed().split(
                        DISPATCHED,
                        Set.of(new SchemaVersion("order.placed", 1), SHIPPED),
                        json -> List.of(
                                new Upcasting.Part(
                                        new SchemaVersion("order.placed", 1),
                                        JsonEdit.object(
                                                Map.of("order", json.get("orderId"), "items", List.of(), "total", 0))),
                                new Upcasting.Part(SHIPPED, json)))
                .build());

        assertThat(serializer.decodeAll(encoded("order.dispatched", 2, "{'orderId':'o-1'}")))
                .containsExactly(new OrderPlaced("o-1", List.of(), BigDecimal.ZERO), new OrderShipped("o-1"));
    }

    @Test
    void aHoleIsNamed() {
        assertRefused(
                Upcasters.builder().step("order.placed", 1, JsonEdit.none()).build(),
                "no step from version 2 of 'order.placed' to version 3",
                "step(\"order.placed\", 2, ...)");
        assertRefused(
                Upcasters.builder().step("order.placed", 2, JsonEdit.none()).build(),
                "no step from version 1 of 'order.placed' to version 2");
        assertRefused(
                Upcasting.NONE,
                "no step from version 1 of 'order.placed' to version 2",
                "no step from version 2 of 'order.placed' to version 3");
    }

    @Test
    void aTypeMayBeginWithALaterVersion() {
        var serializer = serializer(Upcasters.builder()
                .step("order.placed", 2, JsonEdit.none())
                .startsAt(new SchemaVersion("order.placed", 2))
                .build());

        assertThatExceptionOfType(UndecodableMessageException.class)
                .isThrownBy(() -> serializer.decode(encoded("order.placed", 1, "{}")))
                .withMessageContaining("no upcaster from the older one");
    }

    @Test
    void aTypeThatOthersWereRenamedIntoBeginsWhereTheyArrive() {
        serializer(Upcasters.builder()
                .rename(new SchemaVersion("order.made", 7), new SchemaVersion("order.placed", 3))
                .build());

        assertRefused(
                Upcasters.builder()
                        .step("order.placed", 1, JsonEdit.none())
                        .rename(new SchemaVersion("order.made", 7), new SchemaVersion("order.placed", 3))
                        .build(),
                "no step from version 2 of 'order.placed' to version 3");
    }

    @Test
    void twoStepsFromOneVersionAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> placed().step("order.placed", 1, JsonEdit.none())
                        .drop(DISPATCHED)
                        .drop(DISPATCHED)
                        .build())
                .withMessageContainingAll(
                        "two steps from version 1 of 'order.placed'", "two steps from version 2 of 'order.dispatched'");
    }

    @Test
    void aLoopIsRefused() {
        assertRefused(
                placed().rename(new SchemaVersion("a", 1), new SchemaVersion("b", 1))
                        .rename(new SchemaVersion("b", 1), new SchemaVersion("a", 1))
                        .build(),
                "version 1 of 'a' lead back to it",
                "version 1 of 'b' lead back to it");
    }

    @Test
    void aStepIntoTheUnknownIsRefused() {
        assertRefused(
                placed().rename(DISPATCHED, new SchemaVersion("order.sent", 1)).build(), "unknown type 'order.sent'");
        assertRefused(
                placed().rename(DISPATCHED, new SchemaVersion("order.shipped", 2))
                        .build(),
                "leads to version 2 of 'order.shipped'",
                "reads version 1");
        assertRefused(
                placed().step("order.shipped", 1, JsonEdit.none()).build(),
                "a step from version 1 of 'order.shipped'",
                "raise the version of the class");
    }

    @Test
    void aStepThatFailsIsNamedAndThePayloadIsNot() {
        var serializer = serializer(placed().build());

        for (var json : List.of(
                "{'order':'secret','orderId':'secret'}", "['secret']", "{'order':'secret','items':{'secret':1}}")) {
            assertThatExceptionOfType(UndecodableMessageException.class)
                    .as(json)
                    .isThrownBy(() -> serializer.decode(encoded("order.placed", 1, json)))
                    .withMessageContaining("of 'order.placed' failed")
                    .satisfies(e -> assertThat(Throwables.getStackTrace(e)).doesNotContain("secret"));
        }
        assertThatExceptionOfType(UndecodableMessageException.class)
                .isThrownBy(() -> serializer.decode(encoded("order.placed", 1, "{'secret")))
                .withMessageContaining("not JSON")
                .satisfies(e -> assertThat(e).hasMessageNotContaining("secret"));
    }

    @Test
    void aStepMayMakeOnlyWhatItDeclares() {
        var serializer = serializer(
                placed().split(DISPATCHED, Set.of(SHIPPED), json -> List.of(new Upcasting.Part(BILLED, json)))
                        .build());

        assertThatExceptionOfType(UndecodableMessageException.class)
                .isThrownBy(() -> serializer.decodeAll(encoded("order.dispatched", 2, "{}")))
                .withMessageContaining("version 1 of 'order.billed', which is not among its declared targets");
    }

    @Test
    void theFutureIsNotMisread() {
        assertThatExceptionOfType(UndecodableMessageException.class)
                .isThrownBy(() -> serializer(placed().build())
                        .decode(encoded("order.placed", 4, "{'orderId':'o-1','items':[],'total':1}")))
                .withMessageContainingAll("newer code", "reads version 3", "deploy the newer code");
    }

    @Test
    void collectionsOfStepsAreJoined() {
        var joined = Upcasters.builder()
                .addAll(placed().build())
                .addAll(Upcasters.builder().rename(DISPATCHED, SHIPPED).build())
                .build();

        assertThat(serializer(joined).decodeAll(encoded("order.dispatched", 2, "{'orderId':'o'}")))
                .containsExactly(new OrderShipped("o"));
    }

    @MessageType(value = "long", version = 21)
    record Long21(Map<String, Integer> fields) implements DomainEvent {}

    /** Random edits of a version each, and what the same edits make of a map. */
    @Test
    void aChainOfTwentyVersionsIsTheSumOfItsSteps() {
        long seed = 4711;
        var random = new Random(seed);
        for (int run = 0; run < 50; run++) {
            var upcasters = Upcasters.builder();
            var edits = new ArrayList<UnaryOperator<Map<String, Integer>>>();
            for (int version = 1; version <= 20; version++) {
                var edit = randomEdit(random, version, edits);
                upcasters.step("long", version, JsonEdit.within("fields", edit));
            }
            var serializer = MessageSerializer.builder(MessageTypes.of(Long21.class))
                    .upcasters(upcasters.build())
                    .build();
            for (int version = 1; version <= 21; version++) {
                Map<String, Integer> expected = Map.of("start", 1);
                for (var edit : edits.subList(version - 1, 20)) {
                    expected = edit.apply(expected);
                }
                assertThat(serializer.decodeMessage(encoded("long", version, "{'fields':{'start':1}}")))
                        .as("seed %d, run %d, version %d", seed, run, version)
                        .isEqualTo(new Long21(expected));
            }
        }
    }

    private static JsonEdit randomEdit(Random random, int version, List<UnaryOperator<Map<String, Integer>>> edits) {
        var field = "field" + version;
        return switch (random.nextInt(3)) {
            case 0 -> {
                edits.add(map -> with(map, field, version));
                yield JsonEdit.setDefault(field, version);
            }
            case 1 -> {
                var old = "field" + random.nextInt(version);
                edits.add(map -> map.containsKey(old) ? with(without(map, old), field, map.get(old)) : map);
                yield JsonEdit.rename(old, field);
            }
            default -> {
                edits.add(map -> with(map, "start", map.get("start") + version));
                yield JsonEdit.retype("start", number -> IntNode.valueOf(number.asInt() + version));
            }
        };
    }

    private static Map<String, Integer> with(Map<String, Integer> map, String field, int value) {
        var copy = new HashMap<>(map);
        copy.put(field, value);
        return copy;
    }

    private static Map<String, Integer> without(Map<String, Integer> map, String field) {
        var copy = new HashMap<>(map);
        copy.remove(field);
        return copy;
    }

    private static void assertRefused(Upcasting upcasters, String... reasons) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> serializer(upcasters))
                .withMessageContainingAll(reasons);
    }

    private static MessageSerializer serializer(Upcasting upcasters) {
        return MessageSerializer.builder(TYPES).upcasters(upcasters).build();
    }

    private static EncodedMessage encoded(String type, int version, String json) {
        return new EncodedMessage(
                UUID.randomUUID(),
                type,
                version,
                Instant.EPOCH,
                Metadata.NONE,
                json.replace('\'', '"').getBytes(UTF_8));
    }
}
