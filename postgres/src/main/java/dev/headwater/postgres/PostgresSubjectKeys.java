package dev.headwater.postgres;

import dev.headwater.postgres.jdbc.Connections;
import dev.headwater.postgres.jdbc.Parameters;
import dev.headwater.postgres.jdbc.Schema;
import dev.headwater.postgres.jdbc.SqlErrors;
import dev.headwater.privacy.SubjectKey;
import dev.headwater.privacy.SubjectKeys;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/**
 * Keys of subjects in a table beside the log. Every call is committed by itself, whatever transaction its caller is in.
 * Thread-safe.
 */
final class PostgresSubjectKeys implements SubjectKeys {

    private static final String CREATE = """
            INSERT INTO {schema}.subject_keys (subject, key) VALUES (?, ?) ON CONFLICT (subject) DO NOTHING""";

    private static final String DESTROY = """
            UPDATE {schema}.subject_keys SET key = NULL, forgotten_at = now() WHERE subject = ? AND key IS NOT NULL""";

    private static final String REMEMBER = """
            INSERT INTO {schema}.subject_keys (subject, forgotten_at) VALUES (?, now())
            ON CONFLICT (subject) DO NOTHING""";

    private final Connections connections;
    private final String find;
    private final String create;
    private final String destroy;
    private final String remember;

    PostgresSubjectKeys(Connections connections, Schema schema) {
        this.connections = connections;
        this.find = schema.in("SELECT key FROM {schema}.subject_keys WHERE subject = ?");
        this.create = schema.in(CREATE);
        this.destroy = schema.in(DESTROY);
        this.remember = schema.in(REMEMBER);
    }

    @Override
    public Optional<SubjectKey> find(String subject) {
        try {
            return connections.with(connection -> find(connection, subject));
        } catch (SQLException e) {
            throw SqlErrors.failed("Finding the key of a subject", e);
        }
    }

    /** Of concurrent creators the one whose row is there first wins, and the others read it. */
    @Override
    public SubjectKey findOrCreate(String subject) {
        return with("Making the key of a subject", connection -> {
            var known = find(connection, subject);
            if (known.isPresent()) {
                return known.get();
            }
            var made = SubjectKey.Active.generate();
            int rows = update(connection, create, subject, made.key().getEncoded());
            return rows == 1 ? made : find(connection, subject).orElseThrow();
        });
    }

    /** The second try to destroy is for a key that was made while there was no row. */
    @Override
    public boolean forget(String subject) {
        return with("Destroying the key of a subject", connection -> {
            if (update(connection, destroy, subject) == 1) {
                return true;
            }
            return update(connection, remember, subject) == 0 && update(connection, destroy, subject) == 1;
        });
    }

    private Optional<SubjectKey> find(Connection connection, String subject) throws SQLException {
        try (var statement = Parameters.of(subject).prepare(connection, find);
                var row = statement.executeQuery()) {
            if (!row.next()) {
                return Optional.empty();
            }
            var key = row.getBytes(1);
            return Optional.of(key == null ? new SubjectKey.Forgotten() : SubjectKey.Active.of(key));
        }
    }

    private static int update(Connection connection, String sql, Object... values) throws SQLException {
        try (var statement = Parameters.of(values).prepare(connection, sql)) {
            return statement.executeUpdate();
        }
    }

    private <R> R with(String what, Connections.Work<R> work) {
        try {
            return connections.with(work);
        } catch (SQLException e) {
            throw SqlErrors.failedChange(what, e);
        }
    }
}
