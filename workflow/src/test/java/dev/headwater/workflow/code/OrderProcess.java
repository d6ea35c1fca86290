package dev.headwater.workflow.code;

import dev.headwater.aggregate.Execution;
import dev.headwater.workflow.Awaited.Received;
import dev.headwater.workflow.Awaited.TimedOut;
import dev.headwater.workflow.Step;
import dev.headwater.workflow.StepRetry;
import dev.headwater.workflow.WorkflowContext;
import dev.headwater.workflow.WorkflowDefinition;
import dev.headwater.workflow.code.Shop.Kind;
import dev.headwater.workflow.code.Shop.OrderEvent.OrderCreated;
import dev.headwater.workflow.code.Shop.PaymentOutcome;
import dev.headwater.workflow.code.Shop.ShopCommand;
import dev.headwater.workflow.code.Shop.StockOutcome;
import java.time.Duration;
import java.util.List;

/** The order process, with an effect outside that depends on the random result of another one. */
final class OrderProcess {

    static final Duration LIMIT = Duration.ofMinutes(15);

    private final World world;

    OrderProcess(World world) {
        this.world = world;
    }

    WorkflowDefinition<OrderCreated, String> definition() {
        return WorkflowDefinition.of("shop.order", 1, OrderCreated.class, String.class, this::run)
                .startedBy(OrderCreated.class, OrderCreated::order, created -> created)
                .awaiting(PaymentOutcome.class, PaymentOutcome::order)
                .awaiting(StockOutcome.class, StockOutcome::order)
                .unclaimed((event, id) -> event instanceof PaymentOutcome.PaymentCompleted
                        ? List.of(new ShopCommand.Refund(id))
                        : event instanceof StockOutcome.StockReserved
                                ? List.of(new ShopCommand.Release(id))
                                : List.of());
    }

    private String run(WorkflowContext wf, OrderCreated order) {
        var id = order.order();
        wf.compensateWith("cancel the order", undo -> {
            if (undo.execute(new ShopCommand.Cancel(id)) instanceof Execution.Refused refused) {
                throw new IllegalStateException(refused.reason());
            }
        });
        book(wf, order);
        wf.show("order", id);

        wf.send(new ShopCommand.Pay(id, order.kind()), new ShopCommand.Refund(id));
        if (order.kind() == Kind.EAGER) {
            wf.send(new ShopCommand.Reserve(id, order.kind()), new ShopCommand.Release(id));
        }
        switch (wf.await(PaymentOutcome.class, LIMIT)) {
            case Received(PaymentOutcome.PaymentCompleted paid) -> wf.show("paid", "yes");
            case Received(PaymentOutcome.PaymentDeclined declined) -> throw wf.failure("payment declined");
            case TimedOut() -> throw wf.failure("no answer from payment");
        }
        if (order.kind() != Kind.EAGER) {
            wf.send(new ShopCommand.Reserve(id, order.kind()), new ShopCommand.Release(id));
        }
        switch (wf.await(StockOutcome.class, LIMIT)) {
            case Received(StockOutcome.StockReserved reserved) -> {}
            case Received(StockOutcome.StockMissing missing) -> throw wf.failure("out of stock");
            case TimedOut() -> throw wf.failure("no answer from stock");
        }
        if (wf.execute(new ShopCommand.Ship(id)) instanceof Execution.Refused refused) {
            throw wf.failure("not shipped: " + refused.reason());
        }
        return "shipped";
    }

    private void book(WorkflowContext wf, OrderCreated order) {
        long quote = wf.step("quote").call(Long.class, key -> world.quote());
        int refused = order.kind() == Kind.STUBBORN ? 8 : order.kind() == Kind.UNBOOKABLE ? 1 : 0;
        Step booking = wf.step("book")
                .retrying(StepRetry.DEFAULT.withAttempts(3).withPauses(Duration.ofSeconds(4), Duration.ofSeconds(20)))
                .undoneBy(key -> world.unbook(key, refused));
        booking.run(key -> {
            if (order.kind() == Kind.UNBOOKABLE || order.kind() == Kind.STUBBORN) {
                world.bookSilently(key, quote);
            } else {
                world.book(key, quote);
            }
        });
    }
}
