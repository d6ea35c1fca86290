package dev.headwater.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headwater.MessageSerializer;
import dev.headwater.schema.MessageSchema;
import dev.headwater.schema.registry.IncompatibleSchemaException;
import dev.headwater.schema.registry.RegisteredSchema;
import dev.headwater.schema.registry.SchemaConflictException;
import dev.headwater.schema.registry.SchemaRegistry;
import dev.headwater.schema.registry.SchemaState;
import dev.headwater.schema.registry.SchemaStorage;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What every {@link SchemaStorage} has to do, alone and below a {@link SchemaRegistry}, as a JUnit suite: extend it and
 * say how to make a storage. Needs the schema module.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
public abstract class SchemaStorageContract {

    private static final JsonMapper MAPPER = MessageSerializer.defaultMapper().build();
    private static final String TYPE = "order.placed";
    private static final String OTHER = "Order.placed";
    private static final Instant TIME = Instant.parse("2026-02-28T12:34:56.123456Z");

    private SchemaStorage storage;

    /** For subclasses. */
    protected SchemaStorageContract() {}

    /** Makes a storage without schemas that no other test uses; called once before each test. */
    protected abstract SchemaStorage open() throws Exception;

    @BeforeEach
    final void openStorage() throws Exception {
        storage = open();
    }

    @Test
    void aSchemaComesBack() {
        var schema = new RegisteredSchema(
                new MessageSchema(
                        TYPE,
                        3,
                        json(
                                "{\"title\":\"é\\u0000\\\"\",\"multipleOf\":0.10,\"maximum\":123456789012345678901234567890}")),
                "ordering 4.1",
                TIME,
                SchemaState.DEPRECATED);

        assertTrue(storage.add(schema, Set.of()));

        assertEquals(Optional.of(schema), storage.find(TYPE, 3));
        assertEquals(List.of(schema), storage.versions(TYPE));
        assertEquals(Optional.empty(), storage.find(TYPE, 2));
    }

    @Test
    void whatCameBackIsACopy() {
        var given = json("{\"minimum\":1}");
        storage.add(new RegisteredSchema(new MessageSchema(TYPE, 1, given), "me", TIME, SchemaState.ACTIVE), Set.of());

        given.put("minimum", 2);

        assertEquals(
                json("{\"minimum\":1}"),
                storage.find(TYPE, 1).orElseThrow().schema().schema());
    }

    @Test
    void versionsComeInAscendingOrder() {
        add(10);
        add(9, 10);
        add(100, 9, 10);

        assertEquals(
                List.of(9, 10, 100),
                storage.versions(TYPE).stream().map(RegisteredSchema::version).toList());
    }

    @Test
    void typesStandBesideEachOther() {
        assertTrue(storage.add(schema(OTHER, 1), Set.of()));
        assertTrue(storage.add(schema("a", 1), Set.of()));
        add(1);

        assertEquals(List.of(schema(TYPE, 1)), storage.versions(TYPE));
        assertEquals(List.of(OTHER, "a", TYPE), storage.types());
        assertEquals(List.of(), storage.versions("order"));
    }

    @Test
    void aVersionIsAddedOnce() {
        add(1);
        var again = new RegisteredSchema(
                new MessageSchema(TYPE, 1, json("{\"minimum\":2}")), "another", TIME, SchemaState.ACTIVE);

        assertFalse(storage.add(again, Set.of()));
        assertFalse(storage.add(again, Set.of(1)));

        assertEquals(List.of(schema(TYPE, 1)), storage.versions(TYPE));
    }

    @Test
    void aVersionThatWasJudgedBesideOtherVersionsIsNotAdded() {
        add(1);
        add(2, 1);

        assertFalse(storage.add(schema(TYPE, 3), Set.of()));
        assertFalse(storage.add(schema(TYPE, 3), Set.of(1)));
        assertFalse(storage.add(schema(TYPE, 3), Set.of(1, 4)));
        assertFalse(storage.add(schema(TYPE, 3), Set.of(1, 2, 4)));
        add(3, 1, 2);
    }

    @Test
    void theStateOfOneVersionChanges() {
        add(1);
        add(2, 1);
        storage.add(schema(OTHER, 1), Set.of());

        assertTrue(storage.changeState(TYPE, 1, SchemaState.RETIRED));
        assertTrue(storage.changeState(TYPE, 1, SchemaState.RETIRED));
        assertFalse(storage.changeState(TYPE, 3, SchemaState.RETIRED));

        assertEquals(SchemaState.RETIRED, storage.find(TYPE, 1).orElseThrow().state());
        assertEquals(SchemaState.ACTIVE, storage.find(TYPE, 2).orElseThrow().state());
        assertEquals(SchemaState.ACTIVE, storage.find(OTHER, 1).orElseThrow().state());
    }

    @Test
    void aLargeSchemaComesBack() {
        var large = json("{}");
        for (int i = 0; i < 20_000; i++) {
            large.putObject("property" + i).put("type", "string");
        }
        var schema = new RegisteredSchema(new MessageSchema(TYPE, 1, large), "me", TIME, SchemaState.ACTIVE);

        assertTrue(storage.add(schema, Set.of()));

        assertEquals(Optional.of(schema), storage.find(TYPE, 1));
    }

    @Test
    void ofVersionsThatWereJudgedAtOnceOneIsAdded() {
        var added = Contenders.run(16, i -> () -> storage.add(schema(TYPE, 1 + i), Set.of()));

        assertEquals(1, added.stream().filter(Contenders.Outcome::value).count());
        assertEquals(1, storage.versions(TYPE).size());
    }

    @Test
    void ofDifferentSchemasForOneVersionOneWinsAndTheOthersAreTold() {
        var registry = SchemaRegistry.builder(storage).build();

        var outcomes = Contenders.run(
                16,
                i -> () -> registry.register(
                        new MessageSchema(TYPE, 1, json("{\"minimum\":%d}".formatted(i))), "writer " + i));

        assertEquals(1, outcomes.stream().filter(Contenders.Outcome::succeeded).count());
        var winner = storage.find(TYPE, 1).orElseThrow();
        for (var outcome : outcomes) {
            if (outcome.succeeded()) {
                assertEquals(winner, outcome.value());
            } else {
                var conflict = assertInstanceOf(SchemaConflictException.class, outcome.failure());
                assertEquals(winner, conflict.registered());
                assertTrue(String.valueOf(conflict.getMessage()).contains(winner.author()), String.valueOf(conflict));
            }
        }
    }

    @Test
    void theSameSchemaIsRegisteredOnceByEverybody() {
        var registry = SchemaRegistry.builder(storage).build();

        var outcomes = Contenders.run(
                16,
                i -> () -> registry.register(
                        new MessageSchema(TYPE, 1, json("{\"minimum\":1,\"maximum\":2}")), "writer " + i));

        var winner = storage.find(TYPE, 1).orElseThrow();
        outcomes.forEach(outcome -> assertEquals(winner, outcome.value()));
        var reordered = new MessageSchema(TYPE, 1, json("{\"maximum\":2,\"minimum\":1}"));
        assertEquals(winner, registry.register(reordered, "later"));
    }

    @Test
    void versionsThatContradictEachOtherAreNeverBothRegistered() {
        var registry = SchemaRegistry.builder(storage).build();

        var outcomes = Contenders.run(
                16,
                i -> () -> registry.register(
                        new MessageSchema(TYPE, 1 + i, json("{\"const\":%d}".formatted(i))), "writer"));

        assertEquals(1, outcomes.stream().filter(Contenders.Outcome::succeeded).count());
        for (var outcome : outcomes) {
            if (!outcome.succeeded()) {
                assertInstanceOf(IncompatibleSchemaException.class, outcome.failure());
            }
        }
    }

    @Test
    void whatTheRegistryRefusesLeavesNoTrace() {
        var registry = SchemaRegistry.builder(storage).build();
        var first = registry.register(new MessageSchema(TYPE, 1, json("{\"type\":\"string\"}")), "me");

        assertThrows(
                IncompatibleSchemaException.class,
                () -> registry.register(new MessageSchema(TYPE, 2, json("{\"type\":\"number\"}")), "me"));

        assertEquals(List.of(first), storage.versions(TYPE));
    }

    private void add(int version, Integer... judgedBeside) {
        assertTrue(storage.add(schema(TYPE, version), Set.of(judgedBeside)));
    }

    private static RegisteredSchema schema(String type, int version) {
        return new RegisteredSchema(
                new MessageSchema(type, version, json("{\"minimum\":1}")), "me", TIME, SchemaState.ACTIVE);
    }

    private static ObjectNode json(String text) {
        return (ObjectNode) MAPPER.readTree(text);
    }
}
