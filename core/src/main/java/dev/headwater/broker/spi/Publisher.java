package dev.headwater.broker.spi;

import java.util.List;

/** Publishes records. Thread-safe; records of calls that overlap mix. */
public interface Publisher extends AutoCloseable {

    /**
     * Publishes records and returns when the broker keeps each of them, or it is certain that it does not.
     *
     * <p>The records of one partition are kept in the order given. While the fate of one is unknown, none behind it in
     * its partition is sent; and when one is refused, none behind it in its partition is sent either. So what a
     * partition gets is always a beginning of what was published for it.
     *
     * @return what became of each record, in the same order
     * @throws BrokerUnavailableException when the fate of some is not known: publish the same ones again, in the same
     *     order
     * @throws IllegalArgumentException when there is no such topic or partition
     */
    List<Accepted> publish(List<OutgoingRecord> records) throws InterruptedException;

    @Override
    void close();
}
