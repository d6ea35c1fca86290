package dev.headwater.memory;

import dev.headwater.broker.spi.Accepted;
import dev.headwater.broker.spi.IncomingRecord;
import dev.headwater.broker.spi.LogBroker;
import dev.headwater.broker.spi.OutgoingRecord;
import dev.headwater.broker.spi.Publisher;
import dev.headwater.broker.spi.RecordPage;
import dev.headwater.broker.spi.RecordsGoneException;
import dev.headwater.broker.spi.Retained;
import dev.headwater.broker.spi.Topic;
import dev.headwater.broker.spi.TopicReader;
import dev.headwater.store.Hints;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * A broker in the memory of the process, for tests and for trying things out: the promises of a real one except
 * survival, and topics keep everything. Thread-safe.
 */
public final class InMemoryLogBroker implements LogBroker {

    private static final int USUAL_LIMIT = 1 << 20;

    private final int maxBytes;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, List<InMemoryPartition>> topics = new HashMap<>();

    /** A broker that accepts records of up to a megabyte. */
    public InMemoryLogBroker() {
        this(USUAL_LIMIT, InstantSource.system());
    }

    /**
     * A broker.
     *
     * @param maxBytes how large the value of a record may be
     * @param clock tells when a record is accepted
     */
    public InMemoryLogBroker(int maxBytes, InstantSource clock) {
        this.maxBytes = maxBytes;
        this.clock = clock;
    }

    @Override
    public void prepare(Collection<Topic> wanted) {
        locked(() -> {
            var problems = new ArrayList<String>();
            for (var topic : wanted) {
                var present = topics.computeIfAbsent(topic.name(), name -> partitionsOf(topic.partitions()));
                if (present.size() != topic.partitions()) {
                    problems.add("'" + topic.name() + "' has " + present.size() + " partitions: expected "
                            + topic.partitions());
                }
            }
            if (!problems.isEmpty()) {
                throw new IllegalStateException(
                        "These topics are others than expected:\n  " + String.join("\n  ", problems));
            }
            return true;
        });
    }

    private static List<InMemoryPartition> partitionsOf(int number) {
        var partitions = new ArrayList<InMemoryPartition>(number);
        for (int i = 0; i < number; i++) {
            partitions.add(new InMemoryPartition());
        }
        return List.copyOf(partitions);
    }

    @Override
    public int partitions(String topic) {
        return locked(() -> topic(topic).size());
    }

    private List<InMemoryPartition> topic(String name) {
        var found = topics.get(name);
        if (found == null) {
            throw new IllegalArgumentException("There is no topic '" + name + "': expected one of " + topics.keySet());
        }
        return found;
    }

    private InMemoryPartition partition(String topic, int number) {
        var partitions = topic(topic);
        if (number < 0 || number >= partitions.size()) {
            throw new IllegalArgumentException("The topic '" + topic + "' has no partition " + number
                    + ": expected less than " + partitions.size());
        }
        return partitions.get(number);
    }

    @Override
    public Publisher publisher() {
        return new Publisher() {
            @Override
            public List<Accepted> publish(List<OutgoingRecord> records) {
                return publishAll(records);
            }

            @Override
            public void close() {}
        };
    }

    private List<Accepted> publishAll(List<OutgoingRecord> records) {
        var hints = new HashSet<Runnable>();
        var accepted = locked(() -> {
            records.forEach(record -> partition(record.topic(), record.partition()));
            var answers = new ArrayList<Accepted>(records.size());
            var refusing = new HashSet<InMemoryPartition>();
            for (var record : records) {
                var partition = partition(record.topic(), record.partition());
                answers.add(accept(record, partition, refusing));
                hints.addAll(partition.hints);
            }
            return answers;
        });
        hints.forEach(Runnable::run);
        return accepted;
    }

    private Accepted accept(OutgoingRecord record, InMemoryPartition partition, Set<InMemoryPartition> refusing) {
        if (refusing.contains(partition)) {
            return new Accepted.Held();
        }
        var value = record.value();
        if (value != null && value.length > maxBytes) {
            refusing.add(partition);
            return new Accepted.Refused(
                    "its value has " + value.length + " bytes: at most " + maxBytes + " are accepted");
        }
        return new Accepted.At(partition.add(position -> new IncomingRecord(
                position, record.key(), value, record.headers(), clock.instant(), Optional.empty())));
    }

    @Override
    public TopicReader read(String topic) {
        int number = partitions(topic);
        return new TopicReader() {
            @Override
            public int partitions() {
                return number;
            }

            @Override
            public RecordPage read(int partition, long after, int limit, int bytes) {
                return locked(() -> {
                    var from = partition(topic, partition);
                    if (after + 1 < from.first()) {
                        throw new RecordsGoneException(topic, partition, after, from.first());
                    }
                    return from.page(after, limit, bytes);
                });
            }

            @Override
            public Retained retained(int partition) {
                return locked(() -> partition(topic, partition).retained());
            }

            @Override
            public long positionBefore(int partition, Instant acceptedAt) {
                return locked(() -> partition(topic, partition).positionBefore(acceptedAt));
            }

            @Override
            public Hints onRecords(int partition, Runnable hint) {
                var hints = locked(() -> partition(topic, partition).hints);
                hints.add(hint);
                return () -> hints.remove(hint);
            }

            @Override
            public void close() {}
        };
    }

    /** Removes the records up to a position, as a broker does with those that are too old. */
    public void removeUpTo(String topic, int partition, long position) {
        locked(() -> {
            partition(topic, partition).removeUpTo(position);
            return true;
        });
    }

    /** Leaves a position without a record, as brokers do that note transactions between records. */
    public void leaveHole(String topic, int partition) {
        locked(() -> {
            partition(topic, partition).leaveHole();
            return true;
        });
    }

    /** Puts a record into a partition as it is, whoever may have made it; returns its position. */
    public long put(String topic, int partition, IncomingRecord record) {
        return locked(() -> partition(topic, partition)
                .add(position -> new IncomingRecord(
                        position,
                        record.key(),
                        record.value(),
                        record.headers(),
                        record.acceptedAt(),
                        record.unreadable())));
    }

    @Override
    public void close() {}

    private <R> R locked(Supplier<R> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }
}
