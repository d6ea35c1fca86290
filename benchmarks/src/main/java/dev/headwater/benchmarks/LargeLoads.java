package dev.headwater.benchmarks;

import dev.headwater.store.StreamId;
import java.util.List;
import java.util.SplittableRandom;

/** One reader that reads one whole stream of a {@link LargeLog} after the other, in no order. */
record LargeLoads() implements Trial {

    @Override
    public Measurement run(String url, Pace pace) throws Exception {
        try (var headwater = Headwater.open(url)) {
            long streams = headwater.store().headPosition() / LargeLog.EVENTS_EACH / 2;
            var random = new SplittableRandom(1);
            return ClosedLoop.run(pace, Thread.ofPlatform().factory(), List.of(() -> {
                var stream = StreamId.of("large", Long.toString(1 + random.nextLong(streams)));
                return (int) headwater.store().readStream(stream).count();
            }));
        }
    }
}
