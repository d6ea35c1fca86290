package dev.headwater.broker;

import dev.headwater.Envelope;
import dev.headwater.Message;

/**
 * What an application does about a message in the transaction that remembers that it was done: its effect happens once.
 *
 * @param <M> the messages it takes
 * @param <T> the transaction, such as {@code java.sql.Connection}
 */
@FunctionalInterface
public interface TransactionalHandler<M extends Message, T> {

    /**
     * Handles one message. What it writes through the transaction is committed together with the place of the message;
     * it neither commits nor closes it.
     *
     * @throws Exception when it cannot; what it wrote is undone
     */
    void handle(Envelope<M> envelope, T transaction) throws Exception;
}
