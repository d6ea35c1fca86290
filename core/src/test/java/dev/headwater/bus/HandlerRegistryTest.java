package dev.headwater.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.Envelope;
import dev.headwater.Message;
import dev.headwater.bus.TestMessages.OrderClosed;
import dev.headwater.bus.TestMessages.OrderEvent;
import dev.headwater.bus.TestMessages.OrderPlaced;
import dev.headwater.bus.TestMessages.OrderShipped;
import dev.headwater.bus.TestMessages.PlaceOrder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HandlerRegistryTest {

    private final List<HandlerFailure> failures = new ArrayList<>();
    private final InProcessEventBus bus =
            InProcessEventBus.builder().onFailure(failures::add).build();

    @Test
    void aRegistryIsSubscribedAndEndedAsOne() {
        var seen = new ArrayList<Message>();
        var registry = new HandlerRegistry()
                .add(OrderPlaced.class, envelope -> seen.add(envelope.message()))
                .add(OrderShipped.class, "shipping", envelope -> seen.add(envelope.message()));

        var registration = registry.subscribeTo(bus);
        bus.publish(new OrderPlaced("1"));
        bus.publish(new OrderShipped("1"));
        registration.close();
        bus.publish(new OrderPlaced("2"));
        bus.publish(new OrderShipped("2"));

        assertThat(seen).containsExactly(new OrderPlaced("1"), new OrderShipped("1"));
    }

    @Test
    void whenOneHandlerIsRefusedNoneStaysSubscribed() {
        var seen = new ArrayList<Message>();
        var registry = new HandlerRegistry()
                .add(OrderPlaced.class, envelope -> seen.add(envelope.message()))
                .add(PlaceOrder.class, envelope -> {});

        assertThatThrownBy(() -> registry.subscribeTo(bus)).isInstanceOf(IllegalArgumentException.class);
        bus.publish(new OrderPlaced("1"));

        assertThat(seen).isEmpty();
    }

    static class Base {
        final List<Object> seen = new ArrayList<>();

        @Handles
        void inherited(OrderClosed event) {
            seen.add(event);
        }

        @Handles
        void overriddenWithAnnotation(OrderClosed event) {
            seen.add("base");
        }

        @Handles
        void overriddenWithout(OrderClosed event) {
            seen.add("base");
        }
    }

    static class Listener extends Base {

        @Handles
        void placed(OrderPlaced event) {
            seen.add(event);
        }

        @Handles
        public void envelope(Envelope<OrderShipped> envelope) {
            seen.add(envelope);
        }

        @Handles
        void any(Envelope<? extends OrderEvent> envelope) {
            seen.add("any " + envelope.message().orderId());
        }

        @Override
        @Handles
        void overriddenWithAnnotation(OrderClosed event) {
            seen.add("overriding");
        }

        @Override
        void overriddenWithout(OrderClosed event) {
            seen.add("never");
        }

        void notMarked(OrderPlaced event) {
            seen.add("never");
        }
    }

    @Test
    void markedMethodsOfAnObjectBecomeHandlers() {
        var listener = new Listener();
        new HandlerRegistry().addMethodsOf(listener).subscribeTo(bus);
        var shipped = Envelope.of(new OrderShipped("2"));

        bus.publish(new OrderPlaced("1"));
        bus.publish(shipped);
        bus.publish(new OrderClosed("3"));

        assertThat(listener.seen)
                .containsExactlyInAnyOrder(
                        "any 1", new OrderPlaced("1"), "any 2", shipped, "any 3", new OrderClosed("3"), "overriding");
        assertThat(failures).isEmpty();
    }

    static class Failing {
        @Handles
        void checked(OrderPlaced event) throws IOException {
            throw new IOException("disk");
        }

        @Handles
        void error(Envelope<OrderPlaced> event) {
            throw new AssertionError("broken");
        }
    }

    @Test
    void whatAMethodThrowsIsReportedUnwrappedUnderTheNameOfTheMethod() {
        new HandlerRegistry().addMethodsOf(new Failing()).subscribeTo(bus);

        bus.publish(new OrderPlaced("1"));

        var owner = Failing.class.getName();
        assertThat(failures)
                .extracting(HandlerFailure::handler)
                .containsExactly(owner + ".checked(OrderPlaced)", owner + ".error(Envelope<OrderPlaced>)");
        assertThat(failures.get(0).exception()).isInstanceOf(IOException.class);
        assertThat(failures.get(1).exception()).isInstanceOf(AssertionError.class);
    }

    @SuppressWarnings({"unused", "EffectivelyPrivate"})
    static class Wrong {
        @Handles
        void none() {}

        @Handles
        void two(OrderPlaced first, OrderShipped second) {}

        @Handles
        void notAMessage(String text) {}

        @Handles
        <M extends Message> void anyMessage(Envelope<M> envelope) {}

        @Handles
        String returning(OrderPlaced event) {
            return "lost";
        }

        @Handles
        void command(PlaceOrder command) {}

        @Handles
        private void hidden(OrderPlaced event) {}

        @Handles
        static void shared(OrderPlaced event) {}

        @Handles
        void right(OrderPlaced event) {}
    }

    @Test
    void methodsThatCannotBeHandlersAreAllNamedAndNothingIsAdded() {
        var seen = new ArrayList<Message>();
        var registry = new HandlerRegistry().add(OrderPlaced.class, envelope -> seen.add(envelope.message()));

        assertThatThrownBy(() -> registry.addMethodsOf(new Wrong()))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .contains("Wrong.none() must have exactly one parameter")
                .contains("Wrong.two(OrderPlaced, OrderShipped) must have exactly one parameter")
                .contains("Wrong.notAMessage(String) must have exactly one parameter")
                .contains("Wrong.anyMessage(Envelope<M>) must have exactly one parameter")
                .contains("Wrong.returning(OrderPlaced) returns a value")
                .contains("Wrong.command(PlaceOrder) takes a command")
                .contains("Wrong.hidden(OrderPlaced) is private or static")
                .contains("Wrong.shared(OrderPlaced) is private or static")
                .doesNotContain("Wrong.right");

        registry.subscribeTo(bus);
        bus.publish(new OrderPlaced("1"));
        assertThat(seen).hasSize(1);
    }

    @Test
    void anObjectWithoutMarkedMethodsIsAnError() {
        assertThatThrownBy(() -> new HandlerRegistry().addMethodsOf("text"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("java.lang.String")
                .hasMessageContaining("@Handles");
    }
}
