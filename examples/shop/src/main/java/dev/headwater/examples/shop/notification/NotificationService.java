package dev.headwater.examples.shop.notification;

import java.util.UUID;

/** Takes messages to customers, by mail or otherwise. Implementations are thread-safe. */
@FunctionalInterface
public interface NotificationService {

    /**
     * Sends a confirmation.
     *
     * @param id stays the same when a confirmation is sent once more after a crash, so that it is delivered once
     * @throws Exception when it could not be sent; it will be sent again
     */
    void send(UUID id, OrderConfirmation confirmation) throws Exception;
}
