package dev.headwater.examples.shop.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.examples.shop.inventory.InventoryCommand.Line;
import dev.headwater.examples.shop.inventory.InventoryCommand.ReleaseInventory;
import dev.headwater.examples.shop.inventory.InventoryCommand.ReserveInventory;
import dev.headwater.examples.shop.inventory.InventoryCommand.SettleReservation;
import dev.headwater.examples.shop.inventory.InventoryEvent.InventoryFailed;
import dev.headwater.examples.shop.inventory.InventoryEvent.InventoryGivenUp;
import dev.headwater.examples.shop.inventory.InventoryEvent.InventoryPending;
import dev.headwater.examples.shop.inventory.InventoryEvent.InventoryReleased;
import dev.headwater.examples.shop.inventory.InventoryEvent.InventoryReserved;
import dev.headwater.examples.shop.ordering.OrderId;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class InventoryDeciderTest {

    private static final OrderId ID = new OrderId("4711");
    private static final InventoryEvent RESERVED = new InventoryReserved(ID, 501);
    private static final InventoryEvent PENDING = new InventoryPending(ID, 501, 500);
    private static final InventoryEvent RELEASED = new InventoryReleased(ID, 501);

    private final InventoryDecider decider = new InventoryDecider(new InventoryRules(500, 7));

    @Test
    void linesUpToTheMostAreReservedTogetherAndOneAboveFailsTheOrder() {
        assertThat(decide(reserve(2, 500, 1))).containsExactly(RESERVED);
        assertThat(decide(reserve(2, 1, 501)))
                .containsExactly(new InventoryFailed(ID, "a line of 501 pieces is over the most of 500"));
    }

    @Test
    void theAnswerIsPendingWhereTheOrdinalLeavesOne() {
        assertThat(decide(reserve(7, 500, 1))).containsExactly(RESERVED);
        assertThat(decide(reserve(8, 500, 1))).containsExactly(PENDING);
        assertThat(decide(reserve(9, 500, 1))).containsExactly(RESERVED);
        assertThat(decide(reserve(1, 500, 1))).containsExactly(PENDING);
        var never = new InventoryDecider(new InventoryRules(500, 0));
        assertThat(never.decide(reserve(1, 500, 1), never.initial())).containsExactly(RESERVED);
    }

    @Test
    void whatWasPendingIsSettledOnceByTheSameRule() {
        assertThat(decide(new SettleReservation(ID), PENDING)).containsExactly(RESERVED);
        assertThat(decide(new SettleReservation(ID), PENDING, new InventoryGivenUp(ID)))
                .containsExactly(RESERVED);
        assertThat(decide(new SettleReservation(ID), new InventoryPending(ID, 501, 501)))
                .hasOnlyElementsOfType(InventoryFailed.class);
        assertThat(decide(new SettleReservation(ID), PENDING, RESERVED)).isEmpty();
        assertThat(decide(new SettleReservation(ID))).isEmpty();
    }

    @Test
    void anOrderIsReservedOnceAndReleasedOnce() {
        assertThat(decide(reserve(2, 500, 1), RESERVED)).isEmpty();
        assertThat(decide(reserve(2, 500, 1), RESERVED, RELEASED)).isEmpty();
        assertThat(decide(new ReleaseInventory(ID), RESERVED)).containsExactly(RELEASED);
        assertThat(decide(new ReleaseInventory(ID), RESERVED, RELEASED)).isEmpty();
    }

    @Test
    void whoHasNothingToReleaseDoesNothing() {
        assertThat(decide(new ReleaseInventory(ID))).isEmpty();
        assertThat(decide(new ReleaseInventory(ID), new InventoryFailed(ID, "no")))
                .isEmpty();
        assertThat(decide(new ReleaseInventory(ID), PENDING, new InventoryGivenUp(ID)))
                .isEmpty();
    }

    @Test
    void aReleaseOfWhatIsPendingSaysThatNobodyWaits() {
        assertThat(decide(new ReleaseInventory(ID), PENDING)).containsExactly(new InventoryGivenUp(ID));
    }

    private static ReserveInventory reserve(int ordinal, long... quantities) {
        var lines = LongStream.of(quantities)
                .mapToObj(quantity -> new Line("10210", quantity))
                .toList();
        return new ReserveInventory(ID, lines, OptionalInt.of(ordinal));
    }

    private List<InventoryEvent> decide(InventoryCommand command, InventoryEvent... history) {
        var state = decider.initial();
        for (var event : history) {
            state = decider.evolve(state, event);
        }
        return decider.decide(command, state);
    }
}
