package dev.headwater.examples.shop.payment;

import dev.headwater.Envelope;
import dev.headwater.aggregate.DeciderRepository;
import dev.headwater.store.EventStore;
import dev.headwater.store.StoredEvent;
import java.util.function.Consumer;

/** Takes the money for orders, and gives it back. Thread-safe. */
public final class PaymentService {

    /** The category of the streams that hold what happens here. */
    public static final String CATEGORY = "payment";

    private final DeciderRepository<PaymentCommand, PaymentState, PaymentEvent> orders;

    public PaymentService(EventStore store, PaymentRules rules) {
        this.orders = DeciderRepository.of(store, CATEGORY, PaymentEvent.class, new PaymentDecider(rules));
    }

    /** Carries out a command, once however often it comes. */
    public void carryOut(Envelope<PaymentCommand> command) {
        orders.execute(command.message().orderId().value(), command);
    }

    /** Folds everything that has happened for an order again. */
    public void replay(String orderId, Consumer<? super StoredEvent> before) {
        orders.replay(orderId, before);
    }
}
