package dev.headwater.workflow.spi;

import dev.headwater.store.StreamId;
import java.util.Collection;
import java.util.Optional;

/**
 * Causes effects in the database that holds the journals, each exactly once, without the lock of the log.
 *
 * <p>One transaction does three things in this order: it writes a receipt, whose key is unique; it looks whether the
 * journal of the instance is still where the caller believes it to be; it causes the effect. Two runners of one step
 * meet at the receipt, where the second waits for the first and then finds its result. One that comes after the receipt
 * was removed finds that the journal has moved on. With the look in front of the receipt there is a gap between the
 * two, in which all of that can happen to somebody who has looked. Implementations are thread-safe and pass the
 * contract suite of the testkit.
 *
 * @param <T> the transaction, such as {@code java.sql.Connection}
 */
public interface StepReceipts<T> {

    /**
     * Who wants to cause an effect.
     *
     * @param key of the step, 1 to 1,000 characters
     * @param journal of the instance
     * @param version of the last entry that the caller knows
     */
    record Claim(String key, StreamId journal, long version) {}

    /**
     * An effect.
     *
     * @param <T> the transaction
     */
    @FunctionalInterface
    interface Work<T> {
        /** Causes it, and gives its result as JSON. */
        String in(T transaction) throws Exception;
    }

    /** What the transactions are. */
    Class<T> transaction();

    /**
     * Causes an effect, or finds that it was caused.
     *
     * @return the result as JSON; empty when the journal is elsewhere, and nothing was done
     * @throws Exception what the effect threw, or what kept it from being committed
     */
    Optional<String> once(Claim claim, Work<T> work) throws Exception;

    /** Removes the receipts of steps that stand in their journals by now. */
    void forget(Collection<String> keys, T transaction) throws Exception;
}
