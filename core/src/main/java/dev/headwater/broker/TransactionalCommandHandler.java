package dev.headwater.broker;

import dev.headwater.Command;
import dev.headwater.Envelope;

/**
 * Carries out a command in the transaction that remembers its outcome: its effect happens once.
 *
 * @param <C> the commands it takes
 * @param <R> what it answers
 * @param <T> the transaction, such as {@code java.sql.Connection}
 */
@FunctionalInterface
public interface TransactionalCommandHandler<C extends Command<R>, R, T> {

    /**
     * Carries out one command. What it writes through the transaction is committed together with the outcome; it
     * neither commits nor closes it.
     *
     * @throws CommandRefusedException when it refuses; what it wrote is undone
     * @throws Exception when it fails; what it wrote is undone
     */
    R handle(Envelope<C> envelope, T transaction) throws Exception;
}
