package dev.headwater.postgres.faults;

import dev.headwater.embedded.EmbeddedDatabase;
import dev.headwater.postgres.faults.Counters.Counter;
import dev.headwater.store.Append;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.NewEvent;
import dev.headwater.store.StreamId;
import dev.headwater.subscription.DeadLetter;
import dev.headwater.subscription.DeadLetterFilter;
import dev.headwater.subscription.DeadLetters;
import dev.headwater.subscription.SubscriptionStatus;
import dev.headwater.testkit.Await;
import dev.headwater.testkit.JvmProcess;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * One run of {@link DeliveryUnderFireTest}.
 *
 * <p>Events are appended while the processes are disturbed. Then the processes are left alone until nothing moves any
 * more. Now of every key exactly the events before its first poison must have been counted, in order, and the poison
 * and all events behind it must be dead letters. In the end the cause is removed, the letters are retried, and every
 * event must have been counted once, in the order of its key.
 */
final class DeliveryCampaign {

    private static final int WORKERS = 3;
    private static final int EVENTS_PER_APPEND = 20;
    /** How long it may take until something moves. */
    private static final Duration LIMIT = Duration.ofMinutes(2);

    /** Each is handled in a transaction of its own. */
    private static final Duration FOR_A_LETTER = Duration.ofMillis(20);

    private static final int LETTERS_AT_ONCE = 10_000;
    private static final DeadLetterFilter LETTERS = DeadLetterFilter.of(Deliveries.SUBSCRIPTION);

    private final SplittableRandom random;
    private final int events;
    private final int keys;
    private final int disturbances;
    private final Path folder;
    private final List<JvmProcess> workers = new ArrayList<>();
    private final Patience patience = new Patience(new CountDownLatch(1));
    private final Map<String, Integer> done = new HashMap<>();

    DeliveryCampaign(long seed, int events, int keys, int disturbances, Path folder) {
        this.random = new SplittableRandom(seed);
        this.events = events;
        this.keys = keys;
        this.disturbances = disturbances;
        this.folder = folder;
    }

    /**
     * What happened.
     *
     * @param events how many events were counted in the end
     * @param parked how many letters there were before the cause was removed
     * @param disturbances what was done to processes and server, and how often
     */
    record Result(long events, long parked, Map<String, Integer> disturbances) {}

    Result run() throws Exception {
        try (var server = EmbeddedDatabase.start();
                var application = Application.open(server.jdbcUrl(), Application.SCHEMA, PlantedBug.NONE);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            try (var connection = DriverManager.getConnection(server.jdbcUrl())) {
                Deliveries.create(connection);
            }
            for (int i = 0; i < WORKERS; i++) {
                workers.add(start(server));
            }
            var appending = threads.submit(appending(application, random.split()));
            try {
                disturb(server, appending);
            } finally {
                appending.cancel(true);
            }
            appending.get();
            return verify(server, application);
        } finally {
            workers.forEach(JvmProcess::close);
        }
    }

    private JvmProcess start(EmbeddedDatabase server) {
        return JvmProcess.start(DeliveryWorker.class, folder.resolve("workers.err"), List.of(server.jdbcUrl()));
    }

    private Callable<Void> appending(Application application, SplittableRandom dice) {
        return () -> {
            for (int appended = 0; appended < events && !Thread.interrupted(); appended += EVENTS_PER_APPEND) {
                var more = new ArrayList<NewEvent>();
                for (int i = 0; i < EVENTS_PER_APPEND; i++) {
                    more.add(NewEvent.of(new Counted("delivery", i, EVENTS_PER_APPEND)));
                }
                var stream = StreamId.of("key", Integer.toString(dice.nextInt(keys)));
                var append = Append.to(stream, ExpectedVersion.any(), more);
                patience.untilAvailable(() -> application.store().append(append));
            }
            return null;
        };
    }

    private void disturb(EmbeddedDatabase server, Future<Void> appending) throws Exception {
        int count = 0;
        while (count < disturbances || !appending.isDone()) {
            int number = random.nextInt(WORKERS);
            workers.get(number).awaitExit(Duration.ofMillis(random.nextInt(100, 1000)));
            if (count++ < disturbances) {
                disturb(server, number);
            }
            requireAlive();
        }
    }

    private void disturb(EmbeddedDatabase server, int number) throws Exception {
        var worker = workers.get(number);
        int lot = random.nextInt(10);
        if (lot < 3) {
            note("killed");
            worker.kill();
            workers.set(number, start(server));
        } else if (lot < 6) {
            note("stopped longer than its lease");
            worker.suspend();
            worker.awaitExit(DeliveryWorker.LEASE.plusMillis(random.nextInt(500, 2000)));
            worker.resume();
        } else if (lot < 8) {
            note("restarted in good order");
            worker.tell("finish");
            Verdict.require(worker.awaitExit(LIMIT), "A worker did not finish:%n%s", worker.errors());
            Verdict.require(worker.exitStatus() == 0, "A worker failed:%n%s", worker.errors());
            workers.set(number, start(server));
        } else {
            note("server killed");
            server.crash();
            server.restart();
        }
    }

    private void note(String what) {
        done.merge(what, 1, Integer::sum);
    }

    private void requireAlive() {
        for (var worker : workers) {
            Verdict.require(worker.isAlive(), "A worker has ended:%n%s", worker.errors());
        }
    }

    private Result verify(EmbeddedDatabase server, Application application) throws Exception {
        var letters = application.database().deadLetters();
        DeliveryUnderFireTest.report("is left alone after " + done);
        awaitQuiet(application, letters);
        long parked = letters.count(LETTERS).letters();
        DeliveryUnderFireTest.report("finds " + parked + " letters");
        requireCounted(server, expectedBeforeTheCure(application));
        requireParked(application, letters);
        try (var connection = DriverManager.getConnection(server.jdbcUrl())) {
            Deliveries.cure(connection);
        }
        letters.retry(LETTERS, "campaign");
        Await.until("every letter has been handled", LIMIT.plus(FOR_A_LETTER.multipliedBy(parked)), () -> {
            letters.retry(LETTERS.in(DeadLetter.State.PARKED), "campaign");
            return letters.list(LETTERS, 1).isEmpty();
        });
        requireCounted(server, versions(application));
        return new Result(application.store().headPosition(), parked, done);
    }

    private void awaitQuiet(Application application, DeadLetters letters) throws Exception {
        long head = patience.untilAvailable(() -> application.store().headPosition());
        long reached = reached(application);
        while (reached < head) {
            long before = reached;
            Await.until("the checkpoint moves from " + before, LIMIT, () -> {
                requireAlive();
                return reached(application) > before;
            });
            reached = reached(application);
        }
        Await.until("what was tried again is handled or parked", LIMIT, () -> {
            requireAlive();
            return letters.list(LETTERS.in(DeadLetter.State.RETRYING), 1).isEmpty();
        });
    }

    private static long reached(Application application) {
        return application.subscriptions().segments(Deliveries.SUBSCRIPTION).stream()
                .mapToLong(SubscriptionStatus.Segment::position)
                .min()
                .orElse(0);
    }

    private static Map<StreamId, Long> versions(Application application) {
        var versions = new HashMap<StreamId, Long>();
        application.store().readLog(0).forEach(event -> versions.put(event.stream(), event.version()));
        return versions;
    }

    private static Map<StreamId, Long> expectedBeforeTheCure(Application application) {
        var versions = new HashMap<StreamId, Long>();
        var stopped = new HashSet<StreamId>();
        application.store().readLog(0).forEach(event -> {
            if (Deliveries.isPoison(event)) {
                stopped.add(event.stream());
            }
            if (!stopped.contains(event.stream())) {
                versions.put(event.stream(), event.version());
            }
        });
        return versions;
    }

    private static void requireParked(Application application, DeadLetters letters) {
        var expected = new HashMap<Long, DeadLetter.State>();
        var stopped = new HashSet<StreamId>();
        application.store().readLog(0).forEach(event -> {
            if (stopped.contains(event.stream())) {
                expected.put(event.position(), DeadLetter.State.WAITING);
            } else if (Deliveries.isPoison(event)) {
                stopped.add(event.stream());
                expected.put(event.position(), DeadLetter.State.PARKED);
            }
        });
        var found = new HashMap<Long, DeadLetter.State>();
        var page = letters.list(LETTERS, LETTERS_AT_ONCE);
        while (!page.isEmpty()) {
            page.forEach(letter -> found.put(letter.position(), letter.state()));
            page = letters.list(LETTERS, page.getLast(), LETTERS_AT_ONCE);
        }
        Verdict.require(
                found.equals(expected),
                "The dead letters are not each first poison of a key with all events behind it: expected %d, found %d",
                expected.size(),
                found.size());
    }

    private static void requireCounted(EmbeddedDatabase server, Map<StreamId, Long> expected) throws Exception {
        var counters = counters(server);
        expected.forEach((stream, version) -> {
            var counter = counters.getOrDefault(stream, new Counter(0, 0));
            Verdict.require(
                    counter.equals(new Counter(version, version)),
                    "Of the stream %s was counted %s, expected every event up to version %d once and in order",
                    stream,
                    counter,
                    version);
        });
        Verdict.require(
                counters.keySet().equals(expected.keySet()),
                "Streams were counted that should not have been: %d instead of %d",
                counters.size(),
                expected.size());
    }

    private static Map<StreamId, Counter> counters(EmbeddedDatabase server) throws Exception {
        try (var connection = DriverManager.getConnection(server.jdbcUrl())) {
            return Counters.read(connection);
        }
    }
}
