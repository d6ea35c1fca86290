package dev.headwater.benchmarks;

import dev.headwater.store.Append;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.NewEvent;
import dev.headwater.store.StreamId;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Brings tables to the size that a measurement starts from. */
final class Fill {

    private static final int ORDERS_PER_APPEND = 50;

    private Fill() {}

    /** Appends complete orders, ten events each. */
    static void orders(EventStore store, SampleEvents samples, int orders) {
        for (int done = 0; done < orders; ) {
            var parts = new ArrayList<Append.Part>();
            for (; parts.size() < ORDERS_PER_APPEND && done < orders; done++) {
                parts.add(order(samples, OpenOrders.newId(), ExpectedVersion.noStream(), done));
            }
            store.append(new Append(parts, Optional.empty()));
        }
    }

    /** Grows streams side by side, ten events each at a time, as they would in life; returns the ids of the streams. */
    static List<String> aggregates(EventStore store, SampleEvents samples, int aggregates, int eventsEach) {
        var ids = new ArrayList<String>(aggregates);
        for (int i = 0; i < aggregates; i++) {
            ids.add(OpenOrders.newId());
        }
        for (int version = 0; version < eventsEach; version += SampleEvents.STEPS) {
            for (int from = 0; from < aggregates; from += ORDERS_PER_APPEND) {
                var parts = new ArrayList<Append.Part>();
                for (int i = from; i < Math.min(from + ORDERS_PER_APPEND, aggregates); i++) {
                    parts.add(order(samples, ids.get(i), ExpectedVersion.exactly(version), i + version));
                }
                store.append(new Append(parts, Optional.empty()));
            }
        }
        return ids;
    }

    /** Leaves nothing to be done for the first reader: hint bits, statistics, the visibility map. */
    static void vacuum(String url) throws SQLException {
        try (var connection = DriverManager.getConnection(url);
                var statement = connection.createStatement()) {
            statement.execute("VACUUM (ANALYZE)");
        }
    }

    private static Append.Part order(SampleEvents samples, String id, ExpectedVersion expected, int key) {
        var events = samples.order(key).stream().map(NewEvent::of).toList();
        return new Append.Part(StreamId.of("order", id), expected, events);
    }
}
