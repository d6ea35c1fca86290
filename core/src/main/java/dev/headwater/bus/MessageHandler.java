package dev.headwater.bus;

import dev.headwater.Envelope;
import dev.headwater.Message;

/**
 * What an application does about a message.
 *
 * <p>One handler can be called by several threads at once; see the bus or subscription that calls it for when that
 * happens. It runs inside the {@linkplain dev.headwater.MessageContext context} of its message, so what it publishes or
 * sends carries the cause and the conversation.
 *
 * @param <M> the messages it takes
 */
@FunctionalInterface
public interface MessageHandler<M extends Message> {

    /**
     * Handles one message.
     *
     * @throws Exception when it cannot; the caller decides what follows
     */
    void handle(Envelope<M> envelope) throws Exception;
}
