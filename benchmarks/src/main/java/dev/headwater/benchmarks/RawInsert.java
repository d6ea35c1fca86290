package dev.headwater.benchmarks;

import dev.headwater.UuidV7;
import dev.headwater.benchmarks.ClosedLoop.Operation;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The limit for appends of one event: one INSERT of one row, committed by itself, on as many connections as writers.
 */
record RawInsert(int writers, SampleEvents samples) implements Trial {

    private static final String INSERT =
            "INSERT INTO raw.events (" + RawTable.COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

    @Override
    public Measurement run(String url, Pace pace) throws Exception {
        var connections = new ArrayList<Connection>();
        try {
            for (int i = 0; i < writers; i++) {
                connections.add(RawTable.connect(url));
            }
            var numbers = new AtomicLong(RawTable.lastStream(connections.getFirst()));
            var operations = new ArrayList<Writer>();
            for (var connection : connections) {
                operations.add(new Writer(connection, new OpenOrders(samples, numbers, operations.size())));
            }
            return ClosedLoop.run(pace, Thread.ofPlatform().factory(), operations);
        } finally {
            for (var connection : connections) {
                connection.close();
            }
        }
    }

    private static final class Writer implements Operation {

        private final PreparedStatement insert;
        private final OpenOrders orders;

        Writer(Connection connection, OpenOrders orders) throws SQLException {
            this.orders = orders;
            this.insert = connection.prepareStatement(INSERT);
        }

        @Override
        public int run() throws SQLException {
            var order = orders.next();
            var sample = orders.sample(order);
            var time = OffsetDateTime.now(ZoneOffset.UTC);
            insert.setLong(1, order.number());
            insert.setLong(2, order.version() + 1L);
            insert.setObject(3, time);
            insert.setObject(4, UuidV7.next());
            insert.setInt(5, sample.schemaVersion());
            insert.setInt(6, sample.jsonBytes());
            insert.setShort(7, (short) (time.getNano() % 1000));
            insert.setString(8, sample.type());
            insert.setString(9, "order-" + order.id());
            insert.setObject(10, sample.json(), Types.OTHER);
            insert.executeUpdate();
            order.appended();
            return 1;
        }
    }
}
