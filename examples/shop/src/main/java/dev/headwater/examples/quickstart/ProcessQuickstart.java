package dev.headwater.examples.quickstart;

import static dev.headwater.examples.quickstart.ProcessQuickstart.Stage.CANCELLED;
import static dev.headwater.examples.quickstart.ProcessQuickstart.Stage.PAID;
import static dev.headwater.examples.quickstart.ProcessQuickstart.Stage.PAYING;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import dev.headwater.Command;
import dev.headwater.DomainEvent;
import dev.headwater.MessageType;
import dev.headwater.MessageTypes;
import dev.headwater.command.CommandDelivery;
import dev.headwater.embedded.EmbeddedDatabase;
import dev.headwater.examples.quickstart.ProcessQuickstart.OrderEvent.OrderPlaced;
import dev.headwater.examples.quickstart.ProcessQuickstart.OrderEvent.PaymentRefused;
import dev.headwater.examples.quickstart.ProcessQuickstart.OrderEvent.PaymentTaken;
import dev.headwater.postgres.PostgresDatabase;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StreamId;
import dev.headwater.subscription.Subscriptions;
import dev.headwater.workflow.ProcessManager;
import dev.headwater.workflow.Workflows;

/** The program of the guide to processes: an order that is paid in time, or cancelled. */
public final class ProcessQuickstart {

    private ProcessQuickstart() {}

    // spotless:off
    // snippet:process
    sealed interface OrderEvent extends DomainEvent {
        String orderId();
        @MessageType("order.placed") record OrderPlaced(String orderId, long cents) implements OrderEvent {}
        @MessageType("payment.taken") record PaymentTaken(String orderId) implements OrderEvent {}
        @MessageType("payment.refused") record PaymentRefused(String orderId, String reason) implements OrderEvent {}
    }

    sealed interface OrderCommand extends Command<Void> {
        @MessageType("payment.take") record TakePayment(String orderId, long cents) implements OrderCommand {}
        @MessageType("payment.refund") record RefundPayment(String orderId) implements OrderCommand {}
        @MessageType("order.cancel") record CancelOrder(String orderId, String reason) implements OrderCommand {}
    }

    enum Stage { PAYING, PAID, CANCELLED }

    static final ProcessManager<Stage, OrderPlaced> PAYMENT = ProcessManager
            .named("payment", 1, Stage.class, OrderPlaced.class)
            .startedBy(OrderPlaced.class, OrderPlaced::orderId, order -> order)
                .to(PAYING).send(OrderCommand.TakePayment.class, order -> new OrderCommand.TakePayment(order.orderId(), order.cents()))
            .expecting(PaymentTaken.class, PaymentTaken::orderId)
            .expecting(PaymentRefused.class, PaymentRefused::orderId)
            .in(PAYING).atMost(ofMinutes(15))
                .on(PaymentTaken.class).to(PAID)
                .on(PaymentRefused.class).to(CANCELLED)
                    .send(OrderCommand.CancelOrder.class, (order, refused) -> new OrderCommand.CancelOrder(order.orderId(), refused.reason()))
                .onExpiry().to(CANCELLED)
                    .send(OrderCommand.CancelOrder.class, order -> new OrderCommand.CancelOrder(order.orderId(), "no answer"))
            .endingIn(PAID)
            .endingIn(CANCELLED)
                .on(PaymentTaken.class)
                    .send(OrderCommand.RefundPayment.class, order -> new OrderCommand.RefundPayment(order.orderId()))
            .build();

    public static void main(String[] args) throws Exception {
        var types = MessageTypes.of(OrderEvent.class, OrderCommand.class);
        try (var postgres = EmbeddedDatabase.start(); // or any PostgreSQL from 14 to 18
                var database = PostgresDatabase.builder().url(postgres.jdbcUrl()).open();
                var store = new EventStore(database.eventStorage(), types);
                var subscriptions = new Subscriptions<>(store, database.subscriptionStorage());
                var workflows = Workflows.builder(store, subscriptions, database.processStorage())
                        .run(PAYMENT)
                        .commands(CommandDelivery.named("commands", types)
                                .toHandler(OrderCommand.class, command -> System.out.println(command.message())))
                        .start()) {
            store.append(StreamId.of("order", "1"), ExpectedVersion.noStream(), new OrderPlaced("1", 4200));
            store.append(StreamId.of("payment", "1"), ExpectedVersion.noStream(), new PaymentTaken("1"));

            var ended = workflows.awaitEnd("payment", "1", ofSeconds(10)).orElseThrow();
            System.out.println(ended.stage());
        }
        System.out.println(PAYMENT.table());
    }
    // end
    // spotless:on
}
