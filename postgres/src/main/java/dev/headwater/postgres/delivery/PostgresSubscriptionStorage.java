package dev.headwater.postgres.delivery;

import dev.headwater.postgres.jdbc.Connections;
import dev.headwater.postgres.jdbc.Schema;
import dev.headwater.postgres.jdbc.SqlErrors;
import dev.headwater.subscription.DeadLetter;
import dev.headwater.subscription.DeadLetterFilter;
import dev.headwater.subscription.SubscriptionOverview;
import dev.headwater.subscription.SubscriptionStatus;
import dev.headwater.subscription.spi.Assignment;
import dev.headwater.subscription.spi.Checkpoint;
import dev.headwater.subscription.spi.Claim;
import dev.headwater.subscription.spi.Holding;
import dev.headwater.subscription.spi.PageTransaction;
import dev.headwater.subscription.spi.ParkedSequence;
import dev.headwater.subscription.spi.SubscriptionStorage;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Checkpoints, segments and dead letters in tables beside the log.
 *
 * <p>A checkpoint moves in the transaction in which a projection writes: its effect and its progress are one. That
 * transaction holds a lock on its owner's checkpoints, so a segment changes hands only between two of them. A process
 * that stops in the middle of one would keep its segments: the server ends such a transaction when it has stood idle
 * for the length of a lease, and a server on Linux also when the connection is closed while a statement runs.
 * Thread-safe.
 */
public final class PostgresSubscriptionStorage implements SubscriptionStorage<Connection> {

    /** A letter that waits though nothing is before it was left behind; whoever claims its segment hears of it. */
    private static final String PARKED = """
            SELECT DISTINCT ON (d.sequence_key) d.segment, d.sequence_key,
                (extract(epoch FROM d.next_retry - now()) * 1000000)::bigint,
                d.state = 'WAITING' AND d.next_retry IS NULL
            FROM {schema}.dead_letters d
            WHERE d.subscription = ? AND d.segment = ANY (?)
            ORDER BY d.sequence_key, d.position""";

    private static final String MAKE_DUE = """
            UPDATE {schema}.dead_letters d SET state = 'RETRYING', next_retry = now()
            WHERE d.subscription = ? AND d.sequence_key = ANY (?) AND d.state = 'WAITING' AND NOT EXISTS (
                SELECT FROM {schema}.dead_letters f
                WHERE f.subscription = d.subscription AND f.sequence_key = d.sequence_key AND f.position < d.position)""";

    private static final String DUE = """
            SELECT segment, sequence_key, (extract(epoch FROM next_retry - now()) * 1000000)::bigint
            FROM {schema}.dead_letters
            WHERE subscription = ? AND segment = ANY (?) AND next_retry IS NOT NULL
            ORDER BY next_retry LIMIT ?""";

    /** For a flight of appends, one append alone, a renewal, and a read, as by handlers. */
    private static final int CONNECTIONS_OF_OTHERS = 4;

    private final Connections connections;
    private final int size;
    private final LimitedConnections limited;
    private final DeadLetterTable letters;
    private final EffectTable effects;
    private final CheckpointTable checkpoints;
    private final SegmentTable table;
    private final Memberships memberships;
    private final SubscriptionTable subscriptions;
    private final String register;
    private final String createSegments;
    private final String countSegments;
    private final String countLetters;
    private final String progress;
    private final String parked;
    private final String makeDue;
    private final String due;
    private final String record;
    private final String forgetLetters;
    private final List<String> forget;

    private volatile Duration lease = Duration.ofMinutes(1);

    /**
     * Keeps everything in the tables of this schema.
     *
     * @param size how many connections there are
     */
    public PostgresSubscriptionStorage(Connections connections, Schema schema, int size) {
        this.connections = connections;
        this.size = size;
        this.limited = new LimitedConnections(connections);
        this.letters = new DeadLetterTable(schema);
        this.effects = new EffectTable(schema);
        this.checkpoints = new CheckpointTable(schema);
        this.table = new SegmentTable(schema, checkpoints);
        this.memberships = new Memberships(schema, checkpoints, table);
        this.subscriptions = new SubscriptionTable(limited, schema);
        this.register = schema.in("INSERT INTO {schema}.subscriptions (name) VALUES (?) ON CONFLICT DO NOTHING");
        this.createSegments = schema.in("""
                INSERT INTO {schema}.subscription_segments (subscription, segment, position)
                SELECT ?, n, ? FROM generate_series(0, ? - 1) AS n""");
        this.countSegments = schema.in("SELECT count(*) FROM {schema}.subscription_segments WHERE subscription = ?");
        this.countLetters = schema.in("SELECT count(*) FROM {schema}.dead_letters WHERE subscription = ?");
        this.progress = schema.in("""
                SELECT segment, position, open, owner FROM {schema}.subscription_progress
                WHERE subscription = ? ORDER BY segment""");
        this.parked = schema.in(PARKED);
        this.makeDue = schema.in(MAKE_DUE);
        this.due = schema.in(DUE);
        this.record = schema.in(
                "SELECT record FROM {schema}.dead_letters WHERE subscription = ? AND position = ? AND record IS NOT NULL");
        this.forget = List.of(
                schema.in("DELETE FROM {schema}.dead_letters WHERE subscription = ?"),
                schema.in("DELETE FROM {schema}.effects WHERE subscription = ?"),
                schema.in("DELETE FROM {schema}.subscription_checkpoints WHERE subscription = ?"),
                schema.in("DELETE FROM {schema}.subscription_segments WHERE subscription = ?"),
                schema.in("DELETE FROM {schema}.subscription_members WHERE subscription = ?"),
                schema.in("DELETE FROM {schema}.subscriptions WHERE name = ?"));
        this.forgetLetters = schema.in("DELETE FROM {schema}.dead_letters WHERE position > ? AND subscription = ?");
    }

    @Override
    public int register(String subscription, int number, long initialPosition) {
        return limited.inTransaction("Registering the subscription '" + subscription + "'", connection -> {
            if (LimitedConnections.update(connection, register, subscription) == 1) {
                LimitedConnections.update(connection, createSegments, subscription, initialPosition, number);
            }
            return (int) count(connection, countSegments, subscription);
        });
    }

    @Override
    public Map<String, Assignment> renew(String instance, Set<String> subscriptions, Duration newLease) {
        lease = newLease;
        return limited.inTransaction(
                "Renewing the leases of " + subscriptions,
                connection -> memberships.renew(connection, instance, subscriptions, newLease));
    }

    @Override
    public Holding holding(String subscription, String instance) {
        return limited.inTransaction(
                "Reading the segments of '" + subscription + "'",
                connection -> checkpoints.holding(connection, subscription, instance));
    }

    private record Progress(int segment, Checkpoint checkpoint, Optional<String> owner) {

        private static Progress from(ResultSet row) throws SQLException {
            return new Progress(
                    row.getInt(1),
                    OpenPositions.decode(row.getLong(2), row.getBytes(3)),
                    Optional.ofNullable(row.getString(4)));
        }
    }

    @Override
    public List<SubscriptionStatus.Segment> segments(String subscription) {
        return limited
                .query("Reading the segments of '" + subscription + "'", Progress::from, progress, subscription)
                .stream()
                .map(segment -> new SubscriptionStatus.Segment(
                        segment.segment(), segment.checkpoint().complete(), segment.owner()))
                .toList();
    }

    @Override
    public void release(String subscription, String instance, Collection<Claim> given) {
        limited.inTransaction("Giving back segments of '" + subscription + "'", connection -> {
            table.release(connection, subscription, instance, given);
            return true;
        });
    }

    @Override
    public void leave(String subscription, String instance) {
        limited.inTransaction("Leaving the subscription '" + subscription + "'", connection -> {
            memberships.leave(connection, subscription, instance);
            return true;
        });
    }

    @Override
    public void succeed(String subscription, String former, String successor) {
        limited.inTransaction("Taking over the subscription '" + subscription + "'", connection -> {
            memberships.succeed(connection, subscription, former, successor);
            return true;
        });
    }

    @Override
    public int concurrentTransactions() {
        return Math.max(1, size - CONNECTIONS_OF_OTHERS);
    }

    @Override
    public PageTransaction<Connection> begin(String subscription, Holding holding, Map<Integer, Checkpoint> to)
            throws SQLException {
        Connections.Transaction transaction;
        try {
            transaction = connections.begin();
        } catch (SQLException e) {
            throw failedToBegin(subscription, e);
        }
        boolean begun = false;
        try {
            var owned = checkpoints.begin(
                    transaction.connection(), subscription, holding, lease, LimitedConnections.LOCK_WAIT);
            begun = true;
            return new HandlerTransaction(
                    transaction, subscription, owned.moved(to), new DeliveryTables(letters, effects, checkpoints));
        } catch (SQLException e) {
            throw failedToBegin(subscription, e);
        } finally {
            if (!begun) {
                transaction.close();
            }
        }
    }

    private static RuntimeException failedToBegin(String subscription, SQLException e) {
        return SqlErrors.failed("Beginning a transaction of '" + subscription + "'", e);
    }

    @Override
    public void recordEffect(String subscription, long position, String name) {
        effects.record(limited, subscription, position, name);
    }

    @Override
    public Set<String> effects(String subscription, long position) {
        return effects.names(limited, subscription, position);
    }

    @Override
    public Optional<byte[]> record(String subscription, long position) {
        return limited
                .query(
                        "Reading a letter of '" + subscription + "'",
                        row -> row.getBytes(1),
                        record,
                        subscription,
                        position)
                .stream()
                .findFirst();
    }

    private record Parked(ParkedSequence sequence, boolean leftBehind) {}

    @Override
    public List<ParkedSequence> parked(String subscription, Set<Integer> numbers) {
        var found = limited.query(
                "Reading the parked keys of '" + subscription + "'",
                row -> new Parked(sequence(row), row.getBoolean(4)),
                parked,
                subscription,
                numbers.toArray(Integer[]::new));
        var leftBehind = found.stream()
                .filter(Parked::leftBehind)
                .map(each -> each.sequence().sequenceKey())
                .toArray(String[]::new);
        if (leftBehind.length > 0) {
            limited.update("Retrying letters of '" + subscription + "'", makeDue, subscription, leftBehind);
        }
        return found.stream()
                .map(each -> each.leftBehind() ? each.sequence().dueNow() : each.sequence())
                .toList();
    }

    @Override
    public List<ParkedSequence> due(String subscription, Set<Integer> numbers, int limit) {
        return limited.query(
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
        return letters.list(limited, DeadLetterFilter.of(subscription).ofKey(sequenceKey), Optional.empty(), limit);
    }

    @Override
    public void pause(String subscription, String who) {
        subscriptions.pause(subscription, who);
    }

    @Override
    public void resume(String subscription) {
        subscriptions.resume(subscription);
    }

    @Override
    public List<SubscriptionOverview> overview(Optional<String> subscription) {
        return subscriptions.overview(subscription);
    }

    @Override
    public void reset(String subscription, long position) {
        subscriptions.changeKnown("Resetting", subscription, connection -> {
            var owners = table.lock(connection, subscription);
            int moved = table.reset(connection, subscription, position, owners);
            LimitedConnections.update(connection, forgetLetters, position, subscription);
            effects.retainThoseOfLetters(connection, subscription);
            return moved;
        });
    }

    @Override
    public void replace(String former, String successor, PageTransaction.Part<Connection> work) throws Exception {
        try (var transaction = connections.begin()) {
            var connection = transaction.connection();
            LimitedConnections.limitLockWait(connection);
            var owners = table.lock(connection, former);
            table.lock(connection, successor);
            requireCaughtUp(connection, former, successor);
            work.in(transaction.lend());
            subscriptions.replace(connection, former, successor);
            table.takeAway(connection, former, owners);
            transaction.commit();
        }
    }

    private void requireCaughtUp(Connection connection, String former, String successor) throws SQLException {
        long furthest = LimitedConnections.query(connection, Progress::from, progress, former).stream()
                .mapToLong(segment -> segment.checkpoint().position())
                .max()
                .orElse(0);
        long reached = LimitedConnections.query(connection, Progress::from, progress, successor).stream()
                .mapToLong(segment -> segment.checkpoint().complete())
                .min()
                .orElse(0);
        if (reached < furthest) {
            throw new IllegalStateException("The subscription '" + successor + "' has come to position " + reached
                    + ", and '" + former + "' to " + furthest + ": it cannot take its place yet");
        }
        long left = count(connection, countLetters, successor);
        if (left > 0) {
            throw new IllegalStateException("The subscription '" + successor + "' has " + left
                    + " dead letters: retry or discard them before it takes the place of '" + former + "'");
        }
    }

    /** What has changed is told by the server's counts, which may still hold those of the transaction before. */
    @Override
    public List<String> rehearse(PageTransaction.Part<Connection> part) throws Exception {
        try (var transaction = connections.begin()) {
            var connection = transaction.connection();
            var before = RowCounts.read(connection);
            part.in(transaction.lend());
            transaction.requireNotEnded();
            return RowCounts.read(connection).since(before);
        }
    }

    @Override
    public void forget(String subscription) {
        subscriptions.changeKnown("Forgetting", subscription, connection -> {
            table.lock(connection, subscription);
            int last = 0;
            for (var statement : forget) {
                last = LimitedConnections.update(connection, statement, subscription);
            }
            return last;
        });
    }

    private static long count(Connection connection, String sql, String subscription) throws SQLException {
        return LimitedConnections.query(connection, row -> row.getLong(1), sql, subscription)
                .getFirst();
    }
}
