package dev.headwater.postgres.append;

import dev.headwater.HeadwaterException;
import dev.headwater.postgres.jdbc.Connections;
import dev.headwater.postgres.jdbc.Schema;
import dev.headwater.postgres.jdbc.SqlErrors;
import dev.headwater.store.StoreUnavailableException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Names who keeps appends waiting, for the error of an append that waited too long. */
public final class LockHolder {

    private static final Duration LIMIT = Duration.ofSeconds(2);

    /** A lock that was not given, and a call that came to its limit. */
    private static final Set<String> WAITED_TOO_LONG = Set.of(SqlErrors.LOCK_NOT_AVAILABLE, "57014");

    /** Whoever has the lock of the critical section, a lock on a table that keeps rows out, or uncommitted rows. */
    private static final String SELECT = """
            SELECT coalesce(l.pid, 0), coalesce(a.application_name, ''), coalesce(a.state, ''),
                extract(epoch FROM now() - coalesce(a.xact_start, p.prepared))::bigint, coalesce(p.gid, ''),
                CASE WHEN l.locktype = 'advisory' THEN 'the lock'
                    WHEN l.mode = 'RowExclusiveLock' THEN 'uncommitted rows of ' || l.relation::regclass
                    ELSE 'the table ' || l.relation::regclass END
            FROM pg_locks l
                LEFT JOIN pg_stat_activity a ON a.pid = l.pid
                LEFT JOIN pg_locks x ON l.pid IS NULL AND x.pid IS NULL AND x.locktype = 'transactionid'
                    AND x.virtualtransaction = l.virtualtransaction
                LEFT JOIN pg_prepared_xacts p ON p.transaction = x.transactionid
            WHERE l.granted AND l.pid IS DISTINCT FROM pg_backend_pid()
                AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
                AND (l.locktype = 'advisory' AND l.objsubid = 2
                        AND l.classid = {lockClass} AND l.objid = ({lockKey}::bigint & 4294967295)::oid
                    OR l.locktype = 'relation'
                        AND l.relation IN (to_regclass('{schema}.events'), to_regclass('{schema}.streams'),
                            to_regclass('{schema}.event_tags'))
                        AND l.mode IN ('RowExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock',
                            'AccessExclusiveLock'))
            ORDER BY l.locktype = 'advisory' DESC, l.mode = 'RowExclusiveLock' LIMIT 3""";

    private final Connections connections;
    private final String select;

    /** Looks over these connections for who holds the lock of this schema. */
    public LockHolder(Connections connections, Schema schema) {
        this.connections = connections;
        this.select = schema.in(SELECT);
    }

    /**
     * The exception for a statement that failed and changed nothing; after a lock timeout it says who is in the way.
     */
    public HeadwaterException explain(String what, SQLException failure) {
        return explain(what, failure, inTheWayOf(failure));
    }

    /** The same when it is known who was in the way. */
    static HeadwaterException explain(String what, SQLException failure, @Nullable String holders) {
        if (holders == null) {
            return SqlErrors.failed(what, failure);
        }
        return new StoreUnavailableException(
                what + " waited too long for its turn: " + holders
                        + ". Nothing was changed; append last in a transaction and commit at once, then try again",
                failure);
    }

    /** Who is in the way of a statement that waited too long; null when it failed for another reason. */
    @Nullable
    String inTheWayOf(SQLException failure) {
        return WAITED_TOO_LONG.contains(SqlErrors.state(failure)) ? holders() : null;
    }

    private String holders() {
        try {
            var holders = connections.with(LIMIT, connection -> {
                var found = new ArrayList<String>();
                try (var statement = connection.prepareStatement(select);
                        var row = statement.executeQuery()) {
                    while (row.next()) {
                        found.add(holder(row));
                    }
                }
                return List.copyOf(found);
            });
            return holders.isEmpty() ? "whoever held the lock has released it since" : String.join("; ", holders);
        } catch (SQLException e) {
            return "who holds the lock could not be found out: " + SqlErrors.reason(e);
        }
    }

    private static String holder(ResultSet row) throws SQLException {
        var prepared = row.getString(5);
        if (!prepared.isEmpty()) {
            return "the prepared transaction '%s' has held %s for %d s: COMMIT PREPARED or ROLLBACK PREPARED it"
                    .formatted(prepared, row.getString(6), row.getLong(4));
        }
        return "backend %d (application '%s', %s) holds %s in a transaction that is %d s old"
                .formatted(row.getInt(1), row.getString(2), row.getString(3), row.getString(6), row.getLong(4));
    }
}
