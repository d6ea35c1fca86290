package dev.headwater.testkit;

import dev.headwater.store.spi.EventStorage;
import dev.headwater.subscription.DeadLetters;
import dev.headwater.subscription.spi.PageTransaction;
import dev.headwater.subscription.spi.SubscriptionStorage;
import dev.headwater.workflow.spi.ProcessStorage;
import dev.headwater.workflow.spi.StepReceipts;
import java.util.List;

/**
 * Everything that processes need of a database, empty.
 *
 * @param <T> the transaction of subscriptions
 */
public interface ProcessSubject<T> extends AutoCloseable {

    /** The log. */
    EventStorage log();

    /** The subscriptions. */
    SubscriptionStorage<T> subscriptions();

    /** The dead letters of the subscriptions. */
    DeadLetters letters();

    /** The instances of processes. */
    ProcessStorage<T> processes();

    /** The receipts of steps that are done in the database. */
    StepReceipts<T> receipts();

    /** Writes a text where an application writes, in its transaction. */
    void note(T transaction, String text) throws Exception;

    /** The texts that were written and committed, in any order. */
    List<String> noted() throws Exception;

    /** Does work in a transaction, which is committed afterwards. */
    void inTransaction(PageTransaction.Part<T> work) throws Exception;

    @Override
    void close();
}
