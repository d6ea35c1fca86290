package dev.headwater.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.headwater.DomainEvent;
import dev.headwater.Envelope;
import dev.headwater.MessageType;
import dev.headwater.MessageTypes;
import dev.headwater.Metadata;
import dev.headwater.memory.InMemoryEventStorage;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EventLimitsTest {

    @MessageType("limited")
    record Limited() implements DomainEvent {}

    @Test
    void anEventHasAHundredTagsAtMost() {
        assertThat(new NewEvent(Envelope.of(new Limited()), tags(100, 10)).tags())
                .hasSize(100);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new NewEvent(Envelope.of(new Limited()), tags(101, 10)))
                .withMessageContaining("101 tags")
                .withMessageContaining("at most 100");
    }

    @Test
    void tagsAndMetadataCountInTheSizeOfAnAppend() {
        var store = new EventStore(new InMemoryEventStorage(), MessageTypes.of(Limited.class));
        var metadata = Metadata.NONE.with("much", "x".repeat(8000)).withUser("somebody");
        var tags = tags(100, 195);

        var events = IntStream.range(0, 2700)
                .mapToObj(i -> new NewEvent(Envelope.of(new Limited()).withMetadata(metadata), tags))
                .toList();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> store.append(Append.to(new StreamId("a"), ExpectedVersion.any(), events)))
                .withMessageContaining("split it");
        store.append(Append.to(new StreamId("a"), ExpectedVersion.any(), List.of(events.getFirst())));
        assertThat(store.headPosition()).isEqualTo(1);
    }

    private static Set<String> tags(int number, int length) {
        return IntStream.range(0, number)
                .mapToObj(i -> "t".repeat(length - 3) + (100 + i))
                .collect(Collectors.toSet());
    }
}
