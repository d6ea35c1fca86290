package dev.headwater.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.Envelope;
import dev.headwater.InvalidMessageException;
import dev.headwater.Message;
import dev.headwater.MessageSerializer;
import dev.headwater.MessageTypes;
import dev.headwater.Payload;
import dev.headwater.UndecodableMessageException;
import dev.headwater.postgres.WebhookMutations.Kind;
import dev.headwater.postgres.WebhookMutations.Mutation;
import dev.headwater.schema.registry.SchemaCheck;
import dev.headwater.schema.registry.SchemaRegistry;
import dev.headwater.store.Direction;
import dev.headwater.store.EventQuery;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.EncodedAppend;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Real events go through registry, serializer and store. Of their 329 payloads 53 do not fit their own schemas, mostly
 * for being older than these; Ajv 8 accepts and refuses the same ones.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RealEventsTest {

    private static final int VALID = 276;
    private static final int INVALID = 53;
    private static final long SEED = 20_260_228;
    private static final int MUTATIONS_OF_A_KIND = 100;

    private static final StreamId STREAM = new StreamId("webhooks");

    private final Webhooks webhooks = new Webhooks();
    private final PostgresDatabase database = TestServers.open(TestServers.newest(), TestServers.freshSchema());
    private final SchemaRegistry registry =
            SchemaRegistry.builder(new PostgresSchemaStorage(database)).build();
    private final SchemaCheck check = SchemaCheck.of(registry);
    private final Map<String, Class<? extends Message>> classes = new HashMap<>();
    private final MessageTypes types = register();

    private final MessageSerializer checked =
            MessageSerializer.builder(types).check(check).build();
    private final MessageSerializer unchecked = new MessageSerializer(types);

    private MessageTypes register() {
        var builder = MessageTypes.builder();
        for (var schema : webhooks.schemas().values()) {
            registry.register(schema, "github");
            var type = WebhookEvent.anotherClass();
            classes.put(schema.type(), type);
            builder.add(type, schema.type(), schema.version());
        }
        return builder.build();
    }

    @AfterAll
    void close() {
        database.eventStorage().close();
        database.close();
    }

    @Test
    void everyValidPayloadIsPublishedStoredAndReadBack() {
        var published = new ArrayList<JsonNode>();
        var refused = 0;
        for (var payload : webhooks.payloads()) {
            try {
                append(checked, payload.type(), payload.json());
                published.add(payload.json());
            } catch (InvalidMessageException e) {
                refused++;
            }
        }

        assertThat(registry.types()).hasSize(58);
        assertThat(published).hasSize(VALID);
        assertThat(refused).isEqualTo(INVALID);
        assertThat(read()).isEqualTo(published);
    }

    @Test
    void everyMutationIsRefusedWithItsPlace() {
        var mutations = mutations();
        for (var kind : Kind.values()) {
            assertThat(mutations.get(kind)).as(kind.name()).hasSize(MUTATIONS_OF_A_KIND);
        }

        mutations.values().forEach(ofKind -> ofKind.forEach(this::requireRefused));
    }

    private void requireRefused(TypedMutation mutation) {
        var message = message(mutation.type(), mutation.broken().json().get());
        var place = mutation.broken().path() + ": expected ";
        assertThatThrownBy(() -> checked.encode(Envelope.of(message)))
                .as(mutation.toString())
                .isInstanceOf(InvalidMessageException.class)
                .hasMessageContaining(place);
        var received = unchecked.encode(Envelope.of(message));
        assertThatThrownBy(() -> checked.decode(received))
                .as(mutation.toString())
                .isInstanceOf(UndecodableMessageException.class)
                .hasMessageContaining(place);
    }

    private record TypedMutation(String type, Mutation broken) {
        @Override
        public String toString() {
            return type + " " + broken.kind() + " " + broken.path();
        }
    }

    /** So many of each kind, drawn from all that the valid payloads offer. */
    private Map<Kind, List<TypedMutation>> mutations() {
        var random = new Random(SEED);
        var mutations = new EnumMap<Kind, List<TypedMutation>>(Kind.class);
        var payloads = new ArrayList<>(webhooks.payloads());
        Collections.shuffle(payloads, random);
        for (var payload : payloads) {
            var schema = webhooks.schemas().get(payload.type());
            var written = Payload.of(payload.json().toString().getBytes(StandardCharsets.UTF_8), JsonMapper.shared());
            if (check.beforeWriting(schema.type(), schema.version(), written).isEmpty()) {
                var possible = new ArrayList<>(WebhookMutations.of(schema.schema(), payload.json()));
                Collections.shuffle(possible, random);
                for (var kind : Kind.values()) {
                    possible.stream()
                            .filter(each -> each.kind() == kind)
                            .limit(3)
                            .forEach(each -> mutations
                                    .computeIfAbsent(kind, unknown -> new ArrayList<>())
                                    .add(new TypedMutation(payload.type(), each)));
                }
            }
        }
        mutations.replaceAll((kind, all) -> all.subList(0, Math.min(all.size(), MUTATIONS_OF_A_KIND)));
        return mutations;
    }

    private void append(MessageSerializer serializer, String type, JsonNode json) {
        var encoded = serializer.encode(Envelope.of(message(type, json)));
        var event = new EncodedAppend.Event(encoded, Set.of());
        var part = new EncodedAppend.Part(STREAM, ExpectedVersion.any(), List.of(event));
        database.eventStorage().append(new EncodedAppend(List.of(part), Optional.empty()));
    }

    private List<JsonNode> read() {
        var read = new ArrayList<JsonNode>();
        long through = 0;
        boolean end = false;
        while (!end) {
            var page = database.eventStorage().readLog(EventQuery.all(), Direction.FORWARDS, through, 1_000);
            page.events()
                    .forEach(event -> read.add(Webhooks.MAPPER.valueToTree(
                            checked.decode(event.message()).message())));
            through = page.through();
            end = page.end();
        }
        return read;
    }

    private Message message(String type, JsonNode json) {
        return Webhooks.MAPPER.treeToValue(json, classes.get(type));
    }
}
