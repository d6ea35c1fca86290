package dev.headwater.memory;

import dev.headwater.broker.spi.IncomingRecord;
import dev.headwater.broker.spi.RecordPage;
import dev.headwater.broker.spi.Retained;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongFunction;

/** A partition of an {@link InMemoryLogBroker}. Guarded by its lock, but for the hints. */
final class InMemoryPartition {

    final List<Runnable> hints = new CopyOnWriteArrayList<>();

    private final TreeMap<Long, IncomingRecord> records = new TreeMap<>();
    private long first = 1;
    private long last;

    long add(LongFunction<IncomingRecord> made) {
        last++;
        records.put(last, made.apply(last));
        return last;
    }

    void leaveHole() {
        last++;
    }

    void removeUpTo(long position) {
        records.headMap(position, true).clear();
        first = Math.max(first, position + 1);
    }

    long first() {
        return first;
    }

    Retained retained() {
        return new Retained(first, last);
    }

    long positionBefore(Instant acceptedAt) {
        return records.values().stream()
                .filter(record -> !record.acceptedAt().isBefore(acceptedAt))
                .mapToLong(record -> record.position() - 1)
                .findFirst()
                .orElse(last);
    }

    RecordPage page(long after, int limit, int bytes) {
        var page = new ArrayList<IncomingRecord>();
        long size = 0;
        for (var record : records.tailMap(after, false).values()) {
            size += size(record);
            if (page.size() == limit || (size > bytes && !page.isEmpty())) {
                return new RecordPage(page, page.getLast().position(), false);
            }
            page.add(record);
        }
        return new RecordPage(page, Math.max(after, last), true);
    }

    private static long size(IncomingRecord record) {
        var value = record.value();
        return value == null ? 0 : value.length;
    }
}
