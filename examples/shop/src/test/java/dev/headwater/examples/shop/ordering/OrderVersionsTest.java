package dev.headwater.examples.shop.ordering;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.headwater.EncodedMessage;
import dev.headwater.MessageSerializer;
import dev.headwater.MessageTypes;
import dev.headwater.UndecodableMessageException;
import dev.headwater.examples.shop.ordering.OrderEvent.OrderCreated;
import dev.headwater.memory.InMemoryEventStorage;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class OrderVersionsTest {

    private static final StreamId ORDER = StreamId.of("order", "536365");

    private static final MessageSerializer SERIALIZER = MessageSerializer.builder(MessageTypes.of(OrderEvent.class))
            .upcasters(OrderVersions.UPCASTERS)
            .build();

    private final InMemoryEventStorage storage = new InMemoryEventStorage();

    /** What the first version of the shop writes to. */
    private final EventStore first = new EventStore(new FirstVersion(storage), SERIALIZER);

    private final EventStore present = new EventStore(storage, SERIALIZER);

    private static OrderCreated order(OrderItem... items) {
        return new OrderCreated(
                new OrderId("536365"),
                Optional.of(new CustomerId("17850")),
                "United Kingdom",
                List.of(items),
                OrderItem.totalOf(List.of(items)),
                OptionalInt.of(7));
    }

    @Test
    void linesThatWereTextBecomeItems() {
        var created = order(
                new OrderItem("85123A", "WHITE HANGING HEART", 6, Money.of("2.55")),
                new OrderItem("BANK CHARGES", "", 1, Money.of("15.00")),
                new OrderItem("PADS at 2", "for 1.00: a quote \" and a\nline end", 3_000_000_000L, Money.of("0.001")));

        first.append(ORDER, ExpectedVersion.noStream(), created);

        var stored = present.readStream(ORDER).toList().getFirst();
        assertThat(stored.encoded().schemaVersion()).isEqualTo(1);
        assertThat(new String(stored.encoded().payload(), UTF_8))
                .contains("\"items\":[\"6 x 85123A at 2.55: WHITE HANGING HEART\"");
        assertThat(stored.event()).isEqualTo(created);
    }

    @Test
    void whatHasNotChangedIsStoredAsEver() {
        var placed = new OrderEvent.OrderPlaced(new OrderId("536365"), Optional.empty(), Money.of("1.00"));

        first.append(ORDER, ExpectedVersion.noStream(), placed);

        assertThat(present.readStream(ORDER)).extracting(StoredEvent::event).containsExactly(placed);
    }

    @Test
    void aLineThatReadsOtherwiseIsReported() {
        var created = order(new OrderItem("85123A", "WHITE HANGING HEART", 6, Money.of("2.55")));
        first.append(ORDER, ExpectedVersion.noStream(), created);
        var stored = present.readStream(ORDER).toList().getFirst().encoded();
        var altered = new EncodedMessage(
                stored.id(),
                stored.type(),
                stored.schemaVersion(),
                stored.time(),
                stored.metadata(),
                new String(stored.payload(), UTF_8).replace(" at ", " for ").getBytes(UTF_8));

        assertThatExceptionOfType(UndecodableMessageException.class)
                .isThrownBy(() -> SERIALIZER.decode(altered))
                .withMessageContaining("does not read '6 x 85123A at 2.55: description'");
    }
}
