package dev.headwater.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.Command;
import dev.headwater.DomainEvent;
import dev.headwater.Envelope;
import dev.headwater.MessageContext;
import dev.headwater.MessageType;
import dev.headwater.MessageTypes;
import dev.headwater.Metadata;
import dev.headwater.bus.TestMessages.OrderPlaced;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class CommandBusTest {

    sealed interface CartCommand extends Command<Integer> {}

    @MessageType("cart.add")
    record AddToCart(int items) implements CartCommand {}

    @MessageType("cart.empty")
    record EmptyCart() implements CartCommand {}

    @MessageType("mail.send")
    record SendMail(String to) implements Command<Void> {}

    @MessageType("order.placed")
    record Placed() implements DomainEvent {}

    private static final MessageTypes TYPES = MessageTypes.of(CartCommand.class, SendMail.class, Placed.class);

    @Test
    void theAnswerOfTheOneHandlerReachesTheSender() {
        var bus = CommandBus.builder(List.of(AddToCart.class, EmptyCart.class))
                .handle(AddToCart.class, envelope -> envelope.message().items() + 1)
                .handle(EmptyCart.class, envelope -> 0)
                .build();

        int added = bus.send(new AddToCart(41));
        int emptied = bus.send(Envelope.of(new EmptyCart()));

        assertThat(added).isEqualTo(42);
        assertThat(emptied).isZero();
    }

    @Test
    void aSealedInterfaceGivesItsHandlerToAllThatItPermits() {
        var mails = new ArrayList<String>();
        var bus = CommandBus.builder(TYPES)
                .handle(CartCommand.class, envelope -> switch (envelope.message()) {
                    case AddToCart add -> add.items();
                    case EmptyCart empty -> 0;
                })
                .handleVoid(
                        SendMail.class, envelope -> mails.add(envelope.message().to()))
                .build();

        bus.send(new SendMail("ann"));

        assertThat(bus.send(new AddToCart(3))).isEqualTo(3);
        assertThat(bus.send(new EmptyCart())).isZero();
        assertThat(mails).containsExactly("ann");
    }

    @Test
    void aMissingHandlerADoubledOneAndAUselessOneAreReportedTogetherWhenTheBusIsBuilt() {
        var builder = CommandBus.builder(TYPES)
                .handle(AddToCart.class, envelope -> 1)
                .handle(CartCommand.class, envelope -> 2)
                .handle(TestMessages.PlaceOrder.class, envelope -> "id");

        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalStateException.class)
                .message()
                .contains(AddToCart.class.getName() + " has 2 handlers")
                .contains(SendMail.class.getName() + " has no handler")
                .contains(TestMessages.PlaceOrder.class.getName() + " would never be called")
                .doesNotContain(EmptyCart.class.getName())
                .doesNotContain(Placed.class.getName())
                .hasLineCount(4);
    }

    @Test
    void twoHandlersForTheSameClassAreAnError() {
        var builder = CommandBus.builder(List.of(EmptyCart.class))
                .handle(EmptyCart.class, envelope -> 1)
                .handle(EmptyCart.class, envelope -> 2);

        assertThatThrownBy(builder::build).hasMessageContaining("has 2 handlers");
    }

    @Test
    void aCommandClassThatIsNotConcreteIsRefused() {
        var builder = CommandBus.builder(List.of(CartCommand.class)).handle(CartCommand.class, envelope -> 1);

        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("not a concrete class");
    }

    @Test
    void aCommandThatTheBusDoesNotKnowIsRefused() {
        var bus = CommandBus.builder(List.of()).build();

        assertThatThrownBy(() -> bus.send(new EmptyCart()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(EmptyCart.class.getName());
    }

    @Test
    void uncheckedExceptionsAndErrorsReachTheSenderAsTheyAre() {
        var exception = new IllegalArgumentException("refused");
        var error = new AssertionError("broken");

        assertThatThrownBy(() -> busThatThrows(exception).send(new EmptyCart())).isSameAs(exception);
        assertThatThrownBy(() -> busThatThrows(error).send(new EmptyCart())).isSameAs(error);
    }

    @Test
    void aCheckedExceptionReachesTheSenderAsACause() {
        var exception = new IOException("disk");

        assertThatThrownBy(() -> busThatThrows(exception).send(new EmptyCart()))
                .isInstanceOf(CommandFailedException.class)
                .hasMessageContaining(EmptyCart.class.getName())
                .hasCause(exception);
    }

    @Test
    void anInterruptedHandlerLeavesTheInterruptFlagSet() {
        var exception = new InterruptedException();

        assertThatThrownBy(() -> busThatThrows(exception).send(new EmptyCart())).hasCause(exception);

        assertThat(Thread.interrupted()).isTrue();
    }

    private static CommandBus busThatThrows(Throwable throwable) {
        return CommandBus.builder(List.of(EmptyCart.class))
                .handle(EmptyCart.class, envelope -> {
                    switch (throwable) {
                        case Exception e -> throw e;
                        case Error e -> throw e;
                        default -> throw new AssertionError(throwable);
                    }
                })
                .build();
    }

    @Test
    void whatAHandlerPublishesIsCausedByTheCommandAndTheSendersContextReturns() throws Exception {
        var events = InProcessEventBus.builder().build();
        var published = new AtomicReference<Envelope<?>>();
        events.subscribe(OrderPlaced.class, published::set);
        var bus = CommandBus.builder(List.of(EmptyCart.class))
                .handle(EmptyCart.class, envelope -> {
                    events.publish(new OrderPlaced("1"));
                    return 0;
                })
                .build();
        var command = Envelope.of(new EmptyCart());
        var senders = Metadata.NONE.withUser("ann");

        var afterwards = MessageContext.call(senders, () -> {
            bus.send(command);
            return MessageContext.metadata();
        });

        assertThat(published.get().metadata().causationId()).isEqualTo(command.id());
        assertThat(published.get().metadata().correlationId()).isEqualTo(command.id());
        assertThat(afterwards).isEqualTo(senders);
    }
}
