package dev.headwater.benchmarks;

import dev.headwater.store.Append;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.NewEvent;
import dev.headwater.store.StreamId;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Brings tables to the size that a measurement starts from. */
final class Fill {

    private static final int ORDERS_PER_APPEND = 50;
    private static final int EVENTS_PER_APPEND = 500;

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

    /** Grows streams by one event at a time, in an order that is another one each time, so that keys mix as in life. */
    static void interleaved(EventStore store, SampleEvents samples, int streams, int eventsEach) {
        var ids = new ArrayList<StreamId>(streams);
        for (int i = 0; i < streams; i++) {
            ids.add(StreamId.of("order", OpenOrders.newId()));
        }
        var random = new Random(streams);
        for (int version = 0; version < eventsEach; version++) {
            Collections.shuffle(ids, random);
            for (int from = 0; from < streams; from += EVENTS_PER_APPEND) {
                var parts = new ArrayList<Append.Part>();
                for (var id : ids.subList(from, Math.min(from + EVENTS_PER_APPEND, streams))) {
                    var event = samples.at(version, random.nextInt()).event();
                    parts.add(new Append.Part(id, ExpectedVersion.exactly(version), List.of(NewEvent.of(event))));
                }
                store.append(new Append(parts, Optional.empty()));
            }
        }
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
