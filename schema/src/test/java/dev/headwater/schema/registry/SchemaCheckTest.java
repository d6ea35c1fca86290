package dev.headwater.schema.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.EncodedMessage;
import dev.headwater.Envelope;
import dev.headwater.IntegrationEvent;
import dev.headwater.InvalidMessageException;
import dev.headwater.MessageSerializer;
import dev.headwater.MessageType;
import dev.headwater.MessageTypes;
import dev.headwater.Payload;
import dev.headwater.UndecodableMessageException;
import dev.headwater.schema.MessageSchema;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class SchemaCheckTest {

    private static final Payload FITS = payload("{\"text\":\"a\"}");
    private static final Payload DOES_NOT = payload("{\"text\":1}");
    private static final String PROBLEM = "$.text: expected a string, found a number";

    private final CountingStorage storage = new CountingStorage();
    private final SchemaRegistry registry = SchemaRegistry.builder(storage).build();
    private Instant now = Instant.EPOCH;

    @MessageType("note.taken")
    record NoteTaken(String text) implements IntegrationEvent {}

    @Test
    void whatDoesNotFitIsRefusedInBothDirections() {
        register(1);
        var check = SchemaCheck.of(registry);

        assertThat(check.beforeWriting("note.taken", 1, FITS)).isEmpty();
        assertThat(check.afterReading("note.taken", 1, FITS)).isEmpty();
        assertThat(check.beforeWriting("note.taken", 1, DOES_NOT)).containsExactly(PROBLEM);
        assertThat(check.afterReading("note.taken", 1, DOES_NOT)).containsExactly(PROBLEM);
    }

    @Test
    void eachDirectionIsSwitchedByType() {
        register(1);
        var check = SchemaCheck.builder(registry)
                .whenWriting(type -> !type.equals("note.taken"))
                .whenReading(type -> type.equals("note.taken"))
                .letUnregisteredPass()
                .build();

        assertThat(check.beforeWriting("note.taken", 1, DOES_NOT)).isEmpty();
        assertThat(check.afterReading("note.taken", 1, DOES_NOT)).containsExactly(PROBLEM);
        assertThat(check.beforeWriting("other", 1, DOES_NOT)).isEmpty();
    }

    @Test
    void aVersionWithoutSchemaIsRefusedUnlessSaidOtherwise() {
        register(1);

        assertThat(SchemaCheck.of(registry).afterReading("note.taken", 2, FITS))
                .containsExactly("no schema is registered for version 2 of 'note.taken'; register it, or leave the type"
                        + " out of the check");
        assertThat(SchemaCheck.builder(registry).letUnregisteredPass().build().beforeWriting("note.taken", 2, FITS))
                .isEmpty();
    }

    @Test
    void aRetiredVersionIsReadAndNoLongerWritten() {
        register(1);
        registry.changeState("note.taken", 1, SchemaState.RETIRED);
        var check = SchemaCheck.of(registry);

        assertThat(check.afterReading("note.taken", 1, FITS)).isEmpty();
        assertThat(check.beforeWriting("note.taken", 1, FITS))
                .containsExactly("version 1 of 'note.taken' is retired; write a later one");
    }

    @Test
    void theRegistryIsAskedAgainOnlyAfterAWhile() {
        var check = SchemaCheck.builder(registry)
                .clock(() -> now)
                .refreshEvery(Duration.ofSeconds(10))
                .build();

        assertThat(check.afterReading("note.taken", 1, FITS)).hasSize(1);
        register(1);
        assertThat(check.afterReading("note.taken", 1, FITS)).hasSize(1);
        now = now.plusSeconds(10);
        assertThat(check.afterReading("note.taken", 1, FITS)).isEmpty();

        registry.changeState("note.taken", 1, SchemaState.RETIRED);
        assertThat(check.beforeWriting("note.taken", 1, FITS)).isEmpty();
        now = now.plusSeconds(10);
        assertThat(check.beforeWriting("note.taken", 1, FITS)).hasSize(1);
        assertThat(storage.finds).isEqualTo(3);
    }

    @Test
    void aRegistryThatCannotBeReachedStopsOnlyWhatWasNeverSeen() {
        register(1);
        var check = SchemaCheck.builder(registry).clock(() -> now).build();
        assertThat(check.afterReading("note.taken", 1, DOES_NOT)).hasSize(1);

        storage.isDown = true;
        now = now.plusSeconds(3600);

        assertThat(check.afterReading("note.taken", 1, DOES_NOT)).containsExactly(PROBLEM);
        assertThatThrownBy(() -> check.afterReading("note.taken", 2, FITS)).hasMessage("down");
    }

    @Test
    void aSerializerRefusesToWriteAndToReadWhatDoesNotFit() {
        registry.register(
                new MessageSchema("note.taken", 1, json("{\"properties\":{\"text\":{\"maxLength\":3}}}")), "me");
        var types = MessageTypes.of(NoteTaken.class);
        var checked =
                MessageSerializer.builder(types).check(SchemaCheck.of(registry)).build();
        var unchecked = new MessageSerializer(types);

        assertThat(checked.decode(checked.encode(Envelope.of(new NoteTaken("abc"))))
                        .message())
                .isEqualTo(new NoteTaken("abc"));
        assertThatThrownBy(() -> checked.encode(Envelope.of(new NoteTaken("abcd"))))
                .isInstanceOf(InvalidMessageException.class)
                .hasMessageContaining("$.text: expected at most 3 characters, found a string")
                .hasMessageNotContaining("abcd");
        EncodedMessage received = unchecked.encode(Envelope.of(new NoteTaken("abcd")));
        assertThatThrownBy(() -> checked.decode(received))
                .isInstanceOf(UndecodableMessageException.class)
                .hasMessageContaining("$.text: expected at most 3 characters, found a string");
    }

    private void register(int version) {
        registry.register(
                new MessageSchema("note.taken", version, json("{\"properties\":{\"text\":{\"type\":\"string\"}}}")),
                "me");
    }

    private static ObjectNode json(String text) {
        return (ObjectNode) JsonMapper.shared().readTree(text);
    }

    private static final class CountingStorage implements SchemaStorage {
        private final SchemaStorage storage = new InMemorySchemaStorage();
        private int finds;
        private boolean isDown;

        @Override
        public Optional<RegisteredSchema> find(String type, int version) {
            if (isDown) {
                throw new IllegalStateException("down");
            }
            finds++;
            return storage.find(type, version);
        }

        @Override
        public List<RegisteredSchema> versions(String type) {
            return storage.versions(type);
        }

        @Override
        public List<String> types() {
            return storage.types();
        }

        @Override
        public boolean add(RegisteredSchema schema, Set<Integer> judgedBeside) {
            return storage.add(schema, judgedBeside);
        }

        @Override
        public boolean changeState(String type, int version, SchemaState state) {
            return storage.changeState(type, version, state);
        }
    }

    private static Payload payload(String json) {
        return Payload.of(json.getBytes(StandardCharsets.UTF_8), JsonMapper.shared());
    }
}
