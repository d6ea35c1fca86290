package dev.headwater;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class MetadataTest {

    @MessageType("news")
    record News(String text) implements Notification {}

    private final UUID conversation = UuidV7.next();

    @Test
    void aFirstMessageStartsItsConversation() {
        var first = Envelope.of(new News("first"));

        assertThat(first.correlationId()).isEqualTo(first.id());
        assertThat(Metadata.causedBy(first))
                .isEqualTo(new Metadata(first.id(), first.id(), null, null, null, Map.of()));
    }

    @Test
    void aLaterMessagePassesItsConversationOn() {
        var later = Envelope.of(new News("later"))
                .withMetadata(new Metadata(
                        conversation, UuidV7.next(), "ada", "acme", "00-1-2-01", Map.of("channel", "web")));

        assertThat(later.correlationId()).isEqualTo(conversation);
        assertThat(Metadata.causedBy(later))
                .isEqualTo(
                        new Metadata(conversation, later.id(), "ada", "acme", "00-1-2-01", Map.of("channel", "web")));
    }

    @Test
    void everyWithChangesOneThing() {
        assertThat(Metadata.NONE
                        .withUser("u")
                        .withTenant("t")
                        .withTraceParent("p")
                        .with("a", "1")
                        .with("a", "2"))
                .isEqualTo(new Metadata(null, null, "u", "t", "p", Map.of("a", "2")));
        assertThat(Metadata.NONE.withUser("u").withUser(null)).isEqualTo(Metadata.NONE);
    }

    @Test
    void attributesAreCopied() {
        var attributes = new HashMap<>(Map.of("a", "1"));
        var metadata = new Metadata(null, null, null, null, null, attributes);
        attributes.put("a", "2");

        assertThat(metadata.attributes()).containsExactly(Map.entry("a", "1"));
    }

    @Test
    void anAttributeCannotHideAComponent() {
        for (var taken : new String[] {"user", "tenant", "traceparent"}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Metadata.NONE.with(taken, "x"))
                    .withMessageContaining("'" + taken + "'");
        }
    }

    @Test
    void jsonKeepsEverything() {
        for (var metadata : new Metadata[] {
            Metadata.NONE,
            Metadata.NONE.withUser(""),
            Metadata.NONE.withTenant("acme").with("", "empty key"),
            new Metadata(conversation, null, null, null, null, Map.of()),
            new Metadata(null, conversation, "a\u0000b", "\"\\", "\ud83d\ude80", Map.of("k", "{\"a\":1}", "K", ""))
        }) {
            assertThat(MetadataJson.read(
                            metadata.correlationId(), metadata.causationId(), MetadataJson.write(metadata)))
                    .isEqualTo(metadata);
        }
    }

    @Test
    void jsonIsLeftOutWhenTheIdsSayEverything() {
        assertThat(MetadataJson.write(new Metadata(conversation, conversation, null, null, null, Map.of())))
                .isNull();
        assertThat(MetadataJson.read(null, null, null)).isSameAs(Metadata.NONE);
    }
}
