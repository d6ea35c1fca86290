package dev.headwater.postgres.faults;

import dev.headwater.HeadwaterException;
import dev.headwater.store.AppendResult;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StreamId;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.random.RandomGenerator;

/**
 * Writers in transactions of their own that do everything to confuse a reader, writers that share batches, and a reader
 * that follows all of them. It says {@code written} when the writers are done, is then told the position to read to,
 * and ends when the reader is there.
 */
final class OrderingWorker {

    /** Writers in transactions of their own, numbered from 0; the others come after them. */
    static final int TRANSACTION_WRITERS = 6;

    static final int WRITERS = TRANSACTION_WRITERS + 6;
    /** Appends of a writer without a transaction for each transaction of the others. */
    private static final int APPENDS_PER_TRANSACTION = 8;

    private final OrderingTask task;
    private final Application application;
    private final Journal journal;

    private OrderingWorker(OrderingTask task, Application application, Journal journal) {
        this.task = task;
        this.application = application;
        this.journal = journal;
    }

    public static void main(String[] arguments) {
        var task = OrderingTask.parse(arguments);
        try (var application = Application.open(task.url(), Application.SCHEMA, PlantedBug.NONE);
                var journal = Journal.open(task.journal());
                var seen = Journal.open(task.seen())) {
            new OrderingWorker(task, application, journal).run(new TailReader(application.store(), seen));
        } catch (Throwable e) {
            fail(e);
        }
    }

    private static void fail(Throwable failure) {
        failure.printStackTrace();
        Runtime.getRuntime().halt(1);
    }

    private void run(TailReader reader) throws Exception {
        var reading = Thread.ofVirtual()
                .uncaughtExceptionHandler((thread, e) -> fail(e))
                .start(reader);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < WRITERS; i++) {
                int writer = i;
                threads.execute(() -> {
                    try {
                        write(writer);
                    } catch (Exception e) {
                        fail(e);
                    }
                });
            }
        }
        System.out.println("written");
        var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        reader.readTo(Long.parseLong(input.readLine()));
        reading.join();
    }

    private void write(int writer) throws Exception {
        var random = new Random(task.seed() * 31 + writer);
        var intents = new Intents(writer, random);
        if (writer >= TRANSACTION_WRITERS) {
            for (int i = 0; i < task.transactions() * APPENDS_PER_TRANSACTION; i++) {
                var intent = intents.next();
                attempt(intent, () -> Optional.of(application.store().append(intent.toAppend())), intents);
            }
            return;
        }
        try (var connection = DriverManager.getConnection(task.url())) {
            connection.setAutoCommit(false);
            for (int i = 0; i < task.transactions(); i++) {
                var intent = intents.next();
                attempt(intent, () -> inTransaction(connection, intent, random), intents);
            }
        }
    }

    /** Takes a transaction id, lets others go first, appends, and at times dawdles with the lock before the end. */
    private Optional<AppendResult> inTransaction(Connection connection, Intent intent, RandomGenerator random)
            throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("INSERT INTO early DEFAULT VALUES");
            dawdle(connection, random.nextInt(3) == 0 ? 0 : random.nextInt(30));
            var result = new EventStore(application.database().eventStorage().within(connection), Counted.TYPES)
                    .append(intent.toAppend());
            dawdle(connection, random.nextInt(3) == 0 ? random.nextInt(4) : 0);
            if (random.nextInt(10) < 3) {
                connection.rollback();
                return Optional.empty();
            }
            connection.commit();
            return Optional.of(result);
        } catch (HeadwaterException e) {
            connection.rollback();
            throw e;
        }
    }

    private static void dawdle(Connection connection, int millis) throws SQLException {
        if (millis > 0) {
            try (var statement = connection.prepareStatement("SELECT pg_sleep(?)")) {
                statement.setDouble(1, millis / 1000.0);
                statement.execute();
            }
        }
    }

    private void attempt(Intent intent, Callable<Optional<AppendResult>> append, Intents intents) throws Exception {
        journal.write(new Entry.Meant(intent));
        try {
            var result = append.call();
            if (result.isPresent()) {
                journal.write(new Entry.Acknowledged(intent.key(), result.get()));
                intents.stored(result.get());
            } else {
                journal.write(new Entry.NothingStored(intent.key()));
            }
        } catch (HeadwaterException e) {
            if (task.correct()) {
                throw e;
            }
            journal.write(new Entry.NothingStored(intent.key()));
        }
    }

    /** The streams that a worker's writers begin with, so that no other order than that of the events is at stake. */
    static List<StreamId> streams(int worker) {
        var streams = new ArrayList<StreamId>();
        for (int writer = 0; writer < WRITERS; writer++) {
            streams.add(Streams.own(worker, writer, 0));
        }
        return streams;
    }

    /** What one writer wants to append, one after the other. Not thread-safe. */
    private final class Intents {

        private final StreamId stream;
        private final String keyPrefix;
        private final RandomGenerator random;
        private long version = 1;
        private long number;

        Intents(int writer, RandomGenerator random) {
            this.stream = Streams.own(task.worker(), writer, 0);
            this.keyPrefix = task.worker() + ".1." + writer + ".";
            this.random = random;
        }

        Intent next() {
            var parts = new ArrayList<Intent.Part>();
            int dice = task.correct() ? random.nextInt(4) : 0;
            if (dice < 3) {
                parts.add(Intent.Part.of(stream, ExpectedVersion.exactly(version), 1 + random.nextInt(3)));
            }
            if (dice > 1) {
                parts.add(Intent.Part.of(Streams.hot(0), ExpectedVersion.any(), 1 + random.nextInt(2)));
            }
            return new Intent(keyPrefix + number++, Optional.empty(), parts);
        }

        void stored(AppendResult result) {
            version = result.versions().getOrDefault(stream, version);
        }
    }
}
