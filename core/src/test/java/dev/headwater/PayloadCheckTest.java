package dev.headwater;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.headwater.evolution.JsonEdit;
import dev.headwater.evolution.Upcasters;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PayloadCheckTest {

    @MessageType(value = "noted", version = 2)
    record Noted(String text) implements DomainEvent {}

    /** Refuses texts that say so, and remembers what it was asked. */
    private static final class Refusing implements PayloadCheck {
        final List<String> asked = new ArrayList<>();

        @Override
        public List<String> beforeWriting(String type, int schemaVersion, Payload payload) {
            asked.add("write " + type + " " + schemaVersion);
            return problems(payload, "unwritable");
        }

        @Override
        public List<String> afterReading(String type, int schemaVersion, Payload payload) {
            asked.add("read " + type + " " + schemaVersion);
            return problems(payload, "unreadable");
        }

        private static List<String> problems(Payload payload, String word) {
            return payload.json().toString().contains(word) ? List.of("it says " + word, "that is bad") : List.of();
        }
    }

    private final Refusing check = new Refusing();
    private final MessageSerializer serializer = MessageSerializer.builder(MessageTypes.of(Noted.class))
            .upcasters(Upcasters.builder()
                    .step("noted", 1, JsonEdit.rename("note", "text"))
                    .build())
            .check(check)
            .build();

    @Test
    void whatPassesIsWrittenAndRead() {
        var noted = Envelope.of(new Noted("fine"));

        assertThat(serializer.decode(serializer.encode(noted))).isEqualTo(noted);
        assertThat(check.asked).containsExactly("write noted 2", "read noted 2");
    }

    @Test
    void whatDoesNotPassIsNotWritten() {
        assertThatExceptionOfType(InvalidMessageException.class)
                .isThrownBy(() -> serializer.encode(Envelope.of(new Noted("unwritable"))))
                .withMessageContainingAll("'noted'", "it says unwritable; that is bad");
    }

    @Test
    void whatDoesNotPassIsNotRead() {
        assertThatExceptionOfType(UndecodableMessageException.class)
                .isThrownBy(() -> serializer.decode(encoded(2, "{\"text\":\"unreadable\"}")))
                .withMessageContaining("it says unreadable; that is bad");
    }

    @Test
    void anOldMessageIsCheckedAsItWasStored() {
        assertThat(serializer.decodeMessage(encoded(1, "{\"note\":\"old\"}"))).isEqualTo(new Noted("old"));
        assertThat(check.asked).containsExactly("read noted 1");
        assertThatExceptionOfType(UndecodableMessageException.class)
                .isThrownBy(() -> serializer.decode(encoded(1, "{\"note\":\"unreadable\"}")))
                .withMessageContaining("it says unreadable");
    }

    @Test
    void whatIsNoJsonIsNeitherCheckedNorRead() {
        for (var broken : List.of("", "{", "{\"text\":\"a\"} b", "[".repeat(300))) {
            assertThatExceptionOfType(UndecodableMessageException.class)
                    .as(broken)
                    .isThrownBy(() -> serializer.decode(encoded(2, broken)))
                    .withMessageContaining("'noted'");
            assertThatExceptionOfType(UndecodableMessageException.class)
                    .as(broken)
                    .isThrownBy(() -> serializer.decode(encoded(1, broken)))
                    .withMessageContaining("'noted'");
        }
    }

    private static EncodedMessage encoded(int version, String json) {
        return new EncodedMessage(
                UUID.randomUUID(), "noted", version, Instant.EPOCH, Metadata.NONE, json.getBytes(UTF_8));
    }
}
