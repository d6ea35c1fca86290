package dev.headwater.benchmarks;

import dev.headwater.subscription.RunningSubscription;
import dev.headwater.subscription.Subscription;
import dev.headwater.subscription.SubscriptionSettings;
import dev.headwater.subscription.SubscriptionStatus.Segment;
import dev.headwater.subscription.Subscriptions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;

/** How often segments change hands when every instance is replaced by another one, one after the other. */
final class RollingRestart {

    private static final int INSTANCES = 3;
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final SubscriptionSettings SETTINGS = SubscriptionSettings.DEFAULT.withLease(Duration.ofMillis(600));

    private final Headwater headwater;
    private final String url;
    private final Subscription<Connection> subscription;
    private final ArrayDeque<Instance> instances = new ArrayDeque<>();

    private RollingRestart(Headwater headwater, String url, int round) {
        this.headwater = headwater;
        this.url = url;
        this.subscription = Subscription.named("restarted-" + round).projecting((events, connection) -> {});
    }

    private record Instance(Subscriptions<Connection> subscriptions, RunningSubscription<Connection> running) {}

    /** How often it was, and how often it had to be. */
    private record Moves(long counted, long least) {}

    static Bound measure(String url, int rounds) throws SQLException {
        var counted = new ArrayList<Measurement>();
        long least = 0;
        try (var headwater = Headwater.open(url)) {
            for (int round = 1; round <= rounds; round++) {
                var moves = new RollingRestart(headwater, url, round).moves();
                Progress.say("subscriptions, rolling restart " + round + " of " + rounds + ": " + moves.counted
                        + " moves, at least " + moves.least);
                counted.add(new Measurement(moves.counted, moves.counted, 0, 0));
                least = moves.least;
            }
        }
        return new Bound(
                "rolling restart of " + INSTANCES + " instances: segments that change hands, " + least + " at least",
                "moves",
                counted,
                Measurement::perSecond,
                least + 1.0);
    }

    private Moves moves() throws SQLException {
        try {
            for (int i = 0; i < INSTANCES; i++) {
                start();
            }
            awaitFairShares();
            long before = changesOfOwner();
            long least = 0;
            for (int i = 0; i < INSTANCES; i++) {
                least += shares().getOrDefault(
                                instances.getFirst().subscriptions().instance(), 0);
                instances.removeFirst().subscriptions().close();
                awaitFairShares();
                start();
                least += subscription.segments() / INSTANCES;
                awaitFairShares();
            }
            return new Moves(changesOfOwner() - before, least);
        } finally {
            instances.forEach(instance -> instance.subscriptions().close());
        }
    }

    private void start() {
        var subscriptions = headwater.subscribing(SETTINGS);
        instances.add(new Instance(subscriptions, subscriptions.start(subscription)));
    }

    private void awaitFairShares() {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!areFair(List.copyOf(shares().values()))) {
            if (System.nanoTime() - end > 0) {
                throw new BenchmarkException(
                        "The segments were not divided fairly within " + PATIENCE + ": " + shares());
            }
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
    }

    private boolean areFair(List<Integer> shares) {
        int share = subscription.segments() / instances.size();
        return shares.size() == instances.size()
                && shares.stream().mapToInt(Integer::intValue).sum() == subscription.segments()
                && shares.stream().allMatch(size -> size == share || size == share + 1);
    }

    private Map<String, Integer> shares() {
        var shares = new HashMap<String, Integer>();
        Objects.requireNonNull(instances.peekFirst()).running().status().segments().stream()
                .map(Segment::owner)
                .forEach(owner -> owner.ifPresent(name -> shares.merge(name, 1, Integer::sum)));
        return shares;
    }

    /** Every claim of a segment raises its epoch by one. */
    private long changesOfOwner() throws SQLException {
        try (var connection = DriverManager.getConnection(url);
                var statement = connection.prepareStatement(
                        "SELECT sum(epoch) FROM headwater.subscription_segments WHERE subscription = ?")) {
            statement.setString(1, subscription.name());
            try (var row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }
}
