package dev.headwater.bus;

import dev.headwater.Command;
import dev.headwater.Envelope;

/**
 * Carries out a command, or refuses it by an exception.
 *
 * <p>It is called on the sender's thread, by several threads at once, inside the
 * {@linkplain dev.headwater.MessageContext context} of the command.
 *
 * @param <C> the commands it takes
 * @param <R> what it answers
 */
@FunctionalInterface
public interface CommandHandler<C extends Command<R>, R> {

    /**
     * Carries out one command.
     *
     * @throws Exception when it refuses or fails; a {@link RuntimeException} reaches the sender as it is
     */
    R handle(Envelope<C> envelope) throws Exception;
}
