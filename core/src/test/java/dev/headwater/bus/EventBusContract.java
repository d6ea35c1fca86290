package dev.headwater.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.Envelope;
import dev.headwater.Message;
import dev.headwater.Metadata;
import dev.headwater.bus.TestMessages.OrderClosed;
import dev.headwater.bus.TestMessages.OrderConfirmed;
import dev.headwater.bus.TestMessages.OrderEvent;
import dev.headwater.bus.TestMessages.OrderPlaced;
import dev.headwater.bus.TestMessages.OrderShipped;
import dev.headwater.bus.TestMessages.PlaceOrder;
import dev.headwater.bus.TestMessages.StockRanLow;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What holds for synchronous and asynchronous delivery alike. */
@Timeout(60)
abstract class EventBusContract {

    private final List<HandlerFailure> failures = new CopyOnWriteArrayList<>();
    private InProcessEventBus bus;

    abstract InProcessEventBus.Builder builder();

    @BeforeEach
    void openBus() {
        bus = builder().onFailure(failures::add).build();
    }

    @AfterEach
    void closeBus() {
        assertThat(bus.close(Duration.ofSeconds(20))).as("drained").isTrue();
        assertThat(bus.activeKeys()).as("keys left behind").isZero();
    }

    @Test
    void everyHandlerOfAnEventGetsIt() {
        var first = new CopyOnWriteArrayList<Message>();
        var second = new CopyOnWriteArrayList<Message>();
        bus.subscribe(OrderPlaced.class, envelope -> first.add(envelope.message()));
        bus.subscribe(OrderPlaced.class, envelope -> second.add(envelope.message()));

        bus.publish(new OrderPlaced("1"));
        bus.publish(new OrderPlaced("2"));
        bus.close();

        assertThat(first).containsExactly(new OrderPlaced("1"), new OrderPlaced("2"));
        assertThat(second).isEqualTo(first);
    }

    @Test
    void aHandlerGetsNothingThatItDidNotSubscribeTo() {
        var placed = new CopyOnWriteArrayList<Message>();
        bus.subscribe(OrderPlaced.class, envelope -> placed.add(envelope.message()));

        bus.publish(new OrderShipped("1"));
        bus.publish(new StockRanLow("tea"));
        bus.close();

        assertThat(placed).isEmpty();
    }

    @Test
    void subscribingToASealedInterfaceDeliversAllItPermits() {
        var orderIds = new CopyOnWriteArrayList<String>();
        bus.subscribe(
                OrderEvent.class, envelope -> orderIds.add(envelope.message().orderId()));

        bus.publish(new OrderPlaced("placed"));
        bus.publish(new OrderShipped("shipped"));
        bus.publish(new OrderClosed("closed"));
        bus.publish(new StockRanLow("tea"));
        bus.close();

        assertThat(orderIds).containsExactly("placed", "shipped", "closed");
    }

    @Test
    void subscribingToMessageDeliversEventsAndNotifications() {
        var all = new CopyOnWriteArrayList<Message>();
        MessageHandler<Message> handler = envelope -> all.add(envelope.message());
        bus.subscribe(Message.class, handler);

        List<Message> published = List.of(new OrderPlaced("1"), new StockRanLow("tea"), new OrderConfirmed("1"));
        published.forEach(bus::publish);
        bus.close();

        assertThat(all).isEqualTo(published);
    }

    @Test
    void aHandlerOfASupertypeMayBeSubscribedToASubtype() {
        var all = new CopyOnWriteArrayList<Message>();
        MessageHandler<Message> handler = envelope -> all.add(envelope.message());
        bus.subscribe(OrderShipped.class, handler);

        bus.publish(new OrderPlaced("1"));
        bus.publish(new OrderShipped("1"));
        bus.close();

        assertThat(all).containsExactly(new OrderShipped("1"));
    }

    @Test
    void aCommandIsRefusedWithTheWayToSendIt() {
        assertThatThrownBy(() -> bus.publish(new PlaceOrder("1")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(PlaceOrder.class.getName())
                .hasMessageContaining("CommandBus");
        assertThatThrownBy(() -> bus.subscribe(PlaceOrder.class, envelope -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("CommandBus.builder");
    }

    @Test
    void aFailingHandlerDoesNotKeepAnEventFromTheOthers() {
        var thrown = List.of(
                new IllegalStateException("unchecked"),
                new IOException("checked"),
                new AssertionError("error"),
                new StackOverflowError("deep"),
                new OutOfMemoryError("big"),
                new NoClassDefFoundError("gone"));
        var reached = new AtomicInteger();
        for (int i = 0; i < thrown.size(); i++) {
            var exception = thrown.get(i);
            bus.subscribe(OrderPlaced.class, "failing " + i, envelope -> {
                switch (exception) {
                    case Exception e -> throw e;
                    case Error e -> throw e;
                    default -> throw new AssertionError(exception);
                }
            });
            bus.subscribe(OrderPlaced.class, envelope -> reached.incrementAndGet());
        }

        var envelope = Envelope.of(new OrderPlaced("1"));
        bus.publish(envelope);
        bus.publish(Envelope.of(new OrderPlaced("2")));
        bus.close();

        assertThat(reached).hasValue(2 * thrown.size());
        var ofTheFirst = failures.stream()
                .filter(failure -> failure.envelope().equals(envelope))
                .toList();
        assertThat(ofTheFirst)
                .extracting(HandlerFailure::handler)
                .containsExactlyInAnyOrder(
                        "failing 0", "failing 1", "failing 2", "failing 3", "failing 4", "failing 5");
        assertThat(ofTheFirst)
                .allSatisfy(failure -> assertThat(failure.exception())
                        .isSameAs(thrown.get(failure.handler().charAt("failing ".length()) - '0')));
        assertThat(failures).hasSize(2 * thrown.size());
    }

    @Test
    void aHandlerThatRecursesWithoutEndFailsAlone() {
        var reached = new AtomicInteger();
        bus.subscribe(OrderPlaced.class, "recursive", envelope -> recurse(1));
        bus.subscribe(OrderPlaced.class, envelope -> reached.incrementAndGet());

        bus.publish(new OrderPlaced("1"));
        bus.close();

        assertThat(reached).hasValue(1);
        assertThat(failures)
                .singleElement()
                .satisfies(failure -> assertThat(failure.exception()).isInstanceOf(StackOverflowError.class));
    }

    @SuppressWarnings("InfiniteRecursion")
    private static int recurse(int depth) {
        return recurse(depth + 1) + depth;
    }

    @Test
    void aFailingFailureListenerDoesNotKeepAnEventFromTheOthers() {
        var reached = new AtomicInteger();
        try (var fragile = builder()
                .onFailure(failure -> {
                    throw new AssertionError("the listener is broken too");
                })
                .build()) {
            fragile.subscribe(OrderPlaced.class, envelope -> {
                throw new IllegalStateException("broken");
            });
            fragile.subscribe(OrderPlaced.class, envelope -> reached.incrementAndGet());
            fragile.publish(new OrderPlaced("1"));
            fragile.publish(new OrderPlaced("2"));
        }

        assertThat(reached).hasValue(2);
    }

    @Test
    void aHandlerWithoutANameIsReportedByItsClass() {
        bus.subscribe(OrderPlaced.class, new Broken());

        bus.publish(new OrderPlaced("1"));
        bus.close();

        assertThat(failures).extracting(HandlerFailure::handler).containsExactly(Broken.class.getName());
    }

    private static final class Broken implements MessageHandler<OrderPlaced> {
        @Override
        public void handle(Envelope<OrderPlaced> envelope) {
            throw new IllegalStateException("broken");
        }
    }

    @Test
    void causationAndCorrelationPassThroughThreeHops() {
        var hops = new CopyOnWriteArrayList<Envelope<?>>();
        bus.subscribe(OrderEvent.class, hops::add);
        bus.subscribe(
                OrderPlaced.class,
                envelope -> bus.publish(new OrderShipped(envelope.message().orderId())));
        bus.subscribe(
                OrderShipped.class,
                envelope -> bus.publish(new OrderClosed(envelope.message().orderId())));

        var first = Envelope.of(new OrderPlaced("1"))
                .withMetadata(Metadata.NONE.withUser("ann").withTenant("north"));
        bus.publish(first);
        bus.close();

        assertThat(hops).hasSize(3);
        var placed = hops.get(0);
        var shipped = hops.get(1);
        var closed = hops.get(2);
        assertThat(placed).isSameAs(first);
        assertThat(shipped.metadata().causationId()).isEqualTo(placed.id());
        assertThat(shipped.metadata().correlationId()).isEqualTo(placed.id());
        assertThat(closed.metadata().causationId()).isEqualTo(shipped.id());
        assertThat(closed.metadata().correlationId()).isEqualTo(placed.id());
        assertThat(closed.metadata().user()).isEqualTo("ann");
        assertThat(closed.metadata().tenant()).isEqualTo("north");
    }

    @Test
    void theContextOfOneEventDoesNotLeakIntoTheNext() {
        var causes = new CopyOnWriteArrayList<List<UUID>>();
        bus.subscribe(OrderPlaced.class, envelope -> bus.publish(new OrderShipped("1")));
        bus.subscribe(
                OrderShipped.class,
                envelope -> causes.add(List.of(envelope.metadata().causationId())));
        var first = Envelope.of(new OrderPlaced("1"));
        var second = Envelope.of(new OrderPlaced("2"));

        bus.publish(first);
        bus.publish(second);
        bus.close();

        assertThat(causes).containsExactly(List.of(first.id()), List.of(second.id()));
        assertThat(Envelope.of(new OrderPlaced("3")).metadata()).isEqualTo(Metadata.NONE);
    }
}
