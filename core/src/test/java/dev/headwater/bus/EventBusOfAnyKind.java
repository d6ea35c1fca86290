package dev.headwater.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.Command;
import dev.headwater.Envelope;
import dev.headwater.IntegrationEvent;
import dev.headwater.Message;
import dev.headwater.MessageType;
import dev.headwater.MessageTypes;
import dev.headwater.Metadata;
import dev.headwater.Notification;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What holds for every event bus, within the process and between processes, whenever it delivers. */
@Timeout(60)
public abstract class EventBusOfAnyKind {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    /** What orders tell; all have the same key. */
    public sealed interface OrderEvent extends IntegrationEvent {
        String orderId();
    }

    @MessageType("any.placed")
    public record Placed(String orderId) implements OrderEvent {}

    @MessageType("any.shipped")
    public record Shipped(String orderId) implements OrderEvent {}

    @MessageType("any.closed")
    public record Closed(String orderId) implements OrderEvent {}

    @MessageType("any.low")
    public record RanLow(String article) implements Notification {}

    @MessageType("any.place")
    public record Place(String orderId) implements Command<String> {}

    protected static final MessageTypes TYPES = MessageTypes.of(OrderEvent.class, RanLow.class, Place.class);

    private EventBus bus;

    /** A bus without handlers. */
    protected abstract EventBus open();

    @BeforeEach
    final void openBus() {
        bus = open();
    }

    @AfterEach
    final void closeBus() {
        bus.close();
    }

    @Test
    void everyHandlerOfAnEventGetsIt() {
        var first = new CopyOnWriteArrayList<Message>();
        var second = new CopyOnWriteArrayList<Message>();
        bus.subscribe(Placed.class, "first", envelope -> first.add(envelope.message()));
        bus.subscribe(Placed.class, "second", envelope -> second.add(envelope.message()));

        bus.publish(new Placed("1"));
        bus.publish(new Placed("2"));

        await(() -> first.size() == 2 && second.size() == 2);
        assertThat(first).containsExactly(new Placed("1"), new Placed("2"));
        assertThat(second).isEqualTo(first);
    }

    @Test
    void aHandlerGetsNothingThatItDidNotSubscribeTo() {
        var handled = new CopyOnWriteArrayList<Message>();
        bus.subscribe(Placed.class, "placed", envelope -> handled.add(envelope.message()));

        bus.publish(new Shipped("1"));
        bus.publish(new RanLow("tea"));
        bus.publish(new Placed("1"));

        await(() -> !handled.isEmpty());
        assertThat(handled).containsExactly(new Placed("1"));
    }

    @Test
    void subscribingToASealedInterfaceDeliversAllItPermits() {
        var ids = new CopyOnWriteArrayList<String>();
        bus.subscribe(
                OrderEvent.class,
                "orders",
                envelope -> ids.add(envelope.message().orderId()));

        bus.publish(new Placed("placed"));
        bus.publish(new RanLow("tea"));
        bus.publish(new Shipped("shipped"));
        bus.publish(new Closed("closed"));

        await(() -> ids.size() == 3);
        assertThat(ids).containsExactly("placed", "shipped", "closed");
    }

    @Test
    void subscribingToMessageDeliversEventsAndNotifications() {
        var all = new CopyOnWriteArrayList<Message>();
        MessageHandler<Message> handler = envelope -> all.add(envelope.message());
        bus.subscribe(Message.class, "all", handler);

        List<Message> published = List.of(new Placed("1"), new RanLow("tea"), new Shipped("1"));
        published.forEach(bus::publish);

        await(() -> all.size() == 3);
        assertThat(all).isEqualTo(published);
    }

    @Test
    void aHandlerOfASupertypeMayBeSubscribedToASubtype() {
        var all = new CopyOnWriteArrayList<Message>();
        MessageHandler<Message> handler = envelope -> all.add(envelope.message());
        bus.subscribe(Shipped.class, "shipped", handler);

        bus.publish(new Placed("1"));
        bus.publish(new Shipped("1"));

        await(() -> !all.isEmpty());
        assertThat(all).containsExactly(new Shipped("1"));
    }

    @Test
    void aCommandIsRefusedWithTheWayToSendIt() {
        assertThatThrownBy(() -> bus.publish(new Place("1")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(Place.class.getName())
                .hasMessageContaining("CommandBus");
        assertThatThrownBy(() -> bus.subscribe(Place.class, "place", envelope -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("CommandBus.builder");
    }

    @Test
    void aFailingHandlerKeepsAnEventNeitherFromTheOthersNorFromItsPublisher() {
        var reached = new AtomicInteger();
        bus.subscribe(Placed.class, "failing", envelope -> {
            throw new IllegalStateException("broken");
        });
        bus.subscribe(Placed.class, "failing badly", envelope -> {
            throw new NoClassDefFoundError("gone");
        });
        bus.subscribe(Placed.class, "other", envelope -> reached.incrementAndGet());

        bus.publish(new Placed("1"));
        bus.publish(new Placed("2"));

        await(() -> reached.get() == 2);
    }

    @Test
    void causationAndCorrelationPassThroughThreeHops() {
        var hops = new CopyOnWriteArrayList<Envelope<?>>();
        bus.subscribe(OrderEvent.class, "hops", hops::add);
        bus.subscribe(
                Placed.class,
                "ships",
                envelope -> bus.publish(new Shipped(envelope.message().orderId())));
        bus.subscribe(
                Shipped.class,
                "closes",
                envelope -> bus.publish(new Closed(envelope.message().orderId())));

        var first = Envelope.of(new Placed("1"))
                .withMetadata(Metadata.NONE.withUser("ann").withTenant("north").with("shop", "7"));
        bus.publish(first);

        await(() -> hops.size() == 3);
        var placed = hops.get(0);
        var shipped = hops.get(1);
        var closed = hops.get(2);
        assertThat(placed).isEqualTo(first);
        assertThat(shipped.metadata().causationId()).isEqualTo(placed.id());
        assertThat(shipped.metadata().correlationId()).isEqualTo(placed.id());
        assertThat(closed.metadata().causationId()).isEqualTo(shipped.id());
        assertThat(closed.metadata().correlationId()).isEqualTo(placed.id());
        assertThat(closed.metadata().user()).isEqualTo("ann");
        assertThat(closed.metadata().tenant()).isEqualTo("north");
        assertThat(closed.metadata().attributes()).containsEntry("shop", "7");
    }

    @Test
    void theContextOfOneEventDoesNotLeakIntoTheNext() {
        var causes = new CopyOnWriteArrayList<List<UUID>>();
        bus.subscribe(Placed.class, "ships", envelope -> bus.publish(new Shipped("1")));
        bus.subscribe(
                Shipped.class,
                "causes",
                envelope -> causes.add(List.of(envelope.metadata().causationId())));
        var first = Envelope.of(new Placed("1"));
        var second = Envelope.of(new Placed("2"));

        bus.publish(first);
        bus.publish(second);

        await(() -> causes.size() == 2);
        assertThat(causes).containsExactly(List.of(first.id()), List.of(second.id()));
        assertThat(Envelope.of(new Placed("3")).metadata()).isEqualTo(Metadata.NONE);
    }

    @Test
    void aHandlerThatIsClosedGetsNothingMore() {
        var closed = new CopyOnWriteArrayList<Message>();
        var open = new CopyOnWriteArrayList<Message>();
        var registration = bus.subscribe(Placed.class, "closed", envelope -> closed.add(envelope.message()));
        bus.subscribe(Placed.class, "open", envelope -> open.add(envelope.message()));
        bus.publish(new Placed("1"));
        await(() -> closed.size() == 1);

        registration.close();
        registration.close();
        bus.publish(new Placed("2"));

        await(() -> open.size() == 2);
        assertThat(closed).containsExactly(new Placed("1"));
    }

    @Test
    void closingAHandlerWaitsForTheCallUnderWay() throws Exception {
        var begun = new CountDownLatch(1);
        var mayEnd = new CountDownLatch(1);
        var ended = new AtomicInteger();
        var registration = bus.subscribe(Placed.class, "slow", envelope -> {
            begun.countDown();
            mayEnd.await();
            ended.incrementAndGet();
        });
        var publishing = Thread.ofVirtual().start(() -> bus.publish(new Placed("1")));
        assertThat(begun.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();

        var closing = Thread.ofVirtual().start(() -> {
            registration.close();
            ended.addAndGet(10);
        });
        mayEnd.countDown();

        assertThat(closing.join(LIMIT)).isTrue();
        assertThat(publishing.join(LIMIT)).isTrue();
        assertThat(ended).hasValue(11);
    }

    @Test
    void aRegistrySubscribesAllItsHandlersAndEndsThem() {
        var handled = new CopyOnWriteArrayList<Message>();
        var registration = new HandlerRegistry()
                .add(Placed.class, "placed", envelope -> handled.add(envelope.message()))
                .add(Shipped.class, "shipped", envelope -> handled.add(envelope.message()))
                .subscribeTo(bus);

        bus.publish(new Placed("1"));
        await(() -> handled.size() == 1);
        bus.publish(new Shipped("1"));

        await(() -> handled.size() == 2);
        assertThat(handled).containsExactly(new Placed("1"), new Shipped("1"));
        registration.close();
    }

    @Test
    void aClosedBusRefusesHandlersAndEvents() {
        bus.close();

        assertThatThrownBy(() -> bus.publish(new Placed("1"))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> bus.subscribe(Placed.class, "late", envelope -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
            LockSupport.parkNanos(1_000_000);
        }
    }
}
