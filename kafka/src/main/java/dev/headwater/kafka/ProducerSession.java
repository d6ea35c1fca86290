package dev.headwater.kafka;

import dev.headwater.broker.spi.Accepted;
import dev.headwater.broker.spi.BrokerUnavailableException;
import dev.headwater.broker.spi.OutgoingRecord;
import dev.headwater.broker.spi.RecordHeader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * A producer up to its first failure.
 *
 * <p>A batch that failed for good frees the producer to send what is behind it. So it is closed in the callback of the
 * first failure, which runs on the thread that sends, before that thread sends anything else. Nothing was sent behind
 * the failed batch before, since one request at most is under way to a server. Thread-safe.
 */
final class ProducerSession {

    private final KafkaProducer<byte[], byte[]> producer;
    private final AtomicBoolean ended = new AtomicBoolean();

    ProducerSession(KafkaSettings settings) {
        this.producer = new KafkaProducer<>(settings.producer());
    }

    boolean hasEnded() {
        return ended.get();
    }

    void end() {
        if (ended.compareAndSet(false, true)) {
            producer.close(Duration.ZERO);
        }
    }

    /**
     * Sends records, and waits for the answers. When one was refused, those that are {@link Accepted.Held} in other
     * partitions were not sent, or nobody knows.
     *
     * @throws BrokerUnavailableException when the fate of some is unknown, and none was refused
     */
    List<Accepted> send(List<OutgoingRecord> records) throws InterruptedException {
        var answers = new ArrayList<Future<RecordMetadata>>(records.size());
        @Nullable KafkaException failure = null;
        for (var record : records) {
            try {
                answers.add(producer.send(toKafka(record), (sent, failed) -> {
                    if (failed != null) {
                        end();
                    }
                }));
            } catch (InterruptException e) {
                end();
                throw interrupted(e);
            } catch (KafkaException e) {
                end();
                failure = e;
                break;
            } catch (IllegalStateException e) {
                failure = new KafkaException("the producer was closed meanwhile", e);
                break;
            }
        }
        return accepted(records.size(), answers, failure);
    }

    private static InterruptedException interrupted(InterruptException e) {
        var interrupted = new InterruptedException("Interrupted while records were sent");
        interrupted.initCause(e);
        Thread.interrupted();
        return interrupted;
    }

    /** What became of each record; those that were not even handed to the producer have its failure. */
    private static List<Accepted> accepted(
            int number, List<Future<RecordMetadata>> answers, @Nullable KafkaException failure)
            throws InterruptedException {
        var accepted = new ArrayList<Accepted>(number);
        boolean refused = false;
        @Nullable Throwable unknown = null;
        for (int i = 0; i < number; i++) {
            @Nullable Throwable problem = failure;
            if (i < answers.size()) {
                try {
                    accepted.add(new Accepted.At(answers.get(i).get().offset() + 1));
                    continue;
                } catch (ExecutionException e) {
                    problem = e.getCause();
                }
            }
            if (isRefusal(problem)) {
                refused = true;
                accepted.add(new Accepted.Refused(
                        String.valueOf(Objects.requireNonNull(problem).getMessage())));
            } else {
                unknown = problem;
                accepted.add(new Accepted.Held());
            }
        }
        if (unknown != null && !refused) {
            throw new BrokerUnavailableException(
                    "What became of some of " + number + " records is not known: " + unknown.getMessage(), unknown);
        }
        return accepted;
    }

    private static boolean isRefusal(@Nullable Throwable failure) {
        return failure instanceof RecordTooLargeException
                || failure instanceof InvalidRecordException
                || failure instanceof PolicyViolationException
                || failure instanceof AuthorizationException;
    }

    private static ProducerRecord<byte[], byte[]> toKafka(OutgoingRecord record) {
        var headers = new RecordHeaders();
        for (RecordHeader header : record.headers()) {
            Header kafkas = new org.apache.kafka.common.header.internals.RecordHeader(header.name(), header.value());
            headers.add(kafkas);
        }
        return new ProducerRecord<>(record.topic(), record.partition(), null, record.key(), record.value(), headers);
    }
}
