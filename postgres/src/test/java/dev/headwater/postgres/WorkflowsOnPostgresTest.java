package dev.headwater.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.aggregate.DeciderRepository;
import dev.headwater.command.CommandDelivery;
import dev.headwater.postgres.WorkflowOrders.Kind;
import dev.headwater.postgres.WorkflowOrders.OrderCommand;
import dev.headwater.postgres.WorkflowOrders.OrderEvent;
import dev.headwater.postgres.WorkflowOrders.PaymentEvent;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StreamId;
import dev.headwater.subscription.StartFrom;
import dev.headwater.subscription.SubscriptionSettings;
import dev.headwater.subscription.Subscriptions;
import dev.headwater.testkit.Await;
import dev.headwater.workflow.Ending;
import dev.headwater.workflow.ProcessState;
import dev.headwater.workflow.WorkflowDefinition;
import dev.headwater.workflow.WorkflowReplay;
import dev.headwater.workflow.Workflows;
import dev.headwater.workflow.spi.StepReceipts;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Workflow code on PostgreSQL, run by several instances that come and go. */
class WorkflowsOnPostgresTest {

    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final SubscriptionSettings SETTINGS = SubscriptionSettings.DEFAULT
            .withPollInterval(Duration.ofMillis(100))
            .withLease(Duration.ofSeconds(2));

    private final String schema = TestServers.freshSchema();
    private final String reservations = schema + ".reservations";
    private final PostgresDatabase database = PostgresDatabase.builder()
            .url(TestServers.newest().jdbcUrl())
            .schema(schema)
            .poolSize(12)
            .open();
    private final EventStore store = new EventStore(database.eventStorage(), WorkflowOrders.TYPES);
    private final List<Instance> instances = new ArrayList<>();

    private record Instance(Subscriptions<Connection> subscriptions, Workflows workflows) {
        void close() {
            workflows.close();
            subscriptions.close();
        }
    }

    @AfterEach
    void close() {
        instances.forEach(Instance::close);
        database.close();
    }

    private Instance start(WorkflowDefinition<?, ?> definition) {
        var subscriptions = new Subscriptions<>(store, database.subscriptionStorage(), SETTINGS);
        var orders = DeciderRepository.of(store, "order", OrderEvent.class, new WorkflowOrders.Orders());
        var payments = DeciderRepository.of(store, "payment", PaymentEvent.class, new WorkflowOrders.Payments());
        var instance = new Instance(
                subscriptions,
                Workflows.builder(store, subscriptions, database.processStorage())
                        .run(definition, StartFrom.beginning())
                        .aggregates(OrderCommand.Ship.class, orders, OrderCommand::order)
                        .aggregates(OrderCommand.Cancel.class, orders, OrderCommand::order)
                        .transactionalSteps(database.stepReceipts())
                        .commands(CommandDelivery.named("commands", WorkflowOrders.TYPES)
                                .toAggregate(OrderCommand.Pay.class, payments, OrderCommand::order))
                        .lookingEvery(Duration.ofMillis(20))
                        .start());
        instances.add(instance);
        return instance;
    }

    @Test
    void everyOrderEndsOnceWhileInstancesComeAndGo() throws Exception {
        execute("CREATE TABLE " + reservations + " (order_id text)");
        var definition = WorkflowOrders.process(reservations);
        int orders = 60;
        start(definition);
        start(definition);
        for (int i = 1; i <= orders; i++) {
            store.append(
                    StreamId.of("order", "" + i),
                    ExpectedVersion.any(),
                    new OrderEvent.OrderCreated("" + i, Kind.of(i)));
            if (i == orders / 2) {
                instances.removeFirst().close();
                start(definition);
            }
        }
        var workflows = instances.getFirst().workflows();
        Await.until("every order has ended", LIMIT, () -> ended(workflows) == orders);

        assertThat(endings()).isEqualTo(expected(orders));
        assertThat(count("SELECT count(*) FROM " + reservations)).isEqualTo(orders);
        assertThat(count("SELECT count(DISTINCT order_id) FROM " + reservations))
                .isEqualTo(orders);
        assertThat(count("SELECT count(*) FROM " + schema + ".step_receipts")).isZero();
        assertThat(workflows.count().get("orders"))
                .isEqualTo(Map.of(
                        ProcessState.COMPLETED, expected(orders).get("shipped"),
                        ProcessState.FAILED, expected(orders).get("cancelled")));
        assertThat(workflows.history("orders", "5")).anyMatch(line -> line.contains("the time has ended"));
        assertThat(WorkflowReplay.of(store).run(definition)).isEmpty();
    }

    private static long ended(Workflows workflows) {
        return workflows.count().getOrDefault("orders", Map.of()).entrySet().stream()
                .filter(state -> state.getKey().isEnded())
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    private Map<String, Long> endings() {
        return store.readLog(0)
                .filter(event -> event.event() instanceof OrderEvent.OrderShipped
                        || event.event() instanceof OrderEvent.OrderCancelled)
                .collect(Collectors.groupingBy(
                        event -> event.event() instanceof OrderEvent.OrderShipped ? "shipped" : "cancelled",
                        Collectors.counting()));
    }

    private static Map<String, Long> expected(int orders) {
        return IntStream.rangeClosed(1, orders)
                .mapToObj(Kind::of)
                .collect(Collectors.groupingBy(
                        kind -> kind == Kind.PAID ? "shipped" : "cancelled", Collectors.counting()));
    }

    @Test
    void aWorkflowIsStartedByCallOnOneInstanceAndRunByAnother() throws Exception {
        var definition = WorkflowDefinition.of("sums", 1, Integer.class, Integer.class, (wf, input) -> {
            int half = wf.step("half").call(Integer.class, key -> input / 2);
            wf.sleep(Duration.ofMillis(50));
            return half + wf.step("other half").call(Integer.class, key -> input - half);
        });
        start(definition);
        var workflows = start(definition).workflows();
        var handles = IntStream.range(0, 20)
                .mapToObj(i -> workflows.start(definition, "" + i, i))
                .toList();

        for (int i = 0; i < handles.size(); i++) {
            assertThat(workflows.awaitEnd(handles.get(i), LIMIT)).contains(new Ending.Completed<>(i));
        }
    }

    @Test
    void aStepThatTwoRunnersDoAtTheSameMomentIsDoneOnce() throws Exception {
        execute("CREATE TABLE " + reservations + " (order_id text)");
        var receipts = database.stepReceipts();
        var journal = new StreamId("$orders-1");
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 50; i++) {
                var claim = new StepReceipts.Claim("step " + i, journal, 0);
                var key = claim.key();
                Callable<Optional<String>> runner = () -> receipts.once(claim, connection -> {
                    try (var statement = connection.prepareStatement("INSERT INTO " + reservations + " VALUES (?)")) {
                        statement.setString(1, key);
                        statement.executeUpdate();
                    }
                    return "\"" + Thread.currentThread().threadId() + "\"";
                });
                var results = threads.invokeAll(List.of(runner, runner)).stream()
                        .map(WorkflowsOnPostgresTest::result)
                        .distinct()
                        .toList();
                assertThat(results).hasSize(1);
            }
        }
        assertThat(count("SELECT count(*) FROM " + reservations)).isEqualTo(50);
    }

    @Test
    void aStepOfARunnerThatWasLeftBehindIsNotDone() throws Exception {
        var receipts = database.stepReceipts();
        store.append(StreamId.of("order", "1"), ExpectedVersion.any(), new OrderEvent.OrderShipped("1"));

        assertThat(receipts.once(new StepReceipts.Claim("step", StreamId.of("order", "1"), 0), connection -> {
                    throw new AssertionError("must not be called");
                }))
                .isEmpty();
        assertThat(count("SELECT count(*) FROM " + schema + ".step_receipts")).isZero();
    }

    /** Whoever looks at the journal first and writes the receipt then has looked too early. */
    @Test
    void aRunnerThatHadToWaitForAReceiptLooksAtTheJournalAfterwards() throws Exception {
        var stream = StreamId.of("order", "1");
        var waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%" + schema
                + "%step_receipts%'";
        try (var threads = Executors.newVirtualThreadPerTaskExecutor();
                var other = database.connections().begin()) {
            try (var statement = other.connection().createStatement()) {
                statement.execute("INSERT INTO " + schema + ".step_receipts (key) VALUES ('step')");
            }
            var late = threads.submit(
                    () -> database.stepReceipts().once(new StepReceipts.Claim("step", stream, 0), connection -> {
                        throw new AssertionError("must not be called");
                    }));
            Await.until("it waits for the receipt", LIMIT, () -> counted(waiting) == 1);
            store.append(stream, ExpectedVersion.any(), new OrderEvent.OrderShipped("1"));
            other.connection().rollback();

            assertThat(late.get()).isEmpty();
        }
    }

    private long counted(String sql) {
        try {
            return count(sql);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static Optional<String> result(Future<Optional<String>> future) {
        try {
            return future.get();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private void execute(String sql) throws SQLException {
        database.connections().with(connection -> {
            try (var statement = connection.createStatement()) {
                return statement.execute(sql);
            }
        });
    }

    private long count(String sql) throws SQLException {
        return database.connections().with(connection -> {
            try (var statement = connection.createStatement();
                    var rows = statement.executeQuery(sql)) {
                rows.next();
                return rows.getLong(1);
            }
        });
    }
}
