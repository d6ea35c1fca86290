package dev.headwater.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.store.StreamId;
import dev.headwater.subscription.Subscriptions;
import dev.headwater.testkit.Await;
import dev.headwater.workflow.Ending;
import dev.headwater.workflow.WorkflowDefinition;
import dev.headwater.workflow.Workflows;
import dev.headwater.workflow.spi.StepReceipts;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The table of receipts for steps that are done in the database of the log. */
class StepReceiptsTest {

    private static final Duration LIMIT = Duration.ofSeconds(90);

    private final String schema = TestServers.freshSchema();
    private final PostgresDatabase database = PostgresDatabase.builder()
            .url(TestServers.newest().jdbcUrl())
            .schema(schema)
            .open();

    @AfterEach
    void close() {
        database.close();
    }

    /** Whoever looks at the journal first and writes the receipt then has looked too early. */
    @Test
    void aRunnerThatHadToWaitForAReceiptLooksAtTheJournalAfterwards() throws Exception {
        var stream = StreamId.of("order", "1");
        var waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%" + schema
                + "%step_receipts%'";
        try (var threads = Executors.newVirtualThreadPerTaskExecutor();
                var store = Events.store(database.eventStorage());
                var other = database.connections().begin()) {
            try (var statement = other.connection().createStatement()) {
                statement.execute("INSERT INTO " + schema + ".step_receipts (key) VALUES ('step')");
            }
            var late = threads.submit(
                    () -> database.stepReceipts().once(new StepReceipts.Claim("step", stream, 0), connection -> {
                        throw new AssertionError("must not be called");
                    }));
            Await.until("it waits for the receipt", LIMIT, () -> count(waiting) == 1);
            store.append(Events.one(stream.name(), 1));
            other.connection().rollback();

            assertThat(late.get()).isEmpty();
        }
    }

    @Test
    void aReceiptGoesWhenItsStepIsRecorded() throws Exception {
        var definition = WorkflowDefinition.of(
                "receipts",
                1,
                String.class,
                String.class,
                (wf, input) -> wf.step("write").transaction(Connection.class, String.class, connection -> input));
        try (var store = Events.store(database.eventStorage());
                var subscriptions = new Subscriptions<>(store, database.subscriptionStorage());
                var workflows = Workflows.builder(store, subscriptions, database.processStorage())
                        .transactionalSteps(database.stepReceipts())
                        .run(definition)
                        .start()) {
            var handle = workflows.start(definition, "1", "written");

            assertThat(workflows.awaitEnd(handle, LIMIT)).contains(new Ending.Completed<>("written"));
            assertThat(count("SELECT count(*) FROM " + schema + ".step_receipts"))
                    .isZero();
        }
    }

    @Test
    void aStepThatRollsBackIsNotDone() {
        var claim = new StepReceipts.Claim("step", StreamId.of("order", "1"), 0);

        assertThatThrownBy(() -> database.stepReceipts().once(claim, connection -> {
                    try (var statement = connection.createStatement()) {
                        statement.execute("ROLLBACK");
                    }
                    return "done";
                }))
                .hasMessageContaining("rolled back the transaction");
    }

    private long count(String sql) {
        try {
            return database.connections().with(connection -> {
                try (var statement = connection.createStatement();
                        var rows = statement.executeQuery(sql)) {
                    rows.next();
                    return rows.getLong(1);
                }
            });
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
