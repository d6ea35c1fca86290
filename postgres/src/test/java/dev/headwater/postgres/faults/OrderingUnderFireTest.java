package dev.headwater.postgres.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.headwater.embedded.EmbeddedDatabase;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.testkit.JvmProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two applications write in transactions of every length that overlap, commit and roll back, while transactions that
 * never end are open in the same and in another database; a reader in each follows the log, and in the end one reads it
 * from the beginning. They have to agree event by event.
 */
final class OrderingUnderFireTest {

    private static final int WORKERS = 2;
    private static final int TRANSACTIONS = FaultSettings.isFull() ? 1500 : 50;
    private static final int TRANSACTIONS_TO_FIND_A_BUG = 20;
    private static final Duration READER_LIMIT = Duration.ofSeconds(30);

    /** Positions from a sequence, without a critical section: the mistake that this store is built to avoid. */
    private static final String POSITIONS_FROM_A_SEQUENCE = """
            CREATE OR REPLACE FUNCTION headwater.enter_append(lock_timeout_millis int) RETURNS void
                LANGUAGE sql AS $function$ $function$;
            CREATE SEQUENCE headwater.planted START WITH 1000;
            CREATE FUNCTION headwater.draw_position() RETURNS trigger LANGUAGE plpgsql AS $function$
                BEGIN
                    NEW.position := nextval('headwater.planted');
                    RETURN NEW;
                END
                $function$;
            CREATE TRIGGER planted BEFORE INSERT ON headwater.events
                FOR EACH ROW EXECUTE FUNCTION headwater.draw_position();
            """;

    @TempDir
    private Path folder;

    @Test
    void readersAgreeEventByEventWhateverTransactionsDo() throws Exception {
        long seed = FaultSettings.seed();
        report("begins with seed " + seed);
        long events = run(seed, TRANSACTIONS, true);
        report("ends after " + events + " events");
        assertThat(events).isGreaterThan((long) TRANSACTIONS * OrderingWorker.WRITERS);
    }

    @Test
    void positionsFromASequenceAreFound() {
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> run(FaultSettings.seed(), TRANSACTIONS_TO_FIND_A_BUG, false))
                .withMessageContaining("skipped");
    }

    private long run(long seed, int transactions, boolean correct) throws Exception {
        try (var server = EmbeddedDatabase.start();
                var application = Application.open(server.jdbcUrl(), Application.SCHEMA, PlantedBug.NONE);
                var here = DriverManager.getConnection(server.jdbcUrl());
                var repeatable = DriverManager.getConnection(server.jdbcUrl());
                var elsewhere = DriverManager.getConnection(anotherDatabase(server))) {
            var audit = new LogAudit();
            createStreams(application.store(), audit);
            execute(here, "CREATE TABLE early (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY)");
            execute(elsewhere, "CREATE TABLE early (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY)");
            if (!correct) {
                execute(here, POSITIONS_FROM_A_SEQUENCE);
            }
            repeatable.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            for (var connection : List.of(here, repeatable, elsewhere)) {
                beginLongTransaction(connection);
            }
            var tasks = new ArrayList<OrderingTask>();
            for (int i = 0; i < WORKERS; i++) {
                tasks.add(new OrderingTask(server.jdbcUrl(), i, seed * 31 + i, folder, transactions, correct));
            }
            letThemWrite(tasks, application.store());
            compareReaders(tasks, application.store());
            audit(tasks, application.store(), audit);
            for (var connection : List.of(here, repeatable, elsewhere)) {
                connection.commit();
            }
            return application.store().headPosition();
        }
    }

    private static String anotherDatabase(EmbeddedDatabase server) throws SQLException {
        try (var connection = DriverManager.getConnection(server.jdbcUrl())) {
            var name = connection.getCatalog();
            execute(connection, "CREATE DATABASE another");
            return server.jdbcUrl().replaceFirst("/" + name + "\\b", "/another");
        }
    }

    private static void createStreams(EventStore store, LogAudit audit) {
        for (int i = 0; i < WORKERS; i++) {
            for (var stream : OrderingWorker.streams(i)) {
                var intent = new Intent(
                        i + ".0." + stream,
                        Optional.empty(),
                        List.of(Intent.Part.of(stream, ExpectedVersion.noStream(), 1)));
                audit.note(new Entry.Meant(intent));
                audit.note(new Entry.Acknowledged(intent.key(), store.append(intent.toAppend())));
            }
        }
    }

    /** Holds a transaction id, and perhaps a snapshot, from before everything that the workers do. */
    private static void beginLongTransaction(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        execute(connection, "INSERT INTO early DEFAULT VALUES");
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void letThemWrite(List<OrderingTask> tasks, EventStore store) throws InterruptedException {
        var processes = new ArrayList<JvmProcess>();
        try {
            for (var task : tasks) {
                processes.add(JvmProcess.start(OrderingWorker.class, task.errors(), task.toArguments()));
            }
            for (var process : processes) {
                Verdict.require(
                        process.nextLine().equals(Optional.of("written")),
                        "A worker did not finish writing:%n%s",
                        process.errors());
            }
            long head = store.headPosition();
            for (var process : processes) {
                process.tell(Long.toString(head));
            }
            for (var process : processes) {
                Verdict.require(
                        process.awaitExit(READER_LIMIT),
                        "A reader did not come to the head of the log, at %d, within %s",
                        head,
                        READER_LIMIT);
                Verdict.require(process.exitStatus() == 0, "A worker failed:%n%s", process.errors());
            }
        } finally {
            processes.forEach(JvmProcess::close);
        }
    }

    private static void compareReaders(List<OrderingTask> tasks, EventStore store) throws IOException {
        var fromTheBeginning = store.readLog(0).map(TailReader::line).toList();
        for (var task : tasks) {
            var tail = Files.readAllLines(task.seen());
            for (int i = 0; i < fromTheBeginning.size(); i++) {
                Verdict.require(
                        i < tail.size() && tail.get(i).equals(fromTheBeginning.get(i)),
                        "The reader that followed worker %d skipped or misread event %d of the log: expected %s, found %s",
                        task.worker(),
                        i + 1,
                        fromTheBeginning.get(i),
                        i < tail.size() ? tail.get(i) : "nothing");
            }
            Verdict.require(
                    tail.size() == fromTheBeginning.size(),
                    "The reader that followed worker %d saw %d events, the log holds %d",
                    task.worker(),
                    tail.size(),
                    fromTheBeginning.size());
        }
    }

    private static void audit(List<OrderingTask> tasks, EventStore store, LogAudit audit) throws IOException {
        for (var task : tasks) {
            Files.readAllLines(task.journal()).stream().map(Entry::parse).forEach(audit::note);
        }
        audit.readLog(store);
        audit.check(audit.takeDue());
        Verdict.require(
                audit.unsettled().isEmpty(), "Appends whose outcome the log does not confirm: %s", audit.unsettled());
    }

    private static void report(String line) {
        System.out.println("Ordering under fire: " + line);
    }
}
