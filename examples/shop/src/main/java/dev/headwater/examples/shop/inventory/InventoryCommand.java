package dev.headwater.examples.shop.inventory;

import dev.headwater.Command;
import dev.headwater.MessageType;
import dev.headwater.examples.shop.ordering.OrderEvent.OrderCreated;
import dev.headwater.examples.shop.ordering.OrderId;
import java.util.List;
import java.util.OptionalInt;

/** What can be asked of inventory. Asked again, or with nothing to do or undo, it does nothing. */
public sealed interface InventoryCommand extends Command<Void> {

    OrderId orderId();

    /** So many pieces of an article. */
    record Line(String stockCode, long quantity) {}

    /** Asks for everything that was ordered; an {@link InventoryEvent.InventoryAnswer} follows. */
    @MessageType("inventory.reserve")
    record ReserveInventory(OrderId orderId, List<Line> lines, OptionalInt ordinal) implements InventoryCommand {

        public static ReserveInventory of(OrderCreated order) {
            var lines = order.items().stream()
                    .map(item -> new Line(item.stockCode(), item.quantity()))
                    .toList();
            return new ReserveInventory(order.orderId(), lines, order.ordinal());
        }
    }

    /** Gives the answer that was pending. */
    @MessageType("inventory.settle")
    record SettleReservation(OrderId orderId) implements InventoryCommand {}

    /** Puts everything back; where the outcome is pending still, it says that nobody waits for it any more. */
    @MessageType("inventory.release")
    record ReleaseInventory(OrderId orderId) implements InventoryCommand {}
}
