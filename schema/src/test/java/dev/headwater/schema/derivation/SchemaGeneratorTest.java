package dev.headwater.schema.derivation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonIdentityInfo;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.annotation.ObjectIdGenerators;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import dev.headwater.DomainEvent;
import dev.headwater.Envelope;
import dev.headwater.Message;
import dev.headwater.MessageSerializer;
import dev.headwater.MessageType;
import dev.headwater.MessageTypes;
import dev.headwater.schema.MessageSchema;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class SchemaGeneratorTest {

    private static final SchemaRegistry STRICT = SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12,
            builder -> builder.schemaRegistryConfig(
                    SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()));

    private final MessageSerializer serializer = new MessageSerializer(MessageTypes.of(EveryType.class));
    private final SchemaGenerator generator = SchemaGenerator.of(serializer.mapper());

    @Test
    void whatIsWrittenFitsTheSchemaAndCanBeRead() {
        for (var type : serializer.types().all()) {
            var schema = STRICT.getSchema(generator.schemaOf(type).schema());
            for (var seed : RandomValues.seeds(300)) {
                var json = write(serializer, (Message) new RandomValues(seed).record(type.type()));

                assertThat(schema.validate(json, InputFormat.JSON))
                        .as("%s of seed %d: %s", type.name(), seed, json)
                        .isEmpty();
                assertThat(tree(write(serializer, read(serializer, type, json))))
                        .as("%s of seed %d, read and written again", type.name(), seed)
                        .isEqualTo(tree(json));
            }
        }
    }

    @Test
    void everyMissingRequiredFieldIsFound() {
        for (var type : serializer.types().all()) {
            var message = generator.schemaOf(type).schema();
            var schema = STRICT.getSchema(message);
            var json = (ObjectNode) serializer.mapper().readTree(write(serializer, (Message)
                    new RandomValues(1).record(type.type())));
            for (var name : message.path("required").valueStream().toList()) {
                var lacking = json.deepCopy();
                lacking.remove(name.asString());

                assertThat(schema.validate(lacking))
                        .as("%s without %s", type.name(), name)
                        .isNotEmpty();
            }
        }
    }

    @MessageType(value = "order.placed", version = 3)
    record OrderPlaced(
            String orderId,
            List<Item> items,
            Item gift,
            @Nullable String note,
            Optional<Item> extra,
            State state) implements DomainEvent {}

    record Item(String sku, int quantity, Map<String, String> labels) {}

    enum State {
        OPEN,
        PAID
    }

    @Test
    void aSchemaReadsLikeTheRecord() {
        assertThat(schemaOf(OrderPlaced.class).schema().toPrettyString()).isEqualToIgnoringNewLines("""
                        {
                          "$schema" : "https://json-schema.org/draft/2020-12/schema",
                          "$id" : "urn:headwater:order.placed:3",
                          "title" : "order.placed",
                          "type" : "object",
                          "properties" : {
                            "orderId" : {
                              "type" : "string"
                            },
                            "items" : {
                              "type" : "array",
                              "items" : {
                                "$ref" : "#/$defs/Item"
                              }
                            },
                            "gift" : {
                              "$ref" : "#/$defs/Item"
                            },
                            "note" : {
                              "type" : [ "string", "null" ]
                            },
                            "extra" : {
                              "anyOf" : [ {
                                "$ref" : "#/$defs/Item"
                              }, {
                                "type" : "null"
                              } ]
                            },
                            "state" : {
                              "enum" : [ "OPEN", "PAID" ]
                            }
                          },
                          "required" : [ "gift", "items", "orderId", "state" ],
                          "$defs" : {
                            "Item" : {
                              "type" : "object",
                              "properties" : {
                                "sku" : {
                                  "type" : "string"
                                },
                                "quantity" : {
                                  "type" : "integer",
                                  "minimum" : -2147483648,
                                  "maximum" : 2147483647
                                },
                                "labels" : {
                                  "type" : "object",
                                  "additionalProperties" : {
                                    "type" : "string"
                                  }
                                }
                              },
                              "required" : [ "labels", "quantity", "sku" ]
                            }
                          }
                        }""");
    }

    @Test
    void theSubtypesOfASealedTypeAreToldApartByTheirName() {
        var payment = generator
                .schemaOf(serializer.types().require(EveryType.Nestings.class))
                .schema()
                .at("/properties/payment");

        assertThat(payment).hasToString("{\"anyOf\":[{\"$ref\":\"#/$defs/Card\"},{\"$ref\":\"#/$defs/Transfer\"}]}");
    }

    @Test
    void theSameClassesGiveTheSameText() {
        var again = new MessageSerializer(MessageTypes.of(EveryType.class));

        assertThat(SchemaGenerator.of(again.mapper()).schemasOf(again.types()))
                .hasToString(generator.schemasOf(serializer.types()).toString());
    }

    sealed interface Shape {
        record Circle(double radius) implements Shape {}
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.CLASS)
    sealed interface Tied {
        record One() implements Tied {}
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, include = JsonTypeInfo.As.WRAPPER_ARRAY)
    sealed interface Wrapped {
        record Two() implements Wrapped {}
    }

    @JsonIdentityInfo(generator = ObjectIdGenerators.IntSequenceGenerator.class)
    record Numbered(String name) {}

    record Key(String value) {}

    static final class NoConstructor {

        public final String name;

        NoConstructor(String name, int other) {
            this.name = name + other;
        }
    }

    @MessageType("drawing.drawn")
    record Drawn(
            List<Shape> shapes,
            Object anything,
            Tied tied,
            Wrapped wrapped,
            Numbered numbered,
            Map<Key, String> byKey,
            @JsonUnwrapped Key unwrapped,
            NoConstructor unmade)
            implements DomainEvent {}

    @Test
    void aTypeWithoutSchemaIsRefusedWithItsPlaceAndTheWayOut() {
        assertThatThrownBy(() -> schemaOf(Drawn.class))
                .isInstanceOf(IllegalArgumentException.class)
                .extracting(refused -> refused.getMessage().replaceAll("dev[.a-zA-Z]*Test\\$", ""))
                .isEqualTo("""
                        The messages have no JSON Schema:
                          drawing.drawn: shapes[] (Shape) can be written but not read again, because its JSON does not \
                        say which class it is: annotate it with @JsonTypeInfo(use = JsonTypeInfo.Id.NAME), and what it \
                        permits with @JsonTypeName, or declare a concrete class
                          drawing.drawn: anything (java.lang.Object) does not say what its JSON looks like: give it a \
                        schema with SchemaGenerator's defining(Object.class, ...), or use another type
                          drawing.drawn: tied (Tied) is told apart by CLASS, which ties stored data to Java classes or \
                        leaves it to chance: use JsonTypeInfo.Id.NAME
                          drawing.drawn: wrapped (Wrapped) keeps its type name by WRAPPER_ARRAY: use \
                        JsonTypeInfo.As.PROPERTY
                          drawing.drawn: numbered (Numbered) is not written as a plain object: leave out \
                        @JsonFormat(shape = ARRAY) and @JsonIdentityInfo
                          drawing.drawn: byKey (java.util.Map<Key,java.lang.String>) has keys of Key, which are written \
                        with toString(): annotate their single value with @JsonValue, or use text
                          drawing.drawn: unwrapped (Key) is written without an object of its own, by @JsonUnwrapped: \
                        leave the annotation out
                          drawing.drawn: unmade (NoConstructor) cannot be made from JSON: make it a record, or annotate \
                        a constructor with @JsonCreator""");
    }

    @Retention(RetentionPolicy.RUNTIME)
    @interface Secret {}

    @MessageType("secret.told")
    record Told(@Secret String secret, Shape shape, List<Shape> more, String open) implements DomainEvent {}

    @Test
    void aSchemaCanBeGivenByTypeAndByAnnotation() {
        var json = JsonMapper.shared();
        var encrypted = (ObjectNode) json.readTree("{\"type\":\"object\",\"required\":[\"encrypted\"]}");
        var shape = (ObjectNode) json.readTree("{\"type\":\"object\"}");

        var schema = generator
                .defining(Shape.class, shape)
                .definingAnnotated(Secret.class, encrypted)
                .schemaOf(MessageTypes.of(Told.class).require(Told.class))
                .schema();

        assertThat(schema.at("/properties/secret")).isEqualTo(encrypted);
        assertThat(schema.at("/properties/shape")).isEqualTo(shape);
        assertThat(schema.at("/properties/more/items")).isEqualTo(shape);
        assertThat(schema.at("/properties/open")).hasToString("{\"type\":\"string\"}");
    }

    private MessageSchema schemaOf(Class<? extends Message> type) {
        return generator.schemaOf(MessageTypes.of(type).require(type));
    }

    private JsonNode tree(String json) {
        return serializer.mapper().readTree(json);
    }

    private static String write(MessageSerializer serializer, Message message) {
        return new String(serializer.encode(Envelope.of(message)).payload(), StandardCharsets.UTF_8);
    }

    private static Message read(MessageSerializer serializer, MessageTypes.RegisteredType type, String json) {
        return serializer.mapper().readValue(json, type.type());
    }
}
