package dev.headwater.examples.shop.inventory;

/** How far the reservation for an order has come: so many pieces in all, and of the line that has the most. */
record InventoryState(Status status, long pieces, long largestLine) {

    enum Status {
        NONE,
        PENDING,
        GIVEN_UP,
        RESERVED,
        FAILED,
        RELEASED
    }

    static final InventoryState NONE = new InventoryState(Status.NONE, 0, 0);

    InventoryState with(Status newStatus) {
        return new InventoryState(newStatus, pieces, largestLine);
    }

    /** Whether somebody went to look and has not come back yet. */
    boolean isOpen() {
        return status == Status.PENDING || status == Status.GIVEN_UP;
    }
}
