package dev.headwater.schema.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.DomainEvent;
import dev.headwater.MessageSerializer;
import dev.headwater.MessageType;
import dev.headwater.MessageTypes;
import dev.headwater.memory.InMemoryEventStorage;
import dev.headwater.memory.InMemorySubscriptionStorage;
import dev.headwater.schema.MessageSchema;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StreamId;
import dev.headwater.subscription.DeadLetterFilter;
import dev.headwater.subscription.StartFrom;
import dev.headwater.subscription.Subscription;
import dev.headwater.subscription.Subscriptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Stored events that do not fit the schema of their version become dead letters; other keys go on. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class RefusedEventsTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final MessageTypes TYPES = MessageTypes.of(NoteTaken.class);

    @MessageType("note.taken")
    record NoteTaken(String text) implements DomainEvent {}

    private final InMemoryEventStorage log = new InMemoryEventStorage();
    private final SchemaRegistry registry =
            SchemaRegistry.builder(new InMemorySchemaStorage()).build();
    private final List<String> handled = new CopyOnWriteArrayList<>();

    @Test
    void whatDoesNotFitIsSetAsideWithItsReason() throws Exception {
        var unchecked = new EventStore(log, new MessageSerializer(TYPES));
        append(unchecked, "a", "short");
        append(unchecked, "b", "much too long");
        append(unchecked, "b", "behind");
        append(unchecked, "c", "fits");
        registry.register(
                new MessageSchema("note.taken", 1, (ObjectNode)
                        JsonMapper.shared().readTree("{\"properties\":{\"text\":{\"maxLength\":6}}}")),
                "me");
        var storage = new InMemorySubscriptionStorage<>(handled);
        var checked = new EventStore(
                log,
                MessageSerializer.builder(TYPES).check(SchemaCheck.of(registry)).build());

        try (var subscriptions = new Subscriptions<>(checked, storage)) {
            var running = subscriptions.start(Subscription.named("notes")
                    .startingAt(StartFrom.beginning())
                    .<List<String>>reacting(event -> handled.add(((NoteTaken) event.event()).text())));
            assertThat(running.awaitPosition(4, LIMIT)).isTrue();
        }

        assertThat(handled).containsExactlyInAnyOrder("short", "fits");
        var letters = storage.deadLetters().list(DeadLetterFilter.of("notes"), 10);
        assertThat(letters).hasSize(2);
        assertThat(letters.getFirst().position()).isEqualTo(2);
        assertThat(letters.getFirst().failure().orElseThrow().message())
                .contains("$.text: expected at most 6 characters, found a string")
                .doesNotContain("much too long");
        assertThat(letters.getLast().failure()).as("it waits behind the other").isEmpty();
    }

    private static void append(EventStore store, String stream, String text) {
        store.append(new StreamId(stream), ExpectedVersion.any(), new NoteTaken(text));
    }
}
