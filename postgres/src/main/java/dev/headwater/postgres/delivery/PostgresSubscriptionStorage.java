package dev.headwater.postgres.delivery;

import dev.headwater.postgres.jdbc.Connections;
import dev.headwater.postgres.jdbc.LentConnection;
import dev.headwater.postgres.jdbc.Parameters;
import dev.headwater.postgres.jdbc.Schema;
import dev.headwater.postgres.jdbc.SqlErrors;
import dev.headwater.subscription.DeadLetter;
import dev.headwater.subscription.DeadLetterFilter;
import dev.headwater.subscription.SubscriptionOverview;
import dev.headwater.subscription.SubscriptionOverview.Letters;
import dev.headwater.subscription.SubscriptionStatus;
import dev.headwater.subscription.UnknownSubscriptionException;
import dev.headwater.subscription.spi.Assignment;
import dev.headwater.subscription.spi.Checkpoint;
import dev.headwater.subscription.spi.Claim;
import dev.headwater.subscription.spi.ClaimLostException;
import dev.headwater.subscription.spi.Holding;
import dev.headwater.subscription.spi.PageTransaction;
import dev.headwater.subscription.spi.ParkedSequence;
import dev.headwater.subscription.spi.SubscriptionStorage;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Checkpoints, segments and dead letters in tables beside the log.
 *
 * <p>A checkpoint moves in the transaction in which a projection writes: its effect and its progress are one. The rows
 * of the segments are locked for as long as that transaction lasts, so a segment changes hands only between two of
 * them. A process that stops in the middle of one would keep them locked: the server ends such a transaction when it
 * has stood idle for the length of a lease, and a server on Linux also when the connection is closed while a statement
 * runs. Thread-safe.
 */
public final class PostgresSubscriptionStorage implements SubscriptionStorage<Connection> {

    /**
     * The first statement binds the transaction to a limit, and has the server notice within a second that the client
     * is gone although a statement of a handler runs on; both statements go to the server in one round trip.
     */
    private static final String MOVE = """
            SELECT set_config('idle_in_transaction_session_timeout', ?, true),
                CASE WHEN version() LIKE '%linux%'
                    THEN set_config('client_connection_check_interval', '1000', true) END;
            UPDATE {schema}.subscription_segments g SET position = c.next, updated_at = now()
            FROM unnest(?, ?, ?, ?) AS c (segment, epoch, position, next)
            WHERE g.subscription = ? AND g.segment = c.segment AND g.epoch = c.epoch AND g.position = c.position""";

    private static final String PARKED = """
            SELECT segment, sequence_key, (extract(epoch FROM min(next_retry) - now()) * 1000000)::bigint
            FROM {schema}.dead_letters
            WHERE subscription = ? AND segment = ANY (?)
            GROUP BY segment, sequence_key""";

    private static final String DUE = """
            SELECT segment, sequence_key, (extract(epoch FROM next_retry - now()) * 1000000)::bigint
            FROM {schema}.dead_letters
            WHERE subscription = ? AND segment = ANY (?) AND next_retry IS NOT NULL
            ORDER BY next_retry LIMIT ?""";

    /** Of the letters only so many are looked at that the cost does not grow with their number. */
    private static final String OVERVIEW = """
            SELECT s.name, s.paused, s.paused_by, s.paused_at, s.replaced_by, l.number, l.reason,
                g.segment, g.position, g.owner
            FROM {schema}.subscriptions s
            CROSS JOIN LATERAL (
                SELECT count(*) AS number, mode() WITHIN GROUP (ORDER BY d.fingerprint) AS reason
                FROM (SELECT fingerprint FROM {schema}.dead_letters
                    WHERE subscription = s.name LIMIT {limit} + 1) d) l
            LEFT JOIN {schema}.subscription_segments g ON g.subscription = s.name
            WHERE ? OR s.name = ?
            ORDER BY s.name, g.segment""".replace("{limit}", Integer.toString(Letters.COUNTED));

    private final Connections connections;
    private final DeadLetterTable letters;
    private final EffectTable effects;
    private final Memberships memberships;
    private final String register;
    private final String createSegments;
    private final String countSegments;
    private final String countLetters;
    private final String claims;
    private final String segments;
    private final String release;
    private final String move;
    private final String parked;
    private final String due;
    private final String pause;
    private final String resume;
    private final String replace;
    private final String overview;
    private final String lockSegments;
    private final String resetSegments;
    private final String forgetLetters;
    private final String takeAway;
    private final List<String> forget;

    private volatile Duration lease = Duration.ofMinutes(1);

    /** Keeps everything in the tables of this schema. */
    public PostgresSubscriptionStorage(Connections connections, Schema schema) {
        this.connections = connections;
        this.letters = new DeadLetterTable(schema);
        this.effects = new EffectTable(schema);
        this.memberships = new Memberships(schema);
        this.register = schema.in("INSERT INTO {schema}.subscriptions (name) VALUES (?) ON CONFLICT DO NOTHING");
        this.createSegments = schema.in("""
                INSERT INTO {schema}.subscription_segments (subscription, segment, position)
                SELECT ?, n, ? FROM generate_series(0, ? - 1) AS n""");
        this.countSegments = schema.in("SELECT count(*) FROM {schema}.subscription_segments WHERE subscription = ?");
        this.countLetters = schema.in("SELECT count(*) FROM {schema}.dead_letters WHERE subscription = ?");
        this.claims = schema.in("""
                SELECT segment, epoch, position FROM {schema}.subscription_segments
                WHERE subscription = ? AND owner = ? ORDER BY segment""");
        this.segments = schema.in("""
                SELECT segment, position, owner FROM {schema}.subscription_segments
                WHERE subscription = ? ORDER BY segment""");
        this.release = schema.in("""
                UPDATE {schema}.subscription_segments SET owner = NULL
                WHERE subscription = ? AND owner = ? AND segment = ANY (?)""");
        this.move = schema.in(MOVE);
        this.parked = schema.in(PARKED);
        this.due = schema.in(DUE);
        this.pause = schema.in("""
                UPDATE {schema}.subscriptions SET
                    paused = true,
                    paused_by = CASE WHEN paused THEN paused_by ELSE ? END,
                    paused_at = CASE WHEN paused THEN paused_at ELSE now() END
                WHERE name = ?""");
        this.resume = schema.in("UPDATE {schema}.subscriptions SET paused = false WHERE name = ?");
        this.replace = schema.in("UPDATE {schema}.subscriptions SET paused = true, replaced_by = ? WHERE name = ?");
        this.overview = schema.in(OVERVIEW);
        this.lockSegments = schema.in("""
                SELECT position FROM {schema}.subscription_segments WHERE subscription = ? ORDER BY segment FOR UPDATE""");
        this.resetSegments = schema.in("""
                UPDATE {schema}.subscription_segments SET position = ?, epoch = epoch + 1, updated_at = now()
                WHERE subscription = ?""");
        this.takeAway = schema.in(
                "UPDATE {schema}.subscription_segments SET owner = NULL, epoch = epoch + 1 WHERE subscription = ?");
        this.forget = List.of(
                schema.in("DELETE FROM {schema}.dead_letters WHERE subscription = ?"),
                schema.in("DELETE FROM {schema}.effects WHERE subscription = ?"),
                schema.in("DELETE FROM {schema}.subscription_segments WHERE subscription = ?"),
                schema.in("DELETE FROM {schema}.subscription_members WHERE subscription = ?"),
                schema.in("DELETE FROM {schema}.subscriptions WHERE name = ?"));
        this.forgetLetters = schema.in("DELETE FROM {schema}.dead_letters WHERE position > ? AND subscription = ?");
    }

    @Override
    public int register(String subscription, int number, long initialPosition) {
        return inTransaction("Registering the subscription '" + subscription + "'", connection -> {
            if (update(connection, register, subscription) == 1) {
                update(connection, createSegments, subscription, initialPosition, number);
            }
            return (int) count(connection, countSegments, subscription);
        });
    }

    @Override
    public Map<String, Assignment> renew(String instance, Set<String> subscriptions, Duration newLease) {
        lease = newLease;
        return inTransaction(
                "Renewing the leases of " + subscriptions,
                connection -> memberships.renew(connection, instance, subscriptions, newLease));
    }

    @Override
    public Holding holding(String subscription, String instance) {
        return new Holding(
                instance,
                0,
                query(
                        "Reading the segments of '" + subscription + "'",
                        row -> new Claim(row.getInt(1), row.getLong(2), Checkpoint.at(row.getLong(3))),
                        claims,
                        subscription,
                        instance));
    }

    @Override
    public List<SubscriptionStatus.Segment> segments(String subscription) {
        return query(
                "Reading the segments of '" + subscription + "'",
                row -> new SubscriptionStatus.Segment(
                        row.getInt(1), row.getLong(2), Optional.ofNullable(row.getString(3))),
                segments,
                subscription);
    }

    @Override
    public void release(String subscription, String instance, Collection<Claim> given) {
        var numbers = given.stream().map(Claim::segment).toArray(Integer[]::new);
        inTransaction(
                "Giving back segments of '" + subscription + "'",
                connection -> update(connection, release, subscription, instance, numbers));
    }

    @Override
    public void leave(String subscription, String instance) {
        inTransaction(
                "Leaving the subscription '" + subscription + "'",
                connection -> memberships.leave(connection, subscription, instance));
    }

    @Override
    public PageTransaction<Connection> begin(String subscription, Holding holding, Map<Integer, Checkpoint> to)
            throws SQLException {
        var transaction = connections.begin();
        boolean begun = false;
        try {
            if (move(transaction.connection(), subscription, holding.claims(), to)
                    != holding.claims().size()) {
                throw new ClaimLostException(subscription);
            }
            begun = true;
            return new HandlerTransaction(transaction, subscription, letters, effects);
        } finally {
            if (!begun) {
                transaction.close();
            }
        }
    }

    /** What is open is not kept here, so it is handled again by the next owner, with all that is behind it. */
    private int move(Connection connection, String subscription, List<Claim> known, Map<Integer, Checkpoint> to)
            throws SQLException {
        try (var statement = prepare(
                connection,
                move,
                Long.toString(lease.toMillis()),
                known.stream().map(Claim::segment).toArray(Integer[]::new),
                known.stream().map(Claim::epoch).toArray(Long[]::new),
                known.stream().map(claim -> claim.checkpoint().complete()).toArray(Long[]::new),
                known.stream()
                        .map(claim -> to.getOrDefault(claim.segment(), claim.checkpoint())
                                .complete())
                        .toArray(Long[]::new),
                subscription)) {
            statement.execute();
            statement.getMoreResults();
            return statement.getUpdateCount();
        }
    }

    @Override
    public void recordEffect(String subscription, long position, String name) {
        effects.record(connections, subscription, position, name);
    }

    @Override
    public Set<String> effects(String subscription, long position) {
        return effects.names(connections, subscription, position);
    }

    @Override
    public List<ParkedSequence> parked(String subscription, Set<Integer> numbers) {
        return query(
                "Reading the parked keys of '" + subscription + "'",
                PostgresSubscriptionStorage::sequence,
                parked,
                subscription,
                numbers.toArray(Integer[]::new));
    }

    @Override
    public List<ParkedSequence> due(String subscription, Set<Integer> numbers, int limit) {
        return query(
                "Reading the keys of '" + subscription + "' that are due",
                PostgresSubscriptionStorage::sequence,
                due,
                subscription,
                numbers.toArray(Integer[]::new),
                limit);
    }

    private static ParkedSequence sequence(ResultSet row) throws SQLException {
        long micros = row.getLong(3);
        var dueIn = row.wasNull() ? Optional.<Duration>empty() : Optional.of(Duration.of(micros, ChronoUnit.MICROS));
        return new ParkedSequence(row.getInt(1), row.getString(2), dueIn);
    }

    @Override
    public List<DeadLetter> sequence(String subscription, String sequenceKey, int limit) {
        return letters.list(connections, DeadLetterFilter.of(subscription).ofKey(sequenceKey), Optional.empty(), limit);
    }

    @Override
    public void pause(String subscription, String who) {
        changeKnown("Pausing", subscription, connection -> update(connection, pause, who, subscription));
    }

    @Override
    public void resume(String subscription) {
        var replaced = overview(Optional.of(subscription)).stream()
                .flatMap(overview -> overview.replacedBy().stream())
                .findFirst();
        if (replaced.isPresent()) {
            throw new IllegalStateException("The subscription '" + subscription + "' cannot go on: '" + replaced.get()
                    + "' has taken its place for good");
        }
        changeKnown("Resuming", subscription, connection -> update(connection, resume, subscription));
    }

    /** Does what changes one subscription, and refuses when there is none. */
    private void changeKnown(String doing, String subscription, Connections.Work<Integer> change) {
        if (inTransaction(doing + " '" + subscription + "'", change) == 0) {
            throw new UnknownSubscriptionException(
                    subscription,
                    overview(Optional.empty()).stream()
                            .map(SubscriptionOverview::name)
                            .toList());
        }
    }

    @Override
    public List<SubscriptionOverview> overview(Optional<String> subscription) {
        var rows = query(
                "Reading what is known of subscriptions",
                OverviewRow::of,
                overview,
                subscription.isEmpty(),
                subscription.orElse(""));
        return OverviewRow.overviews(rows);
    }

    @Override
    public void reset(String subscription, long position) {
        changeKnown("Resetting", subscription, connection -> {
            lock(connection, subscription);
            int segments = update(connection, resetSegments, position, subscription);
            update(connection, forgetLetters, position, subscription);
            effects.retainThoseOfLetters(connection, subscription);
            return segments;
        });
    }

    @Override
    public void replace(String former, String successor, PageTransaction.Part<Connection> work) throws Exception {
        try (var transaction = connections.begin()) {
            var connection = transaction.connection();
            long furthest = lock(connection, former).max();
            long reached = lock(connection, successor).min();
            if (reached < furthest) {
                throw new IllegalStateException("The subscription '" + successor + "' has come to position " + reached
                        + ", and '" + former + "' to " + furthest + ": it cannot take its place yet");
            }
            long letters = count(connection, countLetters, successor);
            if (letters > 0) {
                throw new IllegalStateException("The subscription '" + successor + "' has " + letters
                        + " dead letters: retry or discard them before it takes the place of '" + former + "'");
            }
            work.in(LentConnection.of(connection));
            update(connection, replace, successor, former);
            update(connection, takeAway, former);
            transaction.commit();
        }
    }

    /** What has changed is told by the server's counts, which may still hold those of the transaction before. */
    @Override
    public List<String> rehearse(PageTransaction.Part<Connection> part) throws Exception {
        try (var transaction = connections.begin()) {
            var connection = transaction.connection();
            var before = RowCounts.read(connection);
            part.in(LentConnection.of(connection));
            return RowCounts.read(connection).since(before);
        }
    }

    private record Reach(long min, long max) {}

    /** Locks the segments, and tells how far they have come. */
    private Reach lock(Connection connection, String subscription) throws SQLException {
        long min = Long.MAX_VALUE;
        long max = 0;
        try (var statement = prepare(connection, lockSegments, subscription);
                var row = statement.executeQuery()) {
            while (row.next()) {
                min = Math.min(min, row.getLong(1));
                max = Math.max(max, row.getLong(1));
            }
        }
        return new Reach(min == Long.MAX_VALUE ? 0 : min, max);
    }

    @Override
    public void forget(String subscription) {
        changeKnown("Forgetting", subscription, connection -> {
            int last = 0;
            for (var statement : forget) {
                last = update(connection, statement, subscription);
            }
            return last;
        });
    }

    private interface Reading<R> {
        R from(ResultSet row) throws SQLException;
    }

    private <R> List<R> query(String what, Reading<R> reading, String sql, Object... values) {
        try {
            return connections.with(connection -> {
                var rows = new ArrayList<R>();
                try (var statement = prepare(connection, sql, values);
                        var row = statement.executeQuery()) {
                    while (row.next()) {
                        rows.add(reading.from(row));
                    }
                }
                return rows;
            });
        } catch (SQLException e) {
            throw SqlErrors.failed(what, e);
        }
    }

    private <R> R inTransaction(String what, Connections.Work<R> work) {
        try {
            return connections.inTransaction(work);
        } catch (SQLException e) {
            throw SqlErrors.failed(what, e);
        }
    }

    private static long count(Connection connection, String sql, String subscription) throws SQLException {
        try (var statement = prepare(connection, sql, subscription);
                var row = statement.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    private static int update(Connection connection, String sql, Object... values) throws SQLException {
        try (var statement = prepare(connection, sql, values)) {
            return statement.executeUpdate();
        }
    }

    private static PreparedStatement prepare(Connection connection, String sql, Object... values) throws SQLException {
        return Parameters.of(values).prepare(connection, sql);
    }
}
