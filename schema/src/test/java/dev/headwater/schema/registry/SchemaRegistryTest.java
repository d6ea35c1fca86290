package dev.headwater.schema.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.schema.MessageSchema;
import dev.headwater.schema.compatibility.Compatibility;
import dev.headwater.schema.validation.InvalidSchemaException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class SchemaRegistryTest {

    private static final Instant NOW = Instant.parse("2026-02-28T12:34:56.123456789Z");
    private static final String TEXT = "{\"type\":\"object\",\"properties\":{\"total\":{\"type\":\"string\"}}}";
    private static final String NUMBER = TEXT.replace("string", "number");

    private final SchemaStorage storage = new InMemorySchemaStorage();
    private final SchemaRegistry registry =
            SchemaRegistry.builder(storage).clock(() -> NOW).build();

    @Test
    void aSchemaIsRegisteredWithAuthorTimeAndState() {
        var registered = registry.register(schema(1, TEXT), "ordering 4.1");

        assertThat(registered)
                .isEqualTo(new RegisteredSchema(
                        schema(1, TEXT),
                        "ordering 4.1",
                        Instant.parse("2026-02-28T12:34:56.123456Z"),
                        SchemaState.ACTIVE));
        assertThat(registry.find("order.placed", 1)).contains(registered);
        assertThat(registry.versions("order.placed")).containsExactly(registered);
        assertThat(registry.types()).containsExactly("order.placed");
    }

    @Test
    void theSameSchemaAgainIsTheSameWhateverReadItsNumbers() {
        var decimal = JsonMapper.builder()
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .build();
        var text = "{\"multipleOf\":0.01,\"maximum\":12345678901}";

        var registered = registry.register(schema(1, text), "me");

        var again = new MessageSchema("order.placed", 1, (ObjectNode) decimal.readTree(text));
        assertThat(registry.register(again, "another")).isEqualTo(registered);
        assertThatThrownBy(() -> registry.register(schema(1, text.replace("0.01", "0.02")), "another"))
                .isInstanceOf(SchemaConflictException.class)
                .hasMessageContaining("by me with another content");
    }

    @Test
    void aRefusalExplainsEveryDifference() {
        registry.register(schema(1, TEXT), "me");

        assertThatThrownBy(() -> registry.register(schema(2, NUMBER), "me"))
                .isInstanceOf(IncompatibleSchemaException.class)
                .hasMessage("Version 2 of 'order.placed' is not compatible with other versions (BACKWARD_TRANSITIVE):"
                        + " change it back, or register an upcaster from the older version.\n"
                        + "  version 1: $.total: 'total' must now be a number: events written before may hold a"
                        + " string");
    }

    @Test
    void anUpcasterStandsInForCompatibility() {
        var upcasting = SchemaRegistry.builder(storage)
                .upcasters((type, from) -> from == 1)
                .build();
        upcasting.register(schema(1, TEXT), "me");

        assertThat(upcasting.register(schema(2, NUMBER), "me").version()).isEqualTo(2);
        assertThatThrownBy(() -> upcasting.register(schema(3, TEXT), "me"))
                .isInstanceOf(IncompatibleSchemaException.class)
                .hasMessageContaining("version 2:")
                .hasMessageNotContaining("version 1:");
    }

    @Test
    void anEarlierVersionThatComesLateIsJudgedToo() {
        registry.register(schema(2, NUMBER), "me");

        assertThatThrownBy(() -> registry.register(schema(1, TEXT), "me"))
                .isInstanceOf(IncompatibleSchemaException.class)
                .hasMessageContaining("version 2: $.total: 'total' must now be a number");
    }

    @Test
    void aRegistryWithoutDemandsTakesWhatIsValid() {
        var lenient = SchemaRegistry.builder(storage)
                .compatibility(Compatibility.NONE)
                .build();
        lenient.register(schema(1, TEXT), "me");

        assertThat(lenient.register(schema(2, NUMBER), "me").version()).isEqualTo(2);
    }

    @Test
    void aSchemaThatCannotBeUsedIsRefused() {
        assertThatThrownBy(() -> registry.register(schema(1, "{\"$ref\":\"https://example.org/x\"}"), "me"))
                .isInstanceOf(InvalidSchemaException.class);
        for (var wrong : List.of(
                new MessageSchema("", 1, json(TEXT)),
                new MessageSchema("a\u0000", 1, json(TEXT)),
                new MessageSchema("order.placed", 0, json(TEXT)))) {
            assertThatThrownBy(() -> registry.register(wrong, "me"))
                    .as(wrong.toString())
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(registry.types()).isEmpty();
    }

    @Test
    void theStateOfAnUnknownVersionCannotBeChanged() {
        registry.register(schema(1, TEXT), "me");

        registry.changeState("order.placed", 1, SchemaState.RETIRED);

        assertThat(registry.find("order.placed", 1).orElseThrow().state()).isEqualTo(SchemaState.RETIRED);
        assertThatThrownBy(() -> registry.changeState("order.placed", 2, SchemaState.RETIRED))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("registered are [1]");
    }

    private static MessageSchema schema(int version, String schema) {
        return new MessageSchema("order.placed", version, json(schema));
    }

    private static ObjectNode json(String text) {
        return (ObjectNode) JsonMapper.shared().readTree(text);
    }
}
