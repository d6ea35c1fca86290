package dev.headwater.kafka;

import dev.headwater.store.Hints;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that records have come: a consumer stands at the ends of the partitions, and steps over what it gets. It
 * begins when somebody wants to know, and begins again when it fails. Thread-safe.
 */
final class ArrivalWatch {

    private static final Logger LOG = LoggerFactory.getLogger(ArrivalWatch.class);

    private static final Duration WAIT = Duration.ofMillis(500);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final String topic;
    private final KafkaSettings settings;
    private final Map<TopicPartition, List<Runnable>> hints = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Thread thread;
    private volatile boolean closed;

    ArrivalWatch(String topic, KafkaSettings settings) {
        this.topic = topic;
        this.settings = settings;
    }

    Hints onRecords(TopicPartition partition, Runnable hint) {
        var ofPartition = hints.computeIfAbsent(partition, none -> new CopyOnWriteArrayList<>());
        ofPartition.add(hint);
        start();
        return () -> ofPartition.remove(hint);
    }

    private void start() {
        lock.lock();
        try {
            if (thread == null && !closed) {
                thread = Thread.ofPlatform()
                        .daemon()
                        .name("kafka arrivals " + topic)
                        .start(this::watchUntilClosed);
            }
        } finally {
            lock.unlock();
        }
    }

    private void watchUntilClosed() {
        while (!closed) {
            try (var consumer = new KafkaConsumer<byte[], byte[]>(settings.watcher())) {
                watch(consumer);
            } catch (KafkaException | OutOfMemoryError e) {
                // A record that cannot be held in memory has come too, and whoever reads finds it out.
                if (!closed) {
                    LOG.debug("Arrivals on '{}' are not noticed for a while", topic, e);
                    LockSupport.parkNanos(PAUSE.toNanos());
                }
            }
        }
    }

    private void watch(KafkaConsumer<byte[], byte[]> consumer) {
        var watched = Set.<TopicPartition>of();
        while (!closed) {
            var wanted = Set.copyOf(hints.keySet());
            if (!wanted.equals(watched)) {
                consumer.assign(wanted);
                consumer.seekToEnd(wanted);
                wanted.forEach(consumer::position);
                watched = wanted;
                wanted.forEach(this::giveHints);
            }
            var come = consumer.poll(WAIT).partitions();
            if (!come.isEmpty()) {
                consumer.seekToEnd(come);
                come.forEach(this::giveHints);
            }
        }
    }

    private void giveHints(TopicPartition partition) {
        hints.getOrDefault(partition, List.of()).forEach(hint -> {
            try {
                hint.run();
            } catch (RuntimeException e) {
                LOG.warn("A hint that records have come to '{}' has failed; the others are given", topic, e);
            }
        });
    }

    /** Ends the watch; what waits for the cluster ends by itself. */
    void close() {
        lock.lock();
        try {
            closed = true;
            if (thread != null) {
                thread.interrupt();
            }
        } finally {
            lock.unlock();
        }
    }
}
