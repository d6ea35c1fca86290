package dev.headwater.kafka;

import dev.headwater.broker.spi.BrokerUnavailableException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Calls of the clients of Kafka, whose failures mean that the cluster is out of reach unless they say more. */
final class Calls {

    private Calls() {}

    /** What an administrative call answers. */
    static <R> R answer(String what, KafkaFuture<R> future, Duration patience) {
        try {
            return future.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw failed(what, e.getCause() instanceof RuntimeException cause ? cause : new KafkaException(e));
        } catch (TimeoutException e) {
            throw new BrokerUnavailableException(what + " took longer than " + patience, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BrokerUnavailableException(what + " was interrupted", e);
        }
    }

    static <R> R call(String what, Supplier<R> call) {
        try {
            return call.get();
        } catch (InterruptException e) {
            Thread.currentThread().interrupt();
            throw new BrokerUnavailableException(what + " was interrupted", e);
        } catch (KafkaException e) {
            throw failed(what, e);
        }
    }

    /** Whether a topic is not known, by the server that was asked; others may know one that was made just now. */
    static boolean isOfUnknownTopic(BrokerUnavailableException e) {
        return e.getCause() instanceof UnknownTopicOrPartitionException;
    }

    private static RuntimeException failed(String what, RuntimeException e) {
        return new BrokerUnavailableException(what + " failed: " + e.getMessage(), e);
    }
}
