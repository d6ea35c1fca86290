package dev.headwater.examples.shop.returns;

import dev.headwater.DomainEvent;
import dev.headwater.MessageType;
import dev.headwater.examples.shop.ordering.CustomerId;
import dev.headwater.examples.shop.ordering.Money;
import dev.headwater.examples.shop.ordering.OrderItem;
import java.util.List;
import java.util.Optional;

/** What happens to a return. Quantities and total are positive: so much came back. */
public sealed interface ReturnEvent extends DomainEvent {

    @MessageType("return.recorded")
    record ReturnRecorded(
            String creditNote, Optional<CustomerId> customerId, String country, List<OrderItem> items, Money total)
            implements ReturnEvent {}
}
