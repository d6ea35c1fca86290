package dev.headwater.examples.shop.inventory;

import dev.headwater.DomainEvent;
import dev.headwater.MessageType;
import dev.headwater.examples.shop.ordering.OrderId;

/** What happens to the goods of an order. */
public sealed interface InventoryEvent extends DomainEvent {

    OrderId orderId();

    /** What whoever asks for goods hears: the outcome, now or after it was pending. */
    sealed interface InventoryAnswer extends InventoryEvent {}

    /** How a reservation has ended. */
    sealed interface InventoryOutcome extends InventoryAnswer {}

    /** Somebody went to look, and takes their time. */
    @MessageType("inventory.pending")
    record InventoryPending(OrderId orderId, long pieces, long largestLine) implements InventoryAnswer {}

    /** Nobody waits for the pending outcome any more. */
    @MessageType("inventory.given-up")
    record InventoryGivenUp(OrderId orderId) implements InventoryEvent {}

    @MessageType("inventory.reserved")
    record InventoryReserved(OrderId orderId, long pieces) implements InventoryOutcome {}

    @MessageType("inventory.failed")
    record InventoryFailed(OrderId orderId, String reason) implements InventoryOutcome {}

    @MessageType("inventory.released")
    record InventoryReleased(OrderId orderId, long pieces) implements InventoryEvent {}
}
