package dev.headwater.postgres.append;

import dev.headwater.HeadwaterException;
import dev.headwater.postgres.jdbc.Connections;
import dev.headwater.postgres.jdbc.Schema;
import dev.headwater.postgres.jdbc.SqlErrors;
import dev.headwater.store.StoreUnavailableException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Names the backends that keep appends waiting, for the error of an append that waited too long. */
public final class LockHolder {

    private static final String SELECT = """
            SELECT a.pid, a.application_name, a.state, extract(epoch FROM now() - a.xact_start)::bigint
            FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
            WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2
                AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
                AND l.classid = {lockClass} AND l.objid = ({lockKey}::bigint & 4294967295)::oid""";

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
        if (!SqlErrors.state(failure).equals(SqlErrors.LOCK_NOT_AVAILABLE)) {
            return SqlErrors.failed(what, failure);
        }
        return new StoreUnavailableException(
                what + " waited too long for its turn: " + holders()
                        + ". Nothing was changed; append last in a transaction and commit at once, then try again",
                failure);
    }

    private String holders() {
        try {
            var holders = connections.with(connection -> {
                var found = new ArrayList<String>();
                try (var statement = connection.prepareStatement(select);
                        var row = statement.executeQuery()) {
                    while (row.next()) {
                        found.add("backend %d (application '%s', %s) holds the lock in a transaction that is %d s old"
                                .formatted(row.getInt(1), row.getString(2), row.getString(3), row.getLong(4)));
                    }
                }
                return List.copyOf(found);
            });
            return holders.isEmpty() ? "whoever held the lock has released it since" : String.join("; ", holders);
        } catch (SQLException e) {
            return "who holds the lock could not be found out: " + SqlErrors.reason(e);
        }
    }
}
