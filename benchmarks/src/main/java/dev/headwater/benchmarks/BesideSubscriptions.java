package dev.headwater.benchmarks;

import dev.headwater.benchmarks.ClosedLoop.Operation;
import dev.headwater.store.EventQuery;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StreamId;
import dev.headwater.subscription.Subscription;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.Set;

/**
 * Eight writers of one event each, beside subscriptions that want nothing of what is appended.
 *
 * @param subscriptions how many
 */
record BesideSubscriptions(int subscriptions, SampleEvents samples) implements Trial {

    private static final int WRITERS = 8;

    @Override
    public Measurement run(String url, Pace pace) throws Exception {
        try (var headwater = Headwater.open(url)) {
            var unwanted = samples.at(0, 0).event();
            var wanted = samples.at(SampleEvents.STEPS - 1, 0).type();
            for (int i = 0; i < subscriptions; i++) {
                Subscription<Connection> subscription = Subscription.named("beside-" + i)
                        .events(EventQuery.ofTypes(Set.of(wanted)))
                        .projecting((events, connection) -> {});
                headwater.subscriptions().start(subscription);
            }
            var operations = new ArrayList<Operation>(WRITERS);
            for (int i = 0; i < WRITERS; i++) {
                var stream = StreamId.of("beside", OpenOrders.newId());
                operations.add(() -> {
                    headwater.store().append(stream, ExpectedVersion.any(), unwanted);
                    return 1;
                });
            }
            return ClosedLoop.run(pace, Thread.ofPlatform().factory(), operations);
        }
    }
}
