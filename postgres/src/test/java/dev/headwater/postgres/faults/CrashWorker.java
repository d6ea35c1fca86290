package dev.headwater.postgres.faults;

import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StreamId;
import dev.headwater.subscription.RunningSubscription;
import dev.headwater.subscription.Subscription;
import dev.headwater.subscription.SubscriptionSettings;
import dev.headwater.subscription.Subscriptions;
import java.nio.file.Files;
import java.sql.Connection;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * An application that is killed over and over: writers, and a projection that counts what is in the log. It ends well
 * when it is told anything, after everything has been counted; it ends badly when anything fails that should not.
 */
final class CrashWorker {

    private static final int WRITERS = 6;
    private static final Duration CATCH_UP_LIMIT = Duration.ofMinutes(2);
    private static final Duration LONGER_THAN_ANY_CAMPAIGN = Duration.ofDays(1);
    private static final SubscriptionSettings SETTINGS = SubscriptionSettings.DEFAULT
            .withPollInterval(Duration.ofMillis(100))
            .withLease(Duration.ofSeconds(1))
            .recoveringWith(Duration.ofMillis(20), Duration.ofMillis(200));

    private final Assignment assignment;
    private final Journal journal;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Patience patience = new Patience(stop);

    private CrashWorker(Assignment assignment, Journal journal) {
        this.assignment = assignment;
        this.journal = journal;
    }

    public static void main(String[] arguments) {
        try {
            var assignment = Assignment.parse(arguments);
            try (var journal = Journal.open(assignment.journal())) {
                new CrashWorker(assignment, journal).run();
            }
        } catch (Throwable e) {
            fail(e);
        }
    }

    private static void fail(Throwable failure) {
        failure.printStackTrace();
        Runtime.getRuntime().halt(1);
    }

    private void run() throws Exception {
        Thread.ofPlatform().daemon().start(this::awaitWord);
        useFreshSchema();
        try (var application = patience.untilAvailable(
                        () -> Application.open(assignment.url(), Application.SCHEMA, assignment.bug()));
                var subscriptions = new Subscriptions<>(application.store(), application.subscriptions(), SETTINGS)) {
            repeatUnsettled(application);
            var counters = patience.untilAvailable(() -> subscriptions.start(
                    Subscription.named(Counters.SUBSCRIPTION).projecting(new Counters())));
            Thread.startVirtualThread(() -> failWhenStopped(counters));
            journal.write(new Entry.Ready());
            writeUntilStopped(application);
            if (!counters.awaitPosition(application.store().headPosition(), CATCH_UP_LIMIT)) {
                throw new IllegalStateException("The projection did not catch up: " + counters.status());
            }
        }
    }

    private void awaitWord() {
        try {
            if (System.in.read() < 0) {
                throw new IllegalStateException("The supervisor is gone");
            }
        } catch (Exception e) {
            fail(e);
        }
        stop.countDown();
    }

    /** A projection goes on whatever happens to the server. */
    private void failWhenStopped(RunningSubscription<Connection> counters) {
        try {
            counters.awaitPosition(Long.MAX_VALUE, LONGER_THAN_ANY_CAMPAIGN);
            if (stop.getCount() > 0) {
                fail(new IllegalStateException("The projection has stopped: " + counters.status()));
            }
        } catch (Exception e) {
            fail(e);
        }
    }

    /** Migrations begin here in each incarnation, so that some are killed on the way. */
    private void useFreshSchema() throws Exception {
        try (var application = patience.untilAvailable(
                () -> Application.open(assignment.url(), assignment.freshSchema(), PlantedBug.NONE))) {
            patience.untilAvailable(() -> application
                    .store()
                    .append(StreamId.of("fresh", "1"), ExpectedVersion.any(), new Counted("fresh", 0, 1)));
        }
        patience.untilAvailable(() -> {
            Application.drop(assignment.url(), assignment.freshSchema());
            return true;
        });
    }

    private void repeatUnsettled(Application application) throws Exception {
        var intents = Files.readAllLines(assignment.retries()).stream()
                .map(Intent::parse)
                .toList();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var intent : intents) {
                var writer = writer(application, 0);
                run(threads, () -> {
                    writer.repeat(intent);
                    return null;
                });
            }
        }
    }

    private void writeUntilStopped(Application application) throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < WRITERS; i++) {
                var writer = writer(application, i);
                run(threads, () -> {
                    writer.prepare();
                    while (stop.getCount() > 0) {
                        writer.write();
                    }
                    return null;
                });
            }
        }
    }

    private Writer writer(Application application, int number) {
        return new Writer(assignment, number, application.store(), journal, patience);
    }

    private static void run(ExecutorService threads, Callable<Void> work) {
        threads.execute(() -> {
            try {
                work.call();
            } catch (Throwable e) {
                fail(e);
            }
        });
    }
}
