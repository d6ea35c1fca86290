package dev.headwater.export;

import dev.headwater.store.AppendResult;
import dev.headwater.store.Direction;
import dev.headwater.store.EventQuery;
import dev.headwater.store.Hints;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.EncodedAppend;
import dev.headwater.store.spi.EncodedEvent;
import dev.headwater.store.spi.EventStorage;
import dev.headwater.store.spi.Page;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.LongStream;

/** A log of one stream that is made up when it is read, and only counted when it is written. */
final class SyntheticLog implements EventStorage {

    private static final StreamId STREAM = new StreamId("synthetic-1");

    /** As a database does, it bounds its pages not only by their number of events. */
    private static final int PAGE_BYTES = 4 * 1024 * 1024;

    private final String payload;
    private long head;

    SyntheticLog(long head, int payloadBytes) {
        this.head = head;
        this.payload = "\"" + "x".repeat(payloadBytes - 2) + "\"";
    }

    /** Exports and imports a log that is several times larger than the memory that the process should have. */
    public static void main(String[] args) throws Exception {
        var file = Path.of(args[0]);
        long events = Long.parseLong(args[1]);
        int payloadBytes = Integer.parseInt(args[2]);
        var copy = new SyntheticLog(0, payloadBytes);
        LogExport.of(new SyntheticLog(events, payloadBytes)).to(file);
        var imported = LogImport.into(copy).from(file);
        if (imported.imported() != events || copy.head != events) {
            throw new AssertionError("Imported " + imported + ", expected " + events);
        }
    }

    @Override
    public Page readLog(EventQuery query, Direction direction, long beyond, int limit) {
        long last = Math.min(head, beyond + Math.min(limit, 1 + PAGE_BYTES / payload.length()));
        var events = LongStream.rangeClosed(beyond + 1, last)
                .mapToObj(position -> new EncodedEvent(
                        position, STREAM, position, Set.of(), Logs.event(Math.toIntExact(position), payload)))
                .toList();
        return new Page(events, last, last == head);
    }

    @Override
    public AppendResult append(EncodedAppend append) {
        long first = head + 1;
        head += append.size();
        var versions = new HashMap<StreamId, Long>();
        append.parts().forEach(part -> versions.put(part.stream(), head));
        return new AppendResult(first, head, versions);
    }

    @Override
    public Page readStream(StreamId stream, Direction direction, long beyond, int limit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<EncodedEvent> findEvents(Collection<UUID> ids) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long headPosition() {
        return head;
    }

    @Override
    public long positionBefore(Instant time) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long streamVersion(StreamId stream) {
        return head;
    }

    @Override
    public Hints onAppend(Runnable hint) {
        return () -> {};
    }

    @Override
    public void close() {}
}
