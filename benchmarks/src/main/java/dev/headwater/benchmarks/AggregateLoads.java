package dev.headwater.benchmarks;

import dev.headwater.aggregate.Decider;
import dev.headwater.aggregate.DeciderRepository;
import dev.headwater.benchmarks.ClosedLoop.Operation;
import dev.headwater.benchmarks.OrderEvent.ItemAdded;
import dev.headwater.benchmarks.OrderEvent.OrderDelivered;
import dev.headwater.benchmarks.OrderEvent.OrderPicked;
import dev.headwater.benchmarks.OrderEvent.OrderPlaced;
import dev.headwater.benchmarks.OrderEvent.OrderShipped;
import dev.headwater.benchmarks.OrderEvent.PaymentReceived;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Loads of aggregates, one after the other on one thread, each chosen at random. */
final class AggregateLoads {

    /** How many events an aggregate has. */
    static final int EVENTS = 100;

    private static final int SEED = 4711;

    private AggregateLoads() {}

    /** The limit: one statement that reads the rows of the stream with that name, in order. */
    static Measurement raw(String url, Pace pace, List<String> ids) throws Exception {
        try (var connection = RawTable.connect(url);
                var select = connection.prepareStatement("SELECT " + RawEvent.COLUMNS + """
                         FROM headwater.events
                        WHERE stream_id = (SELECT s.id FROM headwater.streams s WHERE s.name = ?)
                        ORDER BY version""")) {
            var random = new SplittableRandom(SEED);
            return single(pace, () -> {
                select.setString(1, "order-" + ids.get(random.nextInt(ids.size())));
                var events = new ArrayList<RawEvent>();
                try (var rows = select.executeQuery()) {
                    while (rows.next()) {
                        events.add(RawEvent.read(rows));
                    }
                }
                requireComplete(events.size());
                return 1;
            });
        }
    }

    /** Headwater: the state of the aggregate. */
    static Measurement headwater(String url, Pace pace, List<String> ids) throws Exception {
        try (var headwater = Headwater.open(url)) {
            var orders = DeciderRepository.of(headwater.store(), "order", OrderEvent.class, new OrderDecider());
            var random = new SplittableRandom(SEED);
            return single(pace, () -> {
                var loaded = orders.load(ids.get(random.nextInt(ids.size())));
                requireComplete(loaded.state().events());
                return 1;
            });
        }
    }

    private static Measurement single(Pace pace, Operation load) throws Exception {
        return ClosedLoop.run(pace, Thread.ofPlatform().factory(), List.of(load));
    }

    private static void requireComplete(int events) {
        if (events != EVENTS) {
            throw new IllegalStateException("Read " + events + " events of an aggregate that has " + EVENTS);
        }
    }

    /** What is kept of an order. */
    record OrderState(int events, int pieces, BigDecimal paid, String status) {
        private OrderState after(String newStatus) {
            return new OrderState(events + 1, pieces, paid, newStatus);
        }
    }

    /** Folds orders; decides nothing. */
    static final class OrderDecider implements Decider<OrderEvent, OrderState, OrderEvent> {

        @Override
        public OrderState initial() {
            return new OrderState(0, 0, BigDecimal.ZERO, "draft");
        }

        @Override
        public List<OrderEvent> decide(OrderEvent command, OrderState state) {
            return List.of(command);
        }

        @Override
        public OrderState evolve(OrderState state, OrderEvent event) {
            return switch (event) {
                case ItemAdded item ->
                    new OrderState(state.events() + 1, state.pieces() + item.quantity(), state.paid(), state.status());
                case OrderPlaced placed -> state.after("placed");
                case PaymentReceived payment ->
                    new OrderState(
                            state.events() + 1, state.pieces(), state.paid().add(payment.amount()), "paid");
                case OrderPicked picked -> state.after("picked");
                case OrderShipped shipped -> state.after("shipped");
                case OrderDelivered delivered -> state.after("delivered");
            };
        }
    }
}
