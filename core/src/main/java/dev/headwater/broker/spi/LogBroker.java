package dev.headwater.broker.spi;

import java.util.Collection;

/**
 * A broker that keeps records in topics, from which they can be read again from any position.
 *
 * <p>A topic has a fixed number of partitions, and each of them is a log: its records have positions that grow from 1,
 * not without holes. The broker knows no readers; who reads what, and how far that has come, is kept elsewhere. An
 * implementation passes the contract suite of the testkit. Thread-safe.
 */
public interface LogBroker extends AutoCloseable {

    /**
     * Makes the topics that are missing, and compares the others with what is wanted.
     *
     * @throws IllegalStateException when a topic is there and is another one; the message says so of every such topic
     * @throws BrokerUnavailableException when the broker is out of reach
     */
    void prepare(Collection<Topic> topics);

    /**
     * How many partitions a topic has.
     *
     * @throws IllegalArgumentException when there is no such topic
     * @throws BrokerUnavailableException when the broker is out of reach
     */
    int partitions(String topic);

    /** Somebody who publishes. */
    Publisher publisher();

    /**
     * Somebody who reads a topic.
     *
     * @throws IllegalArgumentException when there is no such topic
     * @throws BrokerUnavailableException when the broker is out of reach
     */
    TopicReader read(String topic);

    /** Closes the connections, and every publisher and reader. */
    @Override
    void close();
}
