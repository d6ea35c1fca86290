package dev.headwater.examples.shop.returns;

import dev.headwater.aggregate.EventSourcedAggregate;
import dev.headwater.examples.shop.ordering.CustomerId;
import dev.headwater.examples.shop.ordering.OrderItem;
import dev.headwater.examples.shop.returns.ReturnEvent.ReturnRecorded;
import java.util.List;
import java.util.Optional;

/** Goods that a customer sent back under a credit note, written as an object; an order is written as functions. */
public final class CustomerReturn extends EventSourcedAggregate<ReturnEvent> {

    /** The category of the streams that hold returns. */
    public static final String CATEGORY = "return";

    private String creditNote = "";

    /** A return that has not happened yet. */
    public CustomerReturn() {}

    /**
     * Records what came back.
     *
     * @param items with positive quantities
     * @throws IllegalStateException when this return is recorded already
     * @throws IllegalArgumentException when nothing came back
     */
    public void record(String newCreditNote, Optional<CustomerId> customerId, String country, List<OrderItem> items) {
        if (!creditNote.isEmpty()) {
            throw new IllegalStateException("The return " + creditNote + " is recorded already");
        }
        if (items.isEmpty() || items.stream().anyMatch(item -> item.quantity() <= 0)) {
            throw new IllegalArgumentException(
                    "The return " + newCreditNote + " needs at least one line, and every line a quantity above zero");
        }
        apply(new ReturnRecorded(newCreditNote, customerId, country, List.copyOf(items), OrderItem.totalOf(items)));
    }

    @Override
    public String id() {
        return creditNote;
    }

    @Override
    protected void when(ReturnEvent event) {
        creditNote = switch (event) {
            case ReturnRecorded recorded -> recorded.creditNote();
        };
    }
}
