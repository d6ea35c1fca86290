package dev.headwater.examples.shop.returns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.headwater.MessageTypes;
import dev.headwater.aggregate.AggregateRepository;
import dev.headwater.examples.shop.ordering.CustomerId;
import dev.headwater.examples.shop.ordering.Money;
import dev.headwater.examples.shop.ordering.OrderItem;
import dev.headwater.examples.shop.returns.ReturnEvent.ReturnRecorded;
import dev.headwater.memory.InMemoryEventStorage;
import dev.headwater.store.EventStore;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CustomerReturnTest {

    private static final Optional<CustomerId> CUSTOMER = Optional.of(new CustomerId("17850"));
    private static final List<OrderItem> MUGS = List.of(new OrderItem("10210", "MUG", 3, Money.of("4.95")));

    @Test
    void aReturnIsRecordedWithItsTotalAndOnlyOnce() {
        var store = new EventStore(new InMemoryEventStorage(), MessageTypes.of(ReturnEvent.class));
        var returns = AggregateRepository.of(store, "return", ReturnEvent.class, CustomerReturn::new);
        var creditNote = new CustomerReturn();
        creditNote.record("C1", CUSTOMER, "France", MUGS);
        assertThat(creditNote.uncommittedEvents())
                .containsExactly(new ReturnRecorded("C1", CUSTOMER, "France", MUGS, Money.of("14.85")));
        returns.save(creditNote);

        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> returns.update("C1", known -> known.record("C1", CUSTOMER, "France", MUGS)))
                .withMessageContaining("C1 is recorded already");
    }

    @Test
    void aReturnOfNothingIsRefused() {
        var nothing = List.of(new OrderItem("10210", "MUG", 0, Money.of("4.95")));
        for (var items : List.of(List.<OrderItem>of(), nothing)) {
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> new CustomerReturn().record("C1", CUSTOMER, "France", items));
        }
    }
}
