package dev.headwater.examples.shop;

import dev.headwater.examples.shop.analytics.Summary;
import dev.headwater.postgres.PostgresDatabase;
import dev.headwater.store.EventStore;
import dev.headwater.store.StoreUnavailableException;
import dev.headwater.subscription.DeadLetter;
import dev.headwater.subscription.DeadLetterFilter;
import dev.headwater.subscription.DeadLetters;
import dev.headwater.subscription.RunningSubscription;
import dev.headwater.subscription.SubscriptionStatus;
import dev.headwater.subscription.Subscriptions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import javax.sql.DataSource;

/** Whether anything is left to do: a shop is quiet when every order has ended and everybody has heard of it. */
final class Quietness {

    private static final Duration LONGEST_OUTAGE = Duration.ofMinutes(1);
    private static final Duration GLANCE = Duration.ofMillis(200);

    /** How long nothing may happen to orders, besides the waiting that was asked for. */
    private static final Duration LONGEST_STANDSTILL = Duration.ofMinutes(1);

    /** An order waits so often, at most, before something happens to it. */
    private static final int WAITS = 4;

    /** Names of subscriptions that belong to the process begin like this; which ones there are depends on its style. */
    private static final String OF_PROCESS = "$";

    private static final String UNFINISHED =
            "SELECT count(*) FROM shop.orders WHERE status NOT IN ('SHIPPED', 'CANCELLED')";

    private final DataSource dataSource;
    private final DeadLetters deadLetters;
    private final EventStore store;
    private final Subscriptions<Connection> subscriptions;
    private final List<RunningSubscription<Connection>> running;
    private final Processes processes;
    private final Duration longestStandstill;

    Quietness(
            PostgresDatabase database,
            EventStore store,
            Subscriptions<Connection> subscriptions,
            List<RunningSubscription<Connection>> running,
            Processes processes,
            ShopSettings settings) {
        this.dataSource = database.dataSource();
        this.deadLetters = database.deadLetters();
        this.store = store;
        this.subscriptions = subscriptions;
        this.running = running;
        this.processes = processes;
        this.longestStandstill = LONGEST_STANDSTILL.plus(
                settings.timeLimit().plus(settings.latency()).multipliedBy(WAITS));
    }

    /**
     * How things are when there is nothing left to do.
     *
     * @param delivery what has become of the events
     * @param workflows what has become of the instances of the order process
     */
    record Found(Summary.Delivery delivery, Summary.Workflows workflows) {}

    /** What is left to do: orders that have not ended, and instances of processes. */
    private record Left(long orders, long instances) {

        boolean isNothing() {
            return orders == 0 && instances == 0;
        }
    }

    /**
     * Waits until every order has ended and every subscription has handled everything on whichever instance, also what
     * the others appended meanwhile, and nothing is to be tried again. A database that is away for a while is waited
     * for.
     *
     * @param progress is told now and then how many events of the log every subscription has handled
     * @throws StalledException when a subscription has given up, or nothing happens any more to orders that have not
     *     ended
     */
    Found await(LongConsumer progress) throws InterruptedException, SQLException {
        var outage = new Stopwatch();
        var standstill = new Stopwatch();
        var before = new Left(-1, -1);
        while (true) {
            try {
                long head = store.headPosition();
                awaitPosition(head, progress);
                awaitRetries(head);
                var left = left();
                if (left.isNothing()) {
                    var found = look(head);
                    if (found.isPresent()) {
                        return found.get();
                    }
                }
                if (!left.equals(before)) {
                    standstill.restart();
                } else if (standstill.hasRun(longestStandstill)) {
                    throw stalled(left);
                }
                before = left;
                subscriptions.status().forEach(Quietness::requireHealthy);
                running.getFirst().awaitPosition(head + 1, GLANCE);
                outage.stop();
            } catch (StoreUnavailableException | SQLException e) {
                if (outage.hasRun(LONGEST_OUTAGE)) {
                    throw e;
                }
            }
        }
    }

    private Optional<Found> look(long head) {
        var statuses = subscriptions.status();
        boolean caughtUp = statuses.stream().allMatch(status -> status.lag() == 0);
        return caughtUp && store.headPosition() == head
                ? Optional.of(new Found(delivery(statuses), processes.summary()))
                : Optional.empty();
    }

    private Summary.Delivery delivery(List<SubscriptionStatus> statuses) {
        var letters = deadLetters.count(DeadLetterFilter.all());
        var lag = new TreeMap<String, Long>();
        for (var status : statuses) {
            var name = status.name().startsWith(OF_PROCESS) ? "process" : status.name();
            lag.merge(name, status.lag(), Math::max);
        }
        return new Summary.Delivery(letters.letters(), letters.sequences(), lag);
    }

    private Left left() throws SQLException {
        try (var connection = dataSource.getConnection();
                var statement = connection.createStatement();
                var row = statement.executeQuery(UNFINISHED)) {
            row.next();
            return new Left(row.getLong(1), processes.unfinished());
        }
    }

    private StalledException stalled(Left left) {
        long aside = deadLetters.count(DeadLetterFilter.all()).letters();
        var waiting = processes
                .oldestUnfinished()
                .map(instance -> "; the oldest instance, " + instance.id() + " of '" + instance.process() + "', is "
                        + instance.state() + " in " + instance.stage() + " since " + instance.since()
                        + " and waits for "
                        + instance.waitingFor()
                        + instance.problem().map(problem -> ": " + problem).orElse(""))
                .orElse("");
        return new StalledException("Nothing has happened for " + longestStandstill.toSeconds() + " seconds, and "
                + left.orders() + " orders have not ended" + waiting + "; " + aside
                + " events are set aside, see --debug; the same command goes on there");
    }

    private void awaitPosition(long head, LongConsumer progress) throws InterruptedException {
        for (var subscription : running) {
            while (!subscription.awaitPosition(head, GLANCE)) {
                requireHealthy(subscription.status());
                progress.accept(handledByAll());
            }
        }
    }

    /** Waits until no letter is tried again by itself, or there are new events. */
    private void awaitRetries(long head) throws InterruptedException {
        var retrying = DeadLetterFilter.all().in(DeadLetter.State.RETRYING);
        while (deadLetters.count(retrying).letters() > 0 && store.headPosition() == head) {
            subscriptions.status().forEach(Quietness::requireHealthy);
            running.getFirst().awaitPosition(head + 1, GLANCE);
        }
    }

    private long handledByAll() {
        return running.stream()
                .mapToLong(subscription -> subscription.status().position())
                .min()
                .orElse(0);
    }

    private static void requireHealthy(SubscriptionStatus status) {
        if (status.state() == SubscriptionStatus.State.FAILED) {
            throw new StalledException(status);
        }
    }

    /** Runs from when it is first asked. */
    private static final class Stopwatch {

        private long start;
        private boolean isRunning;

        void restart() {
            start = System.nanoTime();
            isRunning = true;
        }

        void stop() {
            isRunning = false;
        }

        boolean hasRun(Duration time) {
            if (!isRunning) {
                restart();
            }
            return System.nanoTime() - start > time.toNanos();
        }
    }
}
