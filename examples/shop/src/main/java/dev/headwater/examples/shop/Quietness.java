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
import dev.headwater.workflow.ProcessInstance;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
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

    static final String UNFINISHED = "SELECT count(*) FROM shop.orders WHERE status NOT IN ('SHIPPED', 'CANCELLED')";

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
        this.longestStandstill = longestStandstill(settings);
    }

    /** How long nothing may happen to orders. */
    static Duration longestStandstill(ShopSettings settings) {
        return LONGEST_STANDSTILL.plus(
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
        return await(progress, longestStandstill);
    }

    Found await(LongConsumer progress, Duration standstill) throws InterruptedException, SQLException {
        var outage = new Stopwatch();
        var nothing = new Stopwatch();
        var before = new Left(-1, -1);
        while (true) {
            try {
                long head = store.headPosition();
                var statuses = subscriptions.status();
                statuses.forEach(Quietness::requireHealthy);
                progress.accept(handledByAll(statuses));
                // What is left is looked at after what was handled: handling may leave something to do.
                var left = left();
                if (left.isNothing() && isSettled(statuses) && store.headPosition() == head) {
                    return new Found(delivery(statuses), processes.summary());
                }
                if (left.isNothing() || !left.equals(before)) {
                    nothing.restart();
                } else if (nothing.hasRun(standstill)) {
                    throw stalled(left, statuses, standstill);
                }
                before = left;
                running.getFirst().awaitPosition(head + 1, GLANCE);
                outage.stop();
            } catch (StoreUnavailableException | SQLException e) {
                if (outage.hasRun(LONGEST_OUTAGE)) {
                    throw e;
                }
            }
        }
    }

    /** Whether everything was handled, and nothing is tried again by itself. */
    private boolean isSettled(List<SubscriptionStatus> statuses) {
        var retrying = DeadLetterFilter.all().in(DeadLetter.State.RETRYING);
        return statuses.stream().allMatch(status -> status.lag() == 0)
                && deadLetters.count(retrying).letters() == 0;
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

    private StalledException stalled(Left left, List<SubscriptionStatus> statuses, Duration standstill) {
        long aside = deadLetters.count(DeadLetterFilter.all()).letters();
        var waiting = processes.oldestUnfinished().map(Quietness::inWords).orElse("");
        var behind = statuses.stream()
                .filter(status -> status.lag() > 0)
                .map(status -> status.name() + " " + status.state())
                .collect(Collectors.joining(", "));
        return new StalledException(left.orders() + " orders have not ended, and nothing has happened to them for "
                + standstill.toSeconds() + " seconds" + waiting
                + (behind.isEmpty() ? "" : "; these are behind: " + behind)
                + "; " + aside + " events are set aside; the same command goes on there");
    }

    private static String inWords(ProcessInstance instance) {
        return "; the oldest instance, " + instance.id() + " of '" + instance.process() + "', is "
                + instance.state() + " since " + instance.since()
                + (instance.waitingFor().isEmpty() ? "" : ", for " + instance.waitingFor())
                + instance.problem().map(problem -> ": " + problem).orElse("");
    }

    private static long handledByAll(List<SubscriptionStatus> statuses) {
        return statuses.stream().mapToLong(SubscriptionStatus::position).min().orElse(0);
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
