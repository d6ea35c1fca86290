package dev.headwater.kafka;

import dev.headwater.broker.spi.Accepted;
import dev.headwater.broker.spi.OutgoingRecord;
import dev.headwater.broker.spi.Publisher;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Publishes through a producer that is given up at the first record whose fate is unknown, so that nothing is sent
 * behind it. Thread-safe.
 */
final class KafkaPublisher implements Publisher {

    /** What a record takes besides key, value and headers, generously. */
    private static final int OVERHEAD = 128;

    private final KafkaSettings settings;
    private final KafkaTopics topics;
    private final Map<String, Integer> limits = new HashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable ProducerSession session;
    private boolean closed;

    KafkaPublisher(KafkaSettings settings, KafkaTopics topics) {
        this.settings = settings;
        this.topics = topics;
    }

    @Override
    public List<Accepted> publish(List<OutgoingRecord> records) throws InterruptedException {
        var accepted = new ArrayList<Accepted>(records.size());
        var sendable = new ArrayList<Integer>();
        var refusing = new HashSet<TopicPartition>();
        for (var record : records) {
            var partition = new TopicPartition(record.topic(), record.partition());
            requirePartition(record);
            long size = size(record);
            if (refusing.contains(partition)) {
                accepted.add(new Accepted.Held());
            } else if (size > limit(record.topic()) && size > askedLimit(record.topic())) {
                refusing.add(partition);
                accepted.add(new Accepted.Refused(
                        "it takes " + size + " bytes: the topic accepts at most " + limit(record.topic())));
            } else {
                sendable.add(accepted.size());
                accepted.add(new Accepted.Held());
            }
        }
        send(records, sendable, accepted);
        return accepted;
    }

    /** Sends, and once more without those partitions that a server has refused something for. */
    private void send(List<OutgoingRecord> records, List<Integer> numbers, List<Accepted> accepted)
            throws InterruptedException {
        var rest = numbers;
        while (!rest.isEmpty()) {
            var sent = rest.stream().map(records::get).toList();
            var answers = session().send(sent);
            var refusing = new HashSet<TopicPartition>();
            var again = new ArrayList<Integer>();
            for (int i = 0; i < rest.size(); i++) {
                var record = sent.get(i);
                var partition = new TopicPartition(record.topic(), record.partition());
                var answer = answers.get(i);
                accepted.set(rest.get(i), answer);
                if (answer instanceof Accepted.Refused) {
                    refusing.add(partition);
                } else if (answer instanceof Accepted.Held && !refusing.contains(partition)) {
                    again.add(rest.get(i));
                }
            }
            rest = withoutThose(refusing, again, records);
        }
    }

    private static List<Integer> withoutThose(
            Set<TopicPartition> refusing, List<Integer> numbers, List<OutgoingRecord> records) {
        return numbers.stream()
                .filter(number -> {
                    var record = records.get(number);
                    return !refusing.contains(new TopicPartition(record.topic(), record.partition()));
                })
                .toList();
    }

    private void requirePartition(OutgoingRecord record) {
        int partitions = topics.partitions(record.topic());
        if (record.partition() < 0 || record.partition() >= partitions) {
            throw new IllegalArgumentException("The topic '" + record.topic() + "' has no partition "
                    + record.partition() + ": expected less than " + partitions);
        }
    }

    /** As it was when it was last asked for. */
    private int limit(String topic) {
        lock.lock();
        try {
            var known = limits.get(topic);
            return known == null ? askedLimit(topic) : known;
        } finally {
            lock.unlock();
        }
    }

    /** As it is now: somebody may have raised it so that a record that was refused fits. */
    private int askedLimit(String topic) {
        lock.lock();
        try {
            int now = topics.maxBytes(topic);
            limits.put(topic, now);
            return now;
        } finally {
            lock.unlock();
        }
    }

    private static long size(OutgoingRecord record) {
        var value = record.value();
        long size = (long) OVERHEAD + record.key().length + (value == null ? 0 : value.length);
        for (var header : record.headers()) {
            var bytes = header.value();
            size += header.name().length() * 3L + (bytes == null ? 0 : bytes.length) + 10;
        }
        return size;
    }

    private ProducerSession session() {
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("The publisher is closed: it publishes nothing any more");
            }
            var known = session;
            if (known == null || known.hasEnded()) {
                known = new ProducerSession(settings);
                session = known;
            }
            return known;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            if (session != null) {
                session.end();
            }
        } finally {
            lock.unlock();
        }
    }
}
