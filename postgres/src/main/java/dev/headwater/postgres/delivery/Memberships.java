package dev.headwater.postgres.delivery;

import dev.headwater.postgres.jdbc.Parameters;
import dev.headwater.postgres.jdbc.Schema;
import dev.headwater.subscription.spi.Assignment;
import dev.headwater.subscription.spi.Checkpoint;
import dev.headwater.subscription.spi.Claim;
import dev.headwater.subscription.spi.FairShare;
import dev.headwater.subscription.spi.Holding;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
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
                FOR UPDATE SKIP LOCKED)""";

    private static final String MEMBERS = """
            SELECT subscription, instance FROM {schema}.subscription_members
            WHERE subscription = ANY (?) AND alive_until >= now()
            ORDER BY joined_at, instance""";

    /** What this instance owns, and what nobody does who is alive. */
    private static final String SEGMENTS = """
            SELECT g.subscription, g.segment, g.epoch, g.position, g.owner IS NOT DISTINCT FROM ? AS mine
            FROM {schema}.subscription_segments g
            WHERE g.subscription = ANY (?) AND (g.owner IS NOT DISTINCT FROM ? OR {free})
            ORDER BY g.subscription, g.segment""";

    private static final String FREE = """
            (g.owner IS NULL OR NOT EXISTS (
                SELECT FROM {schema}.subscription_members m
                WHERE m.subscription = g.subscription AND m.instance = g.owner AND m.alive_until >= now()))""";

    private static final String CLAIM = """
            UPDATE {schema}.subscription_segments s SET owner = ?, epoch = s.epoch + 1
            FROM (
                SELECT g.subscription, g.segment FROM {schema}.subscription_segments g
                WHERE g.subscription = ? AND {free}
                ORDER BY g.segment LIMIT ?
                FOR UPDATE SKIP LOCKED) f
            WHERE s.subscription = f.subscription AND s.segment = f.segment
            RETURNING s.segment, s.epoch, s.position""";

    private static final String STATES = """
            SELECT s.name, s.paused,
                (SELECT count(*) FROM {schema}.subscription_segments g WHERE g.subscription = s.name),
                EXISTS (
                    SELECT FROM {schema}.dead_letters d WHERE d.subscription = s.name AND d.next_retry <= now())
            FROM {schema}.subscriptions s WHERE s.name = ANY (?)""";

    private static final String FREE_ALL = """
            UPDATE {schema}.subscription_segments SET owner = NULL WHERE subscription = ? AND owner = ?""";

    private static final String REMOVE = """
            DELETE FROM {schema}.subscription_members WHERE subscription = ? AND instance = ?""";

    private final String renew;
    private final String forget;
    private final String members;
    private final String segments;
    private final String claim;
    private final String states;
    private final String freeAll;
    private final String remove;

    Memberships(Schema schema) {
        this.renew = schema.in(RENEW);
        this.forget = schema.in(FORGET);
        this.members = schema.in(MEMBERS);
        this.segments = schema.in(SEGMENTS.replace("{free}", FREE));
        this.claim = schema.in(CLAIM.replace("{free}", FREE));
        this.states = schema.in(STATES);
        this.freeAll = schema.in(FREE_ALL);
        this.remove = schema.in(REMOVE);
    }

    /** What is seen of a subscription: the segments of this instance, and whether some are free. */
    private static final class View {
        private final List<Claim> mine = new ArrayList<>();
        private boolean someFree;
    }

    /** Tells that the instance is alive and returns what it has to do; in a transaction of the caller's. */
    Map<String, Assignment> renew(Connection connection, String instance, Set<String> subscriptions, Duration lease)
            throws SQLException {
        var names = subscriptions.stream().sorted().toArray(String[]::new);
        update(connection, renew, instance, lease.toMillis(), names);
        update(connection, forget, (Object) names);
        var shares = shares(connection, instance, names);
        var views = views(connection, instance, names);
        var assignments = new HashMap<String, Assignment>();
        try (var statement = Parameters.of((Object) names).prepare(connection, states);
                var row = statement.executeQuery()) {
            while (row.next()) {
                var name = row.getString(1);
                var view = views.getOrDefault(name, new View());
                var ranks = shares.getOrDefault(name, new Rank(0, 1));
                int share = FairShare.of(row.getInt(3), ranks.members(), ranks.rank());
                if (view.someFree && view.mine.size() < share) {
                    claim(connection, instance, name, share - view.mine.size(), view.mine);
                }
                int surplus = Math.max(0, view.mine.size() - share);
                assignments.put(
                        name,
                        new Assignment(
                                new Holding(instance, 0, view.mine), surplus, row.getBoolean(2), row.getBoolean(4)));
            }
        }
        return assignments;
    }

    private record Rank(int rank, int members) {}

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
        try (var statement = Parameters.of(instance, names, instance).prepare(connection, segments);
                var row = statement.executeQuery()) {
            while (row.next()) {
                var view = views.computeIfAbsent(row.getString(1), name -> new View());
                if (row.getBoolean(5)) {
                    view.mine.add(new Claim(row.getInt(2), row.getLong(3), Checkpoint.at(row.getLong(4))));
                } else {
                    view.someFree = true;
                }
            }
        }
        return views;
    }

    private void claim(Connection connection, String instance, String name, int number, List<Claim> mine)
            throws SQLException {
        try (var statement = Parameters.of(instance, name, number).prepare(connection, claim);
                var row = statement.executeQuery()) {
            while (row.next()) {
                mine.add(new Claim(row.getInt(1), row.getLong(2), Checkpoint.at(row.getLong(3))));
            }
        }
        mine.sort(Comparator.comparingInt(Claim::segment));
    }

    /** Frees what the instance owns, and takes it from the members. */
    int leave(Connection connection, String subscription, String instance) throws SQLException {
        return update(connection, freeAll, subscription, instance) + update(connection, remove, subscription, instance);
    }

    private static int update(Connection connection, String sql, Object... values) throws SQLException {
        try (var statement = Parameters.of(values).prepare(connection, sql)) {
            return statement.executeUpdate();
        }
    }
}
