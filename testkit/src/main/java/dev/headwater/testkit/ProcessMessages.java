package dev.headwater.testkit;

import static java.time.Duration.ofHours;

import dev.headwater.Command;
import dev.headwater.DomainEvent;
import dev.headwater.MessageType;
import dev.headwater.MessageTypes;
import dev.headwater.workflow.Policy;
import dev.headwater.workflow.ProcessManager;
import dev.headwater.workflow.ProcessTable;
import java.time.Duration;

/** The events, commands and processes of the contract suite of processes. */
final class ProcessMessages {

    static final MessageTypes TYPES = MessageTypes.of(Fact.class, Order.class);

    private ProcessMessages() {}

    /** What happens. */
    sealed interface Fact extends DomainEvent {

        /** The order that it is about. */
        String id();

        /** An order that is paid in so many milliseconds or never. */
        @MessageType("contract.ordered")
        record Ordered(String id, long patience) implements Fact {}

        /** It is paid. */
        @MessageType("contract.paid")
        record Paid(String id) implements Fact {}

        /** Its goods are reserved. */
        @MessageType("contract.reserved")
        record Reserved(String id) implements Fact {}
    }

    /** What is to be done. */
    sealed interface Order extends Command<Void> {

        /** The order that it is about. */
        String id();

        /** Takes the money. */
        @MessageType("contract.pay")
        record Pay(String id) implements Order {}

        /** Reserves the goods. */
        @MessageType("contract.reserve")
        record Reserve(String id) implements Order {}

        /** Calls it off. */
        @MessageType("contract.cancel")
        record Cancel(String id) implements Order {}

        /** Gives the money back. */
        @MessageType("contract.refund")
        record Refund(String id) implements Order {}
    }

    /** The stages of an order. */
    enum Stage {
        /** Until it is paid. */
        PAYING,
        /** Until its goods are reserved. */
        RESERVING,
        /** All is well. */
        DONE,
        /** It took too long. */
        CANCELLED
    }

    /** The stages of an order in code that has no money. */
    enum ShortStage {
        /** Until its goods are reserved. */
        RESERVING,
        /** All is well. */
        DONE
    }

    /** The process of an order. */
    static ProcessManager<Stage, Fact.Ordered> orders() {
        return table(1).in(Stage.RESERVING)
                .atMost(ofHours(1))
                .on(Fact.Reserved.class)
                .to(Stage.DONE)
                .ignoring(Fact.Paid.class)
                .onExpiry()
                .to(Stage.CANCELLED)
                .send(Order.Cancel.class, order -> new Order.Cancel(order.id()))
                .send(Order.Refund.class, order -> new Order.Refund(order.id()))
                .build();
    }

    /** The same in newer code: who has paid and has its goods gets the money back, too. */
    static ProcessManager<Stage, Fact.Ordered> newerOrders() {
        return table(2).in(Stage.RESERVING)
                .withoutLimit()
                .on(Fact.Reserved.class)
                .to(Stage.DONE)
                .send(Order.Refund.class, order -> new Order.Refund(order.id()))
                .ignoring(Fact.Paid.class)
                .build();
    }

    private static ProcessTable<Stage, Fact.Ordered> table(int version) {
        return ProcessManager.named("contract.orders", version, Stage.class, Fact.Ordered.class)
                .startedBy(Fact.Ordered.class, Fact.Ordered::id, ordered -> ordered)
                .to(Stage.PAYING)
                .send(Order.Pay.class, order -> new Order.Pay(order.id()))
                .expecting(Fact.Paid.class, ProcessMessages::payer)
                .expecting(Fact.Reserved.class, Fact.Reserved::id)
                .showing("patience", order -> Long.toString(order.patience()))
                .in(Stage.PAYING)
                .atMost("as long as it is patient", order -> Duration.ofMillis(order.patience()))
                .on(Fact.Paid.class)
                .to(Stage.RESERVING)
                .send(Order.Reserve.class, order -> new Order.Reserve(order.id()))
                .ignoring(Fact.Reserved.class)
                .onExpiry()
                .to(Stage.CANCELLED)
                .send(Order.Cancel.class, order -> new Order.Cancel(order.id()))
                .endingIn(Stage.DONE)
                .endingIn(Stage.CANCELLED)
                .on(Fact.Paid.class)
                .send(Order.Refund.class, order -> new Order.Refund(order.id()))
                .unclaimed(Fact.Paid.class)
                .send(Order.Refund.class, paid -> new Order.Refund(paid.id()));
    }

    private static String payer(Fact.Paid paid) {
        if (paid.id().equals("nobody's")) {
            throw new IllegalStateException("nobody knows who has paid");
        }
        return paid.id();
    }

    /** A process of the same name whose code does not know the stage of somebody who pays. */
    static ProcessManager<ShortStage, Fact.Ordered> ordersWithoutMoney() {
        return ProcessManager.named("contract.orders", 3, ShortStage.class, Fact.Ordered.class)
                .startedBy(Fact.Ordered.class, Fact.Ordered::id, ordered -> ordered)
                .to(ShortStage.RESERVING)
                .expecting(Fact.Reserved.class, Fact.Reserved::id)
                .in(ShortStage.RESERVING)
                .withoutLimit()
                .on(Fact.Reserved.class)
                .to(ShortStage.DONE)
                .endingIn(ShortStage.DONE)
                .build();
    }

    /** Pays whatever is ordered. */
    static Policy paying() {
        return Policy.named("contract.paying")
                .whenever(Fact.Ordered.class)
                .send(Order.Pay.class, ordered -> new Order.Pay(ordered.id()))
                .build();
    }

    /** Cancels an order that is not paid in no time, and gives the money back that comes later. */
    static Policy impatient(Duration limit) {
        return Policy.named("contract.impatient")
                .whenever(Fact.Ordered.class, Fact.Ordered::id)
                .unless(Fact.Paid.class, Fact.Paid::id)
                .within(limit)
                .send(Order.Cancel.class, ordered -> new Order.Cancel(ordered.id()))
                .sendWhenLate(Order.Refund.class, (ordered, paid) -> new Order.Refund(paid.id()))
                .build();
    }
}
