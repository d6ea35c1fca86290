package dev.headwater.postgres.topic;

import dev.headwater.MessageSerializer;
import dev.headwater.broker.spi.Accepted;
import dev.headwater.broker.spi.BrokerUnavailableException;
import dev.headwater.broker.spi.OutgoingRecord;
import dev.headwater.broker.spi.Publisher;
import dev.headwater.store.AppendOutcomeUnknownException;
import dev.headwater.store.DuplicateEventException;
import dev.headwater.store.StoreUnavailableException;
import dev.headwater.store.spi.EncodedAppend;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Appends records to the logs of their topics, many at a time. When some of them stand there already, as after an
 * answer that was lost, they are appended one by one, and those are recognised by their ids. Thread-safe.
 */
public final class PublishedLogPublisher implements Publisher {

    private static final int MOST_RECORDS = 1000;
    private static final long MOST_BYTES = 8 << 20;

    private final Function<String, PublishedLog> open;
    private final Map<String, PublishedLog> logs = new ConcurrentHashMap<>();

    /** Publishes to the logs that this opens. */
    public PublishedLogPublisher(Function<String, PublishedLog> open) {
        this.open = open;
    }

    @Override
    public List<Accepted> publish(List<OutgoingRecord> records) {
        var accepted = new ArrayList<Accepted>(records.size());
        var refusing = new HashSet<String>();
        var sendable = new HashMap<String, List<Integer>>();
        for (var record : records) {
            int number = accepted.size();
            requirePartition(record);
            if (refusing.contains(record.topic())) {
                accepted.add(new Accepted.Held());
            } else if (RecordEvents.bytes(record) > MessageSerializer.MAX_PAYLOAD_BYTES) {
                refusing.add(record.topic());
                accepted.add(new Accepted.Refused("its value has " + RecordEvents.bytes(record) + " bytes: at most "
                        + MessageSerializer.MAX_PAYLOAD_BYTES + " are accepted"));
            } else {
                sendable.computeIfAbsent(record.topic(), topic -> new ArrayList<>())
                        .add(number);
                accepted.add(new Accepted.Held());
            }
        }
        sendable.forEach((topic, numbers) -> send(log(topic), records, numbers, accepted));
        return accepted;
    }

    private static void requirePartition(OutgoingRecord record) {
        if (record.partition() != 0) {
            throw new IllegalArgumentException("The topic '" + record.topic() + "' has no partition "
                    + record.partition() + ": it has one alone, number 0");
        }
    }

    private PublishedLog log(String topic) {
        return logs.computeIfAbsent(topic, open);
    }

    private static void send(
            PublishedLog log, List<OutgoingRecord> records, List<Integer> numbers, List<Accepted> accepted) {
        int from = 0;
        while (from < numbers.size()) {
            int to = from;
            long bytes = 0;
            while (to < numbers.size() && to - from < MOST_RECORDS) {
                bytes += RecordEvents.bytes(records.get(numbers.get(to)));
                if (bytes > MOST_BYTES && to > from) {
                    break;
                }
                to++;
            }
            append(log, records, numbers.subList(from, to), accepted);
            from = to;
        }
    }

    private static void append(
            PublishedLog log, List<OutgoingRecord> records, List<Integer> numbers, List<Accepted> accepted) {
        var now = Instant.now();
        var parts = numbers.stream()
                .map(number -> RecordEvents.part(records.get(number), now))
                .toList();
        try {
            long position = append(log, parts);
            for (int number : numbers) {
                accepted.set(number, new Accepted.At(position));
                position++;
            }
        } catch (DuplicateEventException e) {
            for (int i = 0; i < parts.size(); i++) {
                accepted.set(numbers.get(i), new Accepted.At(append(log, List.of(parts.get(i)))));
            }
        }
    }

    private static long append(PublishedLog log, List<EncodedAppend.Part> parts) {
        try {
            return log.storage()
                    .append(new EncodedAppend(parts, Optional.empty()))
                    .firstPosition();
        } catch (StoreUnavailableException | AppendOutcomeUnknownException e) {
            throw new BrokerUnavailableException(
                    "Whether records stand in the topic '" + log.topic() + "' is not known", e);
        }
    }

    /** Does nothing: the connections belong to the broker. */
    @Override
    public void close() {}
}
