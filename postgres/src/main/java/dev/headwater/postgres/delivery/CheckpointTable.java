package dev.headwater.postgres.delivery;

import dev.headwater.postgres.jdbc.Connections;
import dev.headwater.postgres.jdbc.Parameters;
import dev.headwater.postgres.jdbc.Schema;
import dev.headwater.postgres.jdbc.SqlErrors;
import dev.headwater.subscription.spi.Claim;
import dev.headwater.subscription.spi.ClaimLostException;
import dev.headwater.subscription.spi.Holding;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The checkpoints of owners, each in a sequence of numbers of its own.
 *
 * <p>A transaction that moves checkpoints locks the sequence of its owner, compares its newest number, and appends the
 * next one; nothing is ever updated, so a snapshot that somebody holds leaves no chain of dead versions to walk along.
 * Whoever takes a segment from an owner locks that sequence, too, and appends to it: it is only tried, so nobody waits
 * for a segment that is at work.
 */
final class CheckpointTable {

    /** The lock of a sequence, for the columns or parameters that name its subscription and owner. */
    static final String LOCK = "hashtextextended(%s || ' ' || %s, {lockKey})";

    /** Old rows go with every so many new ones. */
    private static final int WINDOW = 64;

    /** A transaction of ours is over when this setting is gone, whoever has ended it. */
    private static final String BEGUN = "current_setting('headwater.page', true) WHEN 'begun'";

    /**
     * The first statement binds the transaction to limits, and has the server notice within a second that the client is
     * gone although a statement of a handler runs on. The third one, which sees what was committed before the lock was
     * had, tells the newest number and the segments. All go to the server in one round trip.
     */
    private static final String BEGIN = """
            SELECT set_config('idle_in_transaction_session_timeout', ?, true), set_config('lock_timeout', ?, true),
                set_config('headwater.page', 'begun', true),
                CASE WHEN version() LIKE '%linux%'
                    THEN set_config('client_connection_check_interval', '1000', true) END;
            SELECT pg_advisory_xact_lock({lock});
            SELECT {newest}, g.segment, g.epoch
            FROM (VALUES (1)) AS one LEFT JOIN {schema}.subscription_segments g ON g.subscription = ? AND g.owner = ?""";

    private static final String NEWEST = """
            coalesce((
                SELECT c.number FROM {schema}.subscription_checkpoints c WHERE c.subscription = %s AND c.owner = ?
                ORDER BY c.number DESC LIMIT 1), 0)""";

    /** A row without a number is refused, and the commit behind it is not reached. */
    private static final String APPEND = """
            SELECT ?::bigint;
            INSERT INTO {schema}.subscription_checkpoints
                (subscription, owner, segments, epochs, positions, open, number)
            VALUES (?, ?, ?, ?, ?, ?, CASE {begun} THEN ?::bigint END);
            """;

    private static final String CLEAN = """
            DELETE FROM {schema}.subscription_checkpoints
            WHERE subscription = ? AND owner = ? AND number > ?::bigint AND number <= ?::bigint;
            """;

    private static final String HOLDINGS = """
            SELECT s.name, {newest}, p.segment, p.epoch, p.position, p.open
            FROM (SELECT unnest(?::text[]) AS name) s
            LEFT JOIN {schema}.subscription_progress p ON p.subscription = s.name AND p.owner = ?
            ORDER BY s.name, p.segment""";

    private static final String TAKE_NUMBERS = """
            INSERT INTO {schema}.subscription_checkpoints
                (subscription, owner, number, segments, epochs, positions, open)
            SELECT o.subscription, o.owner, coalesce(n.number, 0) + 1, coalesce(n.segments, '{}'),
                coalesce(n.epochs, '{}'), coalesce(n.positions, '{}'), n.open
            FROM (SELECT ?::text AS subscription, unnest(?::text[]) AS owner) o
            LEFT JOIN LATERAL (
                SELECT * FROM {schema}.subscription_checkpoints c
                WHERE c.subscription = o.subscription AND c.owner = o.owner
                ORDER BY c.number DESC LIMIT 1) n ON true""";

    private static final String FORGET_IDLE = """
            DELETE FROM {schema}.subscription_checkpoints c
            WHERE c.subscription = ? AND c.owner = ANY (?) AND NOT EXISTS (
                SELECT FROM {schema}.subscription_segments g WHERE g.subscription = c.subscription AND g.owner = c.owner)""";

    private final String begin;
    private final String append;
    private final String appendAndClean;
    private final String holdings;
    private final String takeNumbers;
    private final String forgetIdle;

    CheckpointTable(Schema schema) {
        var appended = APPEND.replace("{begun}", BEGUN);
        this.begin = schema.in(BEGIN.replace("{lock}", LOCK.formatted("?::text", "?::text"))
                .replace("{newest}", NEWEST.formatted("?")));
        this.append = schema.in(appended + "COMMIT");
        this.appendAndClean = schema.in(appended + CLEAN + "COMMIT");
        this.holdings = schema.in(HOLDINGS.replace("{newest}", NEWEST.formatted("s.name")));
        this.takeNumbers = schema.in(TAKE_NUMBERS);
        this.forgetIdle = schema.in(FORGET_IDLE);
    }

    /**
     * Begins a transaction of an owner.
     *
     * @return what it owns; of segments that it does not know of, as they stand
     */
    Holding begin(Connection connection, String subscription, Holding known, Duration idle, Duration lockWait)
            throws SQLException {
        var owner = known.instance();
        var epochs = new HashMap<Integer, Long>();
        long number = 0;
        var values = Parameters.of(
                Long.toString(idle.toMillis()),
                Long.toString(lockWait.toMillis()),
                subscription,
                owner,
                subscription,
                owner,
                subscription,
                owner);
        try (var statement = values.prepare(connection, begin)) {
            statement.execute();
            statement.getMoreResults();
            statement.getMoreResults();
            try (var row = statement.getResultSet()) {
                while (row.next()) {
                    number = row.getLong(1);
                    int segment = row.getInt(2);
                    if (!row.wasNull()) {
                        epochs.put(segment, row.getLong(3));
                    }
                }
            }
        }
        boolean unchanged = number == known.number()
                && known.claims().stream()
                        .allMatch(claim -> Objects.equals(epochs.get(claim.segment()), claim.epoch()));
        if (!unchanged) {
            throw new ClaimLostException(subscription);
        }
        return epochs.size() == known.claims().size() ? known : withUnknown(connection, subscription, known);
    }

    private Holding withUnknown(Connection connection, String subscription, Holding known) throws SQLException {
        var numbers = known.claims().stream().map(Claim::segment).collect(Collectors.toSet());
        var claims = new ArrayList<>(known.claims());
        holding(connection, subscription, known.instance()).claims().stream()
                .filter(claim -> !numbers.contains(claim.segment()))
                .forEach(claims::add);
        return new Holding(known.instance(), known.number(), claims);
    }

    /** Appends what an owner has come to, and commits, in one round trip. */
    void appendAndCommit(Connection connection, String subscription, Holding moved) throws SQLException {
        var claims = moved.claims();
        long question = Connections.question();
        var values = Parameters.of(
                question,
                subscription,
                moved.instance(),
                claims.stream().map(Claim::segment).toArray(Integer[]::new),
                claims.stream().map(Claim::epoch).toArray(Long[]::new),
                claims.stream().map(claim -> claim.checkpoint().position()).toArray(Long[]::new));
        values.add(open(claims), Types.ARRAY);
        values.add(moved.number());
        boolean cleans = moved.number() % WINDOW == 0;
        if (cleans) {
            values.add(subscription);
            values.add(moved.instance());
            values.add(moved.number() - 3 * WINDOW);
            values.add(moved.number() - WINDOW);
        }
        try (var statement = values.prepare(connection, cleans ? appendAndClean : append)) {
            Connections.requireAnswer(question, statement.execute() ? statement.getResultSet() : null);
        }
    }

    /** Whether appending failed since the transaction that was begun had ended before. */
    static boolean tellsOfAnEnd(SQLException e) {
        return SqlErrors.isNullOf("subscription_checkpoints", "number", e);
    }

    private static byte @Nullable [][] open(List<Claim> claims) {
        boolean some = claims.stream().anyMatch(claim -> !OpenPositions.isPlain(claim.checkpoint()));
        return some
                ? claims.stream()
                        .map(claim -> OpenPositions.encode(claim.checkpoint()))
                        .toArray(byte[][]::new)
                : null;
    }

    Holding holding(Connection connection, String subscription, String owner) throws SQLException {
        return Objects.requireNonNull(
                holdings(connection, List.of(subscription), owner).get(subscription));
    }

    /** What an owner has of each of these subscriptions, with the numbers that belong to it. */
    Map<String, Holding> holdings(Connection connection, Collection<String> subscriptions, String owner)
            throws SQLException {
        var claims = new HashMap<String, List<Claim>>();
        var numbers = new HashMap<String, Long>();
        var values = Parameters.of(owner, subscriptions.toArray(String[]::new), owner);
        try (var statement = values.prepare(connection, holdings);
                var row = statement.executeQuery()) {
            while (row.next()) {
                var name = row.getString(1);
                numbers.put(name, row.getLong(2));
                var owned = claims.computeIfAbsent(name, unknown -> new ArrayList<>());
                int segment = row.getInt(3);
                if (!row.wasNull()) {
                    owned.add(
                            new Claim(segment, row.getLong(4), OpenPositions.decode(row.getLong(5), row.getBytes(6))));
                }
            }
        }
        return numbers.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        entry -> new Holding(owner, entry.getValue(), claims.getOrDefault(entry.getKey(), List.of()))));
    }

    /** Takes the next number of each owner, whose lock is held, so that the owner finds it taken. */
    void takeNumbers(Connection connection, String subscription, Collection<String> owners) throws SQLException {
        update(connection, takeNumbers, subscription, owners);
    }

    /** Removes the rows of those owners that own nothing any more; the epochs keep them from writing. */
    void forgetIdle(Connection connection, String subscription, Collection<String> owners) throws SQLException {
        update(connection, forgetIdle, subscription, owners);
    }

    private static void update(Connection connection, String sql, String subscription, Collection<String> owners)
            throws SQLException {
        if (!owners.isEmpty()) {
            try (var statement =
                    Parameters.of(subscription, owners.toArray(String[]::new)).prepare(connection, sql)) {
                statement.executeUpdate();
            }
        }
    }
}
