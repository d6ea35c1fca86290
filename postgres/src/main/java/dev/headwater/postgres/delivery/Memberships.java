package dev.headwater.postgres.delivery;

import static dev.headwater.postgres.delivery.LimitedConnections.query;
import static dev.headwater.postgres.delivery.LimitedConnections.update;

import dev.headwater.postgres.jdbc.Parameters;
import dev.headwater.postgres.jdbc.Schema;
import dev.headwater.subscription.spi.Assignment;
import dev.headwater.subscription.spi.FairShare;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Who runs which subscription, and which segments are whose.
 *
 * <p>Nobody hands out segments. Every instance tells that it is alive, looks how many there are, claims free segments
 * up to its share, and is told when it owns more. An instance that is not renewed in time loses nothing by that alone:
 * only the claim of another one, which raises the epoch, takes a segment away.
 */
final class Memberships {

    private static final String RENEW = """
            INSERT INTO {schema}.subscription_members (subscription, instance, alive_until)
            SELECT s.name, ?, now() + ? * interval '1 millisecond'
            FROM (SELECT unnest(?) AS name) s ORDER BY s.name
            ON CONFLICT (subscription, instance) DO UPDATE SET alive_until = excluded.alive_until""";

    private static final String FORGET = """
            DELETE FROM {schema}.subscription_members m
            WHERE (m.subscription, m.instance) IN (
                SELECT d.subscription, d.instance FROM {schema}.subscription_members d
                WHERE d.subscription = ANY (?) AND d.alive_until < now()
                FOR UPDATE SKIP LOCKED)
            RETURNING m.subscription, m.instance""";

    private static final String MEMBERS = """
            SELECT subscription, instance FROM {schema}.subscription_members
            WHERE subscription = ANY (?) AND alive_until >= now()
            ORDER BY joined_at, instance""";

    /** How many segments this instance has, and how many nobody has who is alive. */
    private static final String SEGMENTS = """
            SELECT g.subscription, count(*) FILTER (WHERE g.owner = ?), count(*) FILTER (WHERE {free}), count(*)
            FROM {schema}.subscription_segments g WHERE g.subscription = ANY (?) GROUP BY g.subscription""";

    private static final String STATES = """
            SELECT s.name, s.paused,
                EXISTS (
                    SELECT FROM {schema}.dead_letters d WHERE d.subscription = s.name AND d.next_retry <= now())
            FROM {schema}.subscriptions s WHERE s.name = ANY (?)""";

    private static final String REMOVE = """
            DELETE FROM {schema}.subscription_members WHERE subscription = ? AND instance = ?""";

    private static final String FORMER = """
            SELECT instance FROM {schema}.subscription_members
            WHERE subscription = ? AND starts_with(instance, ?) AND instance <> ?
            UNION
            SELECT owner FROM {schema}.subscription_segments
            WHERE subscription = ? AND starts_with(owner, ?) AND owner <> ?
            ORDER BY 1""";

    private final CheckpointTable checkpoints;
    private final SegmentTable table;
    private final String renew;
    private final String forget;
    private final String members;
    private final String segments;
    private final String states;
    private final String remove;
    private final String former;

    Memberships(Schema schema, CheckpointTable checkpoints, SegmentTable table) {
        this.checkpoints = checkpoints;
        this.table = table;
        this.renew = schema.in(RENEW);
        this.forget = schema.in(FORGET);
        this.members = schema.in(MEMBERS);
        this.segments = schema.in(SEGMENTS.replace("{free}", SegmentTable.FREE));
        this.states = schema.in(STATES);
        this.remove = schema.in(REMOVE);
        this.former = schema.in(FORMER);
    }

    /** What is seen of the segments of a subscription. */
    private record View(int mine, int free, int all) {}

    /** Tells that the instance is alive and returns what it has to do; in a transaction of the caller's. */
    Map<String, Assignment> renew(Connection connection, String instance, Set<String> subscriptions, Duration lease)
            throws SQLException {
        var names = subscriptions.stream().sorted().toArray(String[]::new);
        update(connection, renew, instance, lease.toMillis(), names);
        for (var gone : query(connection, row -> List.of(row.getString(1), row.getString(2)), forget, (Object) names)) {
            checkpoints.forgetIdle(connection, gone.getFirst(), Set.of(gone.getLast()));
        }
        var shares = shares(connection, instance, names);
        for (var view : views(connection, instance, names).entrySet()) {
            int missing = shares.getOrDefault(view.getKey(), Rank.ALONE).share(view.getValue())
                    - view.getValue().mine();
            if (missing > 0 && view.getValue().free() > 0) {
                table.claim(connection, view.getKey(), instance, missing);
            }
        }
        return assignments(connection, instance, names, shares);
    }

    private Map<String, Assignment> assignments(
            Connection connection, String instance, String[] names, Map<String, Rank> shares) throws SQLException {
        var views = views(connection, instance, names);
        var holdings = checkpoints.holdings(connection, List.of(names), instance);
        var assignments = new HashMap<String, Assignment>();
        try (var statement = Parameters.of((Object) names).prepare(connection, states);
                var row = statement.executeQuery()) {
            while (row.next()) {
                var name = row.getString(1);
                var view = views.get(name);
                var holding = holdings.get(name);
                if (view != null && holding != null) {
                    int share = shares.getOrDefault(name, Rank.ALONE).share(view);
                    int surplus = Math.max(0, holding.claims().size() - share);
                    assignments.put(name, new Assignment(holding, surplus, row.getBoolean(2), row.getBoolean(3)));
                }
            }
        }
        return assignments;
    }

    private record Rank(int rank, int members) {
        private static final Rank ALONE = new Rank(0, 1);

        private int share(View view) {
            return FairShare.of(view.all(), members, rank);
        }
    }

    private Map<String, Rank> shares(Connection connection, String instance, String[] names) throws SQLException {
        var alive = new HashMap<String, List<String>>();
        try (var statement = Parameters.of((Object) names).prepare(connection, members);
                var row = statement.executeQuery()) {
            while (row.next()) {
                alive.computeIfAbsent(row.getString(1), name -> new ArrayList<>())
                        .add(row.getString(2));
            }
        }
        var ranks = new HashMap<String, Rank>();
        alive.forEach((name, instances) ->
                ranks.put(name, new Rank(Math.max(0, instances.indexOf(instance)), instances.size())));
        return ranks;
    }

    private Map<String, View> views(Connection connection, String instance, String[] names) throws SQLException {
        var views = new HashMap<String, View>();
        try (var statement = Parameters.of(instance, names).prepare(connection, segments);
                var row = statement.executeQuery()) {
            while (row.next()) {
                views.put(row.getString(1), new View(row.getInt(2), row.getInt(3), row.getInt(4)));
            }
        }
        return views;
    }

    /** Does for all instances whose names begin like this, but for one, what {@link #leave} does for one. */
    void succeed(Connection connection, String subscription, String beginning, String successor) throws SQLException {
        var gone = query(
                connection,
                row -> row.getString(1),
                former,
                subscription,
                beginning,
                successor,
                subscription,
                beginning,
                successor);
        for (var instance : gone) {
            leave(connection, subscription, instance);
        }
    }

    /** Frees what the instance owns, and takes it from the members. */
    void leave(Connection connection, String subscription, String instance) throws SQLException {
        table.releaseAll(connection, subscription, instance);
        update(connection, remove, subscription, instance);
    }
}
