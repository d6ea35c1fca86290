package dev.headwater.benchmarks;

import dev.headwater.benchmarks.ClosedLoop.Operation;
import dev.headwater.store.Append;
import dev.headwater.store.AppendCondition;
import dev.headwater.store.EventQuery;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StreamId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One writer whose appends hold only if nothing in the whole log matches a query.
 *
 * @param query nothing in the log matches it; none for appends without a condition
 * @param ofBystander whether the figures are those of a writer without a condition beside it
 */
record Conditions(Optional<EventQuery> query, boolean ofBystander, SampleEvents samples) implements Trial {

    static Conditions none(SampleEvents samples) {
        return new Conditions(Optional.empty(), false, samples);
    }

    /** By two tags, one of which a third of the events have. */
    static Conditions byTags(boolean ofBystander, SampleEvents samples) {
        var query = EventQuery.withTags(Set.of(LargeLog.FREQUENT, LargeLog.RARE));
        return new Conditions(Optional.of(query), ofBystander, samples);
    }

    /** By a tag that a third of the events have, and a type that none has. */
    static Conditions byType(boolean ofBystander, SampleEvents samples) {
        var types = Set.of(samples.at(SampleEvents.STEPS - 1, 0).type());
        var query = new EventQuery(List.of(new EventQuery.Criterion(types, Set.of(), Set.of(LargeLog.FREQUENT))));
        return new Conditions(Optional.of(query), ofBystander, samples);
    }

    @Override
    public Measurement run(String url, Pace pace) throws Exception {
        try (var headwater = Headwater.open(url)) {
            var conditional = writer(headwater, query);
            if (!ofBystander) {
                return ClosedLoop.run(pace, Thread.ofPlatform().factory(), List.of(conditional));
            }
            var stop = new AtomicBoolean();
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                Future<Void> beside = threads.submit(() -> {
                    while (!stop.get()) {
                        conditional.run();
                    }
                    return null;
                });
                try {
                    var bystander = writer(headwater, Optional.empty());
                    return ClosedLoop.run(pace, Thread.ofPlatform().factory(), List.of(bystander));
                } finally {
                    stop.set(true);
                    beside.get();
                }
            }
        }
    }

    private Operation writer(Headwater headwater, Optional<EventQuery> condition) {
        var stream = StreamId.of("conditional", OpenOrders.newId());
        var event = samples.at(LargeLog.STEP, 1).event();
        return () -> {
            var append = Append.to(stream, ExpectedVersion.any(), event);
            headwater
                    .store()
                    .append(
                            condition.isEmpty()
                                    ? append
                                    : append.onlyIf(AppendCondition.noneMatching(condition.get(), 0)));
            return 1;
        };
    }
}
