package dev.headwater.broker.spi;

import dev.headwater.store.Hints;
import java.time.Instant;
import java.util.Map;

/** Reads the partitions of a topic, each from any position. Thread-safe. */
public interface TopicReader extends AutoCloseable {

    /** How many partitions the topic has; they are numbered from 0. */
    int partitions();

    /**
     * The records after a position that are there, without waiting for more. What a broker has removed singly, or keeps
     * for itself between records, is passed over.
     *
     * @param after 0 for the first record
     * @param limit the most records, 1 or more; fewer may come, but none before the end only together with a
     *     {@link RecordPage#through} that has moved
     * @param bytes about how many bytes of them at most; one record always fits
     * @throws RecordsGoneException when the records next to this position were removed since they were too old
     * @throws BrokerUnavailableException when the broker is out of reach
     */
    RecordPage read(int partition, long after, int limit, int bytes);

    /**
     * What is there of a partition.
     *
     * @throws BrokerUnavailableException when the broker is out of reach
     */
    Retained retained(int partition);

    /**
     * The position before the first record that the broker has accepted at a time or later; that of the end when there
     * is none.
     *
     * @throws BrokerUnavailableException when the broker is out of reach
     */
    long positionBefore(int partition, Instant acceptedAt);

    /**
     * Calls {@code hint}, on a thread of the broker's choice, soon after there may be more records in a partition. A
     * hint may come late, once for many records, without reason, or never. It must return at once.
     */
    Hints onRecords(int partition, Runnable hint);

    /**
     * Tells the broker's own tools how far somebody has come. It may be lost, and is never read back.
     *
     * @param group the name of who reads
     * @param through up to where, by partition
     */
    default void tellProgress(String group, Map<Integer, Long> through) {}

    @Override
    void close();
}
