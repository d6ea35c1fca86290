package dev.headwater.examples.shop.shipping;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.examples.shop.ordering.OrderId;
import dev.headwater.examples.shop.shipping.ShippingCommand.CreateShipment;
import dev.headwater.examples.shop.shipping.ShippingEvent.ShipmentCreated;
import org.junit.jupiter.api.Test;

class ShippingDeciderTest {

    private final ShippingDecider decider = new ShippingDecider();

    @Test
    void anOrderGetsOneParcel() {
        var id = new OrderId("4711");
        var create = new CreateShipment(id, "France");
        var created = new ShipmentCreated(id, "France", "HW-4711");

        assertThat(decider.decide(create, decider.initial())).containsExactly(created);
        assertThat(decider.decide(create, decider.evolve(decider.initial(), created)))
                .isEmpty();
    }
}
