package dev.headwater.postgres.delivery;

import static dev.headwater.postgres.delivery.LimitedConnections.query;
import static dev.headwater.postgres.delivery.LimitedConnections.update;

import dev.headwater.postgres.jdbc.Parameters;
import dev.headwater.postgres.jdbc.Schema;
import dev.headwater.subscription.spi.Claim;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whose segments are, which is all that their rows say while somebody has them.
 *
 * <p>Whoever changes an owner locks the rows first, and then the sequence of checkpoints of whoever had them. An
 * instance that claims waits for neither.
 */
final class SegmentTable {

    /** What has no owner who is alive. */
    static final String FREE = """
            (g.owner IS NULL OR NOT EXISTS (
                SELECT FROM {schema}.subscription_members m
                WHERE m.subscription = g.subscription AND m.instance = g.owner AND m.alive_until >= now()))""";

    private static final String TRY_FORMER = """
            SELECT o.owner FROM (
                SELECT DISTINCT g.subscription, g.owner FROM {schema}.subscription_segments g
                WHERE g.subscription = ? AND g.owner IS NOT NULL AND {free} OFFSET 0) o
            WHERE pg_try_advisory_xact_lock({lock})""";

    private static final String LOCK_FREE = """
            SELECT g.segment, g.owner FROM {schema}.subscription_segments g
            WHERE g.subscription = ? AND (g.owner IS NULL OR g.owner = ANY (?)) AND {free}
            ORDER BY g.segment LIMIT ? FOR UPDATE SKIP LOCKED""";

    private static final String LOCK_OWNED = """
            SELECT g.segment FROM {schema}.subscription_segments g
            WHERE g.subscription = ? AND g.owner = ?{known} ORDER BY g.segment FOR UPDATE""";

    private static final String KNOWN = " AND (g.segment, g.epoch) IN (SELECT * FROM unnest(?::int[], ?::bigint[]))";

    private static final String LOCK_ALL = """
            SELECT g.segment FROM {schema}.subscription_segments g WHERE g.subscription = ? ORDER BY g.segment
            FOR UPDATE""";

    private static final String LOCK_OWNERS = """
            SELECT o.owner, pg_advisory_xact_lock({lock})::text FROM (
                SELECT DISTINCT g.subscription, g.owner FROM {schema}.subscription_segments g
                WHERE g.subscription = ? AND g.owner IS NOT NULL ORDER BY g.owner OFFSET 0) o""";

    /** Gives segments another owner, or none, and writes down where they stand. */
    private static final String TAKE = """
            UPDATE {schema}.subscription_segments s
            SET owner = n.owner, epoch = s.epoch + CASE WHEN n.owner IS NULL THEN 0 ELSE 1 END,
                position = p.position, open = p.open, updated_at = now()
            FROM {schema}.subscription_progress p, (SELECT ?::text AS owner) n
            WHERE s.subscription = ? AND s.segment = ANY (?)
                AND p.subscription = s.subscription AND p.segment = s.segment""";

    private static final String RESET = """
            UPDATE {schema}.subscription_segments
            SET position = ?, open = NULL, epoch = epoch + 1, updated_at = now()
            WHERE subscription = ?""";

    private final CheckpointTable checkpoints;
    private final String tryFormer;
    private final String lockFree;
    private final String lockOwned;
    private final String lockKnown;
    private final String tryOwner;
    private final String lockAll;
    private final String lockOwners;
    private final String take;
    private final String reset;

    SegmentTable(Schema schema, CheckpointTable checkpoints) {
        this.checkpoints = checkpoints;
        var lockOfRow = CheckpointTable.LOCK.formatted("o.subscription", "o.owner");
        this.tryFormer = schema.in(TRY_FORMER.replace("{free}", FREE).replace("{lock}", lockOfRow));
        this.lockFree = schema.in(LOCK_FREE.replace("{free}", FREE));
        this.lockOwned = schema.in(LOCK_OWNED.replace("{known}", ""));
        this.lockKnown = schema.in(LOCK_OWNED.replace("{known}", KNOWN));
        this.tryOwner = schema.in(
                "SELECT pg_try_advisory_xact_lock(" + CheckpointTable.LOCK.formatted("?::text", "?::text") + ")");
        this.lockAll = schema.in(LOCK_ALL);
        this.lockOwners = schema.in(LOCK_OWNERS.replace("{lock}", lockOfRow));
        this.take = schema.in(TAKE);
        this.reset = schema.in(RESET);
    }

    private record Free(int segment, Optional<String> former) {}

    /** Claims up to a number of segments that nobody works on; leaves alone those in use at this moment. */
    void claim(Connection connection, String subscription, String instance, int number) throws SQLException {
        var idle = query(connection, row -> row.getString(1), tryFormer, subscription);
        var free = query(
                connection,
                row -> new Free(row.getInt(1), Optional.ofNullable(row.getString(2))),
                lockFree,
                subscription,
                idle.toArray(String[]::new),
                number);
        give(connection, subscription, free.stream().map(Free::segment).toList(), instance);
        var former = new HashSet<String>();
        free.forEach(segment -> segment.former().ifPresent(former::add));
        checkpoints.takeNumbers(connection, subscription, former);
        checkpoints.forgetIdle(connection, subscription, former);
    }

    /** Frees segments of an instance as it knows them, unless it is at work. */
    void release(Connection connection, String subscription, String instance, Collection<Claim> claims)
            throws SQLException {
        var owned = query(
                connection,
                row -> row.getInt(1),
                lockKnown,
                subscription,
                instance,
                claims.stream().map(Claim::segment).toArray(Integer[]::new),
                claims.stream().map(Claim::epoch).toArray(Long[]::new));
        if (!owned.isEmpty() && isIdle(connection, subscription, instance)) {
            give(connection, subscription, owned, null);
            checkpoints.takeNumbers(connection, subscription, Set.of(instance));
        }
    }

    /** Frees all segments of an instance that goes; while it is at work they are left to those who claim them. */
    void releaseAll(Connection connection, String subscription, String instance) throws SQLException {
        var owned = query(connection, row -> row.getInt(1), lockOwned, subscription, instance);
        if (isIdle(connection, subscription, instance)) {
            give(connection, subscription, owned, null);
            checkpoints.forgetIdle(connection, subscription, Set.of(instance));
        }
    }

    private boolean isIdle(Connection connection, String subscription, String instance) throws SQLException {
        return query(connection, row -> row.getBoolean(1), tryOwner, subscription, instance)
                .getFirst();
    }

    /** Locks all segments of a subscription, when those that are at work have ended; returns who has some of them. */
    Set<String> lock(Connection connection, String subscription) throws SQLException {
        query(connection, row -> row.getInt(1), lockAll, subscription);
        return Set.copyOf(query(connection, row -> Objects.requireNonNull(row.getString(1)), lockOwners, subscription));
    }

    /** Moves every segment of a subscription that is locked; returns how many. */
    int reset(Connection connection, String subscription, long position, Set<String> owners) throws SQLException {
        int moved = update(connection, reset, position, subscription);
        checkpoints.takeNumbers(connection, subscription, owners);
        return moved;
    }

    /** Takes every segment of a subscription that is locked from its owners. */
    void takeAway(Connection connection, String subscription, Set<String> owners) throws SQLException {
        var all = query(connection, row -> row.getInt(1), lockAll, subscription);
        give(connection, subscription, all, null);
        checkpoints.takeNumbers(connection, subscription, owners);
    }

    private void give(Connection connection, String subscription, List<Integer> segments, @Nullable String instance)
            throws SQLException {
        var values = new Parameters();
        values.add(instance, Types.VARCHAR);
        values.add(subscription);
        values.add(segments.toArray(Integer[]::new));
        try (var statement = values.prepare(connection, take)) {
            statement.executeUpdate();
        }
    }
}
