package dev.headwater;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class MessageContextTest {

    @MessageType("news")
    record News(String text) implements Notification {}

    @Test
    void outsideOfAnyContextThereIsNothingToInherit() {
        assertThat(MessageContext.metadata()).isSameAs(Metadata.NONE);
        assertThat(Envelope.of(new News("first")).metadata()).isEqualTo(Metadata.NONE);
    }

    @Test
    void whatAHandlerSendsIsCausedByWhatItHandles() throws Exception {
        var cause = Envelope.of(new News("cause")).withMetadata(Metadata.NONE.withUser("ada"));

        var effect = MessageContext.handling(cause, () -> Envelope.of(new News("effect")));
        var second = MessageContext.handling(effect, () -> Envelope.of(new News("effect of the effect")));

        assertThat(effect.metadata().causationId()).isEqualTo(cause.id());
        assertThat(effect.correlationId()).isEqualTo(cause.id());
        assertThat(effect.metadata().user()).isEqualTo("ada");
        assertThat(second.metadata().causationId()).isEqualTo(effect.id());
        assertThat(second.correlationId()).isEqualTo(cause.id());
        assertThat(second.metadata().user()).isEqualTo("ada");
    }

    @Test
    void theFormerContextReturns() throws Exception {
        var outer = Metadata.NONE.withUser("outer");

        var seen = MessageContext.call(outer, () -> {
            MessageContext.call(Metadata.NONE.withUser("inner"), MessageContext::metadata);
            return MessageContext.metadata();
        });

        assertThat(seen).isEqualTo(outer);
        assertThat(MessageContext.metadata()).isSameAs(Metadata.NONE);
    }

    @Test
    void theFormerContextReturnsAfterAFailure() {
        assertThatThrownBy(() -> MessageContext.call(Metadata.NONE.withUser("ada"), () -> {
                    throw new IOException("on purpose");
                }))
                .isInstanceOf(IOException.class);

        assertThat(MessageContext.metadata()).isSameAs(Metadata.NONE);
    }

    @Test
    void otherThreadsAreNotConcerned() throws Exception {
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            var elsewhere = MessageContext.call(
                    Metadata.NONE.withUser("ada"),
                    () -> executor.submit(MessageContext::metadata).get());

            assertThat(elsewhere).isSameAs(Metadata.NONE);
        }
    }
}
