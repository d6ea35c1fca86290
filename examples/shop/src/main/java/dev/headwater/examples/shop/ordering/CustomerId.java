package dev.headwater.examples.shop.ordering;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** Identifies a customer who has an account; a guest has none. */
public record CustomerId(@JsonValue String value) {

    /** Takes the id as the accounts name it. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public CustomerId {}

    @Override
    public String toString() {
        return value;
    }
}
