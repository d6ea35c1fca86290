package dev.headwater.broker;

import dev.headwater.MessageSerializer;
import dev.headwater.UndecodableMessageException;
import dev.headwater.broker.spi.BrokerUnavailableException;
import dev.headwater.broker.spi.IncomingRecord;
import dev.headwater.broker.spi.RecordsGoneException;
import dev.headwater.broker.spi.TopicReader;
import dev.headwater.store.Hints;
import dev.headwater.store.StoredEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the outcomes that a topic brings to those in this process who wait for them. It begins at the end of the topic,
 * keeps no checkpoint, and passes over what concerns nobody here, so every instance reads all of it. Thread-safe.
 */
final class OutcomeTail implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OutcomeTail.class);
    private static final int PAGE = 500;
    private static final int PAGE_BYTES = 1 << 20;
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final String topic;
    private final TopicReader reader;
    private final MessageSerializer serializer;
    private final Map<UUID, Set<Expected>> waiting = new ConcurrentHashMap<>();
    private final List<Hints> hints = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean closed;

    /**
     * Begins to read, or closes the reader.
     *
     * @param serializer knows outcomes
     * @throws BrokerUnavailableException when the end of a partition cannot be found out
     */
    OutcomeTail(String topic, TopicReader reader, MessageSerializer serializer) {
        this.topic = topic;
        this.reader = reader;
        this.serializer = serializer;
        var ends = endsOrClosed(reader);
        for (int number = 0; number < ends.length; number++) {
            int partition = number;
            long from = ends[number];
            var arrived = new Semaphore(0);
            hints.add(reader.onRecords(partition, arrived::release));
            threads.add(Thread.ofVirtual()
                    .name("headwater-outcomes-" + topic + "-" + partition)
                    .start(() -> follow(partition, from, arrived)));
        }
    }

    private static long[] endsOrClosed(TopicReader reader) {
        try {
            return IntStream.range(0, reader.partitions())
                    .mapToLong(partition -> reader.retained(partition).last())
                    .toArray();
        } catch (RuntimeException e) {
            reader.close();
            throw e;
        }
    }

    /** Somebody who waits. */
    static final class Expected {
        private final CompletableFuture<CommandOutcome> outcome = new CompletableFuture<>();

        CommandOutcome get(Duration timeout) throws InterruptedException, ExecutionException, TimeoutException {
            return outcome.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    /** The outcome of a command that is about to be sent. */
    Expected expect(UUID command) {
        var expected = new Expected();
        waiting.compute(command, (id, others) -> {
            var all = others == null ? new HashSet<Expected>() : others;
            all.add(expected);
            return all;
        });
        return expected;
    }

    /** Nobody waits for the outcome of a command any more. */
    void forget(UUID command, Expected expected) {
        waiting.computeIfPresent(command, (id, all) -> {
            all.remove(expected);
            return all.isEmpty() ? null : all;
        });
    }

    private void follow(int partition, long from, Semaphore arrived) {
        var events = new CloudEventReader(topic, partition);
        long after = from;
        while (!closed) {
            try {
                var page = reader.read(partition, after, PAGE, PAGE_BYTES);
                page.records().forEach(record -> take(events, record));
                after = page.through();
                if (page.end()) {
                    await(arrived);
                }
            } catch (RecordsGoneException e) {
                LOG.warn(
                        "Outcomes in the topic '{}' were removed before they were read; whoever waits asks again",
                        topic);
                after = e.first() - 1;
            } catch (BrokerUnavailableException e) {
                LOG.debug("The topic '{}' cannot be read for the moment", topic, e);
                await(arrived);
            } catch (RuntimeException e) {
                if (!closed) {
                    LOG.error("Reading the outcomes in the topic '{}' failed; it is tried again", topic, e);
                    await(arrived);
                }
            }
        }
    }

    private void await(Semaphore arrived) {
        try {
            if (arrived.tryAcquire(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
                arrived.drainPermits();
            }
        } catch (InterruptedException e) {
            LOG.trace("Closing", e);
        }
    }

    private void take(CloudEventReader events, IncomingRecord record) {
        if (waiting.isEmpty()) {
            return;
        }
        try {
            if (new StoredEvent(events.read(record), serializer).message() instanceof CommandOutcome outcome) {
                var expected = waiting.remove(outcome.command());
                if (expected != null) {
                    expected.forEach(each -> each.outcome.complete(outcome));
                }
            }
        } catch (UndecodableMessageException e) {
            LOG.debug("The record {} of the topic '{}' is no outcome", record.position(), topic, e);
        }
    }

    @Override
    public void close() {
        closed = true;
        hints.forEach(Hints::close);
        threads.forEach(Thread::interrupt);
        reader.close();
    }
}
