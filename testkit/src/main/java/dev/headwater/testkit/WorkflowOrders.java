package dev.headwater.testkit;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;

import dev.headwater.Command;
import dev.headwater.DomainEvent;
import dev.headwater.MessageType;
import dev.headwater.MessageTypes;
import dev.headwater.aggregate.Decider;
import dev.headwater.aggregate.Execution;
import dev.headwater.testkit.WorkflowOrders.OrderEvent.OrderCreated;
import dev.headwater.workflow.Awaited.Received;
import dev.headwater.workflow.Awaited.TimedOut;
import dev.headwater.workflow.WorkflowContext;
import dev.headwater.workflow.WorkflowDefinition;
import java.time.Duration;
import java.util.List;

/** Orders that are paid and shipped, or not, by number: some are declined, and some are never answered. */
final class WorkflowOrders {

    static final String NAME = "orders";

    static final MessageTypes TYPES = MessageTypes.of(OrderEvent.class, PaymentEvent.class, OrderCommand.class);

    private WorkflowOrders() {}

    enum Kind {
        PAID,
        DECLINED,
        SILENT;

        static Kind of(int number) {
            return number % 5 == 0 ? SILENT : number % 3 == 0 ? DECLINED : PAID;
        }
    }

    sealed interface OrderEvent extends DomainEvent {
        @MessageType("order.created")
        record OrderCreated(String order, Kind kind) implements OrderEvent {}

        @MessageType("order.shipped")
        record OrderShipped(String order) implements OrderEvent {}

        @MessageType("order.cancelled")
        record OrderCancelled(String order) implements OrderEvent {}
    }

    sealed interface PaymentEvent extends DomainEvent {
        String order();

        @MessageType("payment.completed")
        record PaymentCompleted(String order) implements PaymentEvent {}

        @MessageType("payment.declined")
        record PaymentDeclined(String order) implements PaymentEvent {}
    }

    sealed interface OrderCommand extends Command<Void> {
        String order();

        @MessageType("payment.pay")
        record Pay(String order, Kind kind) implements OrderCommand {}

        @MessageType("order.ship")
        record Ship(String order) implements OrderCommand {}

        @MessageType("order.cancel")
        record Cancel(String order) implements OrderCommand {}
    }

    /** Refuses everything but the first command. */
    static final class Orders implements Decider<OrderCommand, String, OrderEvent> {
        @Override
        public String initial() {
            return "open";
        }

        @Override
        public List<OrderEvent> decide(OrderCommand command, String state) {
            if (!state.equals("open")) {
                throw new IllegalArgumentException("the order is " + state);
            }
            return command instanceof OrderCommand.Ship
                    ? List.of(new OrderEvent.OrderShipped(command.order()))
                    : List.of(new OrderEvent.OrderCancelled(command.order()));
        }

        @Override
        public String evolve(String state, OrderEvent event) {
            return switch (event) {
                case OrderEvent.OrderCreated created -> "open";
                case OrderEvent.OrderShipped shipped -> "shipped";
                case OrderEvent.OrderCancelled cancelled -> "cancelled";
            };
        }
    }

    /** Answers every command to pay, and some of them never. */
    static final class Payments implements Decider<OrderCommand, Integer, PaymentEvent> {
        @Override
        public Integer initial() {
            return 0;
        }

        @Override
        public List<PaymentEvent> decide(OrderCommand command, Integer state) {
            return switch (((OrderCommand.Pay) command).kind()) {
                case PAID -> List.of(new PaymentEvent.PaymentCompleted(command.order()));
                case DECLINED -> List.of(new PaymentEvent.PaymentDeclined(command.order()));
                case SILENT -> List.of();
            };
        }

        @Override
        public Integer evolve(Integer state, PaymentEvent event) {
            return state + 1;
        }
    }

    /** What a step writes in the database of the journal. */
    interface Reservations<T> {
        void reserve(T transaction, String order) throws Exception;
    }

    /** The process of an order, which reserves in the same database. */
    static <T> WorkflowDefinition<OrderCreated, String> process(Class<T> transaction, Reservations<T> reservations) {
        return WorkflowDefinition.of(
                        NAME,
                        1,
                        OrderCreated.class,
                        String.class,
                        (wf, order) -> run(wf, order, transaction, reservations))
                .startedBy(OrderCreated.class, OrderCreated::order, created -> created)
                .awaiting(PaymentEvent.class, PaymentEvent::order);
    }

    private static <T> String run(
            WorkflowContext wf, OrderCreated order, Class<T> transaction, Reservations<T> reservations) {
        var id = order.order();
        wf.compensateWith("cancel", undo -> {
            if (undo.execute(new OrderCommand.Cancel(id)) instanceof Execution.Refused refused) {
                throw new IllegalStateException(refused.reason());
            }
        });
        wf.step("reserve").transaction(transaction, Integer.class, within -> {
            reservations.reserve(within, id);
            return 1;
        });
        wf.send(new OrderCommand.Pay(id, order.kind()));
        switch (wf.await(PaymentEvent.class, limit(order.kind()))) {
            case Received(PaymentEvent.PaymentCompleted paid) -> wf.show("paid", "yes");
            case Received(PaymentEvent.PaymentDeclined declined) -> throw wf.failure("declined");
            case TimedOut() -> throw wf.failure("no answer");
        }
        if (wf.execute(new OrderCommand.Ship(id)) instanceof Execution.Refused refused) {
            throw wf.failure(refused.reason());
        }
        return "shipped";
    }

    private static Duration limit(Kind kind) {
        return kind == Kind.SILENT ? ofMillis(200) : ofMinutes(15);
    }
}
