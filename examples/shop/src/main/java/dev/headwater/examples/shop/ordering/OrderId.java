package dev.headwater.examples.shop.ordering;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** Identifies an order; for an imported one it is the invoice number. */
public record OrderId(@JsonValue String value) {

    /** Takes any text that a stream can be named after. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public OrderId {}

    @Override
    public String toString() {
        return value;
    }
}
