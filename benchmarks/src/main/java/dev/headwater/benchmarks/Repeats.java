package dev.headwater.benchmarks;

import dev.headwater.benchmarks.ClosedLoop.Operation;
import dev.headwater.store.Append;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.NewEvent;
import dev.headwater.store.StreamId;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;

/**
 * 32 writers of one event each, of which some repeat the append before, as redelivery does. A repetition counts: it has
 * an answer, too.
 *
 * @param percent how many of a hundred appends are repeated
 */
record Repeats(int percent, SampleEvents samples) implements Trial {

    private static final int WRITERS = 32;

    @Override
    public Measurement run(String url, Pace pace) throws Exception {
        try (var headwater = Headwater.open(url)) {
            var operations = new ArrayList<Operation>(WRITERS);
            for (int i = 0; i < WRITERS; i++) {
                operations.add(writer(headwater, i));
            }
            return ClosedLoop.run(pace, Thread.ofPlatform().factory(), operations);
        }
    }

    private Operation writer(Headwater headwater, int number) {
        var random = new SplittableRandom(number);
        var stream = StreamId.of("repeat", OpenOrders.newId());
        var last = new AtomicReference<>(next(stream, random));
        headwater.store().append(last.get());
        return () -> {
            if (random.nextInt(100) >= percent) {
                last.set(next(stream, random));
            }
            headwater.store().append(last.get());
            return 1;
        };
    }

    private Append next(StreamId stream, SplittableRandom random) {
        var event =
                samples.at(random.nextInt(SampleEvents.STEPS), random.nextInt()).event();
        return Append.to(stream, ExpectedVersion.any(), List.of(NewEvent.of(event)));
    }
}
