package dev.headwater.examples.shop.notification;

import dev.headwater.examples.shop.ordering.OrderEvent.OrderPlaced;
import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.Reactor;

/** Confirms every order that is placed. */
public final class Confirmations implements Reactor {

    private final NotificationService service;

    public Confirmations(NotificationService service) {
        this.service = service;
    }

    @Override
    public void react(StoredEvent event) throws Exception {
        if (event.event() instanceof OrderPlaced(var orderId, var customerId, var total)) {
            service.send(event.id(), new OrderConfirmation(orderId, customerId, total));
        }
    }
}
