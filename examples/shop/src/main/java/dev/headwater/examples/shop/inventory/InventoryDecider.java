package dev.headwater.examples.shop.inventory;

import dev.headwater.aggregate.Decider;
import dev.headwater.examples.shop.inventory.InventoryCommand.Line;
import dev.headwater.examples.shop.inventory.InventoryCommand.ReleaseInventory;
import dev.headwater.examples.shop.inventory.InventoryCommand.ReserveInventory;
import dev.headwater.examples.shop.inventory.InventoryCommand.SettleReservation;
import dev.headwater.examples.shop.inventory.InventoryEvent.InventoryFailed;
import dev.headwater.examples.shop.inventory.InventoryEvent.InventoryGivenUp;
import dev.headwater.examples.shop.inventory.InventoryEvent.InventoryPending;
import dev.headwater.examples.shop.inventory.InventoryEvent.InventoryReleased;
import dev.headwater.examples.shop.inventory.InventoryEvent.InventoryReserved;
import dev.headwater.examples.shop.inventory.InventoryState.Status;
import dev.headwater.examples.shop.ordering.OrderId;
import java.util.List;

/** The rules of inventory: goods are reserved once for an order, and released once if they were reserved. */
public final class InventoryDecider implements Decider<InventoryCommand, InventoryState, InventoryEvent> {

    private final InventoryRules rules;

    public InventoryDecider(InventoryRules rules) {
        this.rules = rules;
    }

    @Override
    public InventoryState initial() {
        return InventoryState.NONE;
    }

    @Override
    public List<InventoryEvent> decide(InventoryCommand command, InventoryState state) {
        var id = command.orderId();
        return switch (command) {
            case ReserveInventory reserve when state.status() == Status.NONE -> List.of(answer(reserve));
            case SettleReservation settle
            when state.isOpen() -> List.of(outcome(id, state.pieces(), state.largestLine()));
            case ReleaseInventory release
            when state.status() == Status.RESERVED -> List.of(new InventoryReleased(id, state.pieces()));
            case ReleaseInventory tooEarly when state.status() == Status.PENDING -> List.of(new InventoryGivenUp(id));
            case ReserveInventory again -> List.of();
            case SettleReservation again -> List.of();
            case ReleaseInventory nothingToUndo -> List.of();
        };
    }

    @Override
    public InventoryState evolve(InventoryState state, InventoryEvent event) {
        return switch (event) {
            case InventoryPending(var id, var pieces, var largestLine) ->
                new InventoryState(Status.PENDING, pieces, largestLine);
            case InventoryGivenUp givenUp -> state.with(Status.GIVEN_UP);
            case InventoryReserved(var id, var pieces) -> new InventoryState(Status.RESERVED, pieces, 0);
            case InventoryFailed failed -> state.with(Status.FAILED);
            case InventoryReleased released -> state.with(Status.RELEASED);
        };
    }

    private InventoryEvent answer(ReserveInventory reserve) {
        var id = reserve.orderId();
        long pieces = reserve.lines().stream().mapToLong(Line::quantity).sum();
        long largestLine =
                reserve.lines().stream().mapToLong(Line::quantity).max().orElse(0);
        return rules.isLate(reserve.ordinal())
                ? new InventoryPending(id, pieces, largestLine)
                : outcome(id, pieces, largestLine);
    }

    private InventoryEvent outcome(OrderId id, long pieces, long largestLine) {
        return largestLine > rules.maxLineQuantity()
                ? new InventoryFailed(
                        id, "a line of " + largestLine + " pieces is over the most of " + rules.maxLineQuantity())
                : new InventoryReserved(id, pieces);
    }
}
