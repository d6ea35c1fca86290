package dev.headwater.benchmarks;

import com.sun.management.GarbageCollectionNotificationInfo;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.Collectors;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;

/** The process that {@link SmallHeap} starts: reads the log and watches what the garbage collector leaves. */
public final class SmallHeapReader {

    private static final int QUARTERS = 4;

    private final Set<String> heapPools = ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .map(MemoryPoolMXBean::getName)
            .collect(Collectors.toUnmodifiableSet());
    private final AtomicLongArray mostBytes = new AtomicLongArray(QUARTERS);
    private final long expected;
    private volatile int quarter;

    private SmallHeapReader(long expected) {
        this.expected = expected;
    }

    /** Takes the URL and the number of events from standard input, writes the result to standard output. */
    public static void main(String[] args) throws IOException {
        var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        var url = input.readLine();
        var events = input.readLine();
        if (url == null || events == null) {
            throw new IOException("Expected a URL and a number of events on standard input");
        }
        var reader = new SmallHeapReader(Long.parseLong(events));
        reader.watch();
        System.out.println(reader.read(url).format());
    }

    private SmallHeap.Result read(String url) {
        var sink = new Sink();
        try (var headwater = Headwater.open(url)) {
            long start = System.nanoTime();
            headwater.store().readLog(0).forEach(event -> {
                sink.take(event.envelope());
                quarter = (int) Math.min(QUARTERS - 1, QUARTERS * sink.count() / expected);
            });
            double seconds = (System.nanoTime() - start) / 1e9;
            System.gc();
            noteUse(ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
            return new SmallHeap.Result(
                    sink.count(), expected, sink.count() / seconds, mostBytes.get(0), mostBytes.get(QUARTERS - 1));
        }
    }

    private void watch() {
        for (var collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            ((NotificationEmitter) collector)
                    .addNotificationListener(
                            (notification, handback) -> {
                                if (notification
                                        .getType()
                                        .equals(GarbageCollectionNotificationInfo.GARBAGE_COLLECTION_NOTIFICATION)) {
                                    noteUse(heapAfter(GarbageCollectionNotificationInfo.from(
                                            (CompositeData) notification.getUserData())));
                                }
                            },
                            null,
                            null);
        }
    }

    private long heapAfter(GarbageCollectionNotificationInfo info) {
        return info.getGcInfo().getMemoryUsageAfterGc().entrySet().stream()
                .filter(pool -> heapPools.contains(pool.getKey()))
                .mapToLong(pool -> pool.getValue().getUsed())
                .sum();
    }

    private void noteUse(long bytes) {
        mostBytes.accumulateAndGet(quarter, bytes, Math::max);
    }
}
