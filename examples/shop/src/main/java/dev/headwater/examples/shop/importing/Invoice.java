package dev.headwater.examples.shop.importing;

import dev.headwater.examples.shop.ordering.CustomerId;
import dev.headwater.examples.shop.ordering.OrderItem;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** An invoice as the shop understands it: what it stands for, and the rows that had to be left out. */
record Invoice(Content content, List<RejectedRow> rejected) {

    /** What an invoice stands for: a closed choice. */
    sealed interface Content {}

    record Sale(Head head, List<OrderItem> items) implements Content {}

    /** Quantities are positive: so much came back. */
    record CreditNote(Head head, List<OrderItem> items) implements Content {}

    /** No row was left. */
    record Nothing() implements Content {}

    /** What holds for the whole invoice, as the first accepted row says. */
    record Head(Instant time, Optional<CustomerId> customerId, String country) {}
}
