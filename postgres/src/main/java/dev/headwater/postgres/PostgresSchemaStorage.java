package dev.headwater.postgres;

import dev.headwater.MessageSerializer;
import dev.headwater.postgres.jdbc.Connections;
import dev.headwater.postgres.jdbc.Schema;
import dev.headwater.postgres.jdbc.SqlErrors;
import dev.headwater.schema.MessageSchema;
import dev.headwater.schema.registry.RegisteredSchema;
import dev.headwater.schema.registry.SchemaState;
import dev.headwater.schema.registry.SchemaStorage;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Schemas in a table of a {@link PostgresDatabase}, for all processes that use it. Needs the schema module, which is an
 * optional dependency of this one. Thread-safe.
 */
@SuppressWarnings("exports") // who uses this class has the module; nobody else needs it
public final class PostgresSchemaStorage implements SchemaStorage {

    private static final String COLUMNS = "SELECT type, version, schema, author, registered_at, state";
    private static final String FIND = COLUMNS + " FROM {schema}.schemas WHERE type = ? AND version = ?";
    private static final String VERSIONS = COLUMNS + " FROM {schema}.schemas WHERE type = ? ORDER BY version";
    private static final String TYPES = "SELECT DISTINCT type FROM {schema}.schemas ORDER BY type";

    /** Against others that add; who reads is not held up. */
    private static final String LOCK = "LOCK TABLE {schema}.schemas IN SHARE ROW EXCLUSIVE MODE";

    private static final String KNOWN = "SELECT version FROM {schema}.schemas WHERE type = ?";
    private static final String INSERT = """
            INSERT INTO {schema}.schemas (type, version, schema, author, registered_at, state)
            VALUES (?, ?, ?::json, ?, ?, ?)""";
    private static final String CHANGE_STATE = "UPDATE {schema}.schemas SET state = ? WHERE type = ? AND version = ?";

    /** Exact numbers, as they were registered. */
    private static final JsonMapper MAPPER = MessageSerializer.defaultMapper().build();

    private final Connections connections;
    private final Schema schema;

    /** Keeps schemas beside the event log of a database. */
    public PostgresSchemaStorage(PostgresDatabase database) {
        this.connections = database.connections();
        this.schema = database.schema();
    }

    /** Sets the parameters of a statement. */
    @FunctionalInterface
    private interface Setter {
        void set(PreparedStatement statement) throws SQLException;
    }

    /** Reads one row. */
    @FunctionalInterface
    private interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    @Override
    public Optional<RegisteredSchema> find(String type, int version) {
        var found = run(
                "Finding the schema of '" + type + "'",
                connection -> query(
                        connection,
                        FIND,
                        statement -> {
                            statement.setString(1, type);
                            statement.setInt(2, version);
                        },
                        PostgresSchemaStorage::registered));
        return found.stream().findFirst();
    }

    @Override
    public List<RegisteredSchema> versions(String type) {
        return run(
                "Reading the schemas of '" + type + "'",
                connection -> query(
                        connection,
                        VERSIONS,
                        statement -> statement.setString(1, type),
                        PostgresSchemaStorage::registered));
    }

    @Override
    public List<String> types() {
        return run(
                "Listing the types with schemas",
                connection -> query(connection, TYPES, statement -> {}, row -> row.getString(1)));
    }

    @Override
    public boolean add(RegisteredSchema added, Set<Integer> judgedBeside) {
        try {
            return connections.inTransaction(connection -> {
                try (var statement = connection.createStatement()) {
                    statement.execute(schema.in(LOCK));
                }
                var known = new HashSet<>(query(
                        connection, KNOWN, statement -> statement.setString(1, added.type()), row -> row.getInt(1)));
                if (!known.equals(judgedBeside) || known.contains(added.version())) {
                    return false;
                }
                insert(connection, added);
                return true;
            });
        } catch (SQLException e) {
            throw SqlErrors.failedChange("Adding a schema of '" + added.type() + "'", e);
        }
    }

    private void insert(Connection connection, RegisteredSchema added) throws SQLException {
        try (var statement = connection.prepareStatement(schema.in(INSERT))) {
            statement.setString(1, added.type());
            statement.setInt(2, added.version());
            statement.setString(3, MAPPER.writeValueAsString(added.schema().schema()));
            statement.setString(4, added.author());
            statement.setObject(5, added.time().atOffset(ZoneOffset.UTC));
            statement.setString(6, added.state().name());
            statement.executeUpdate();
        }
    }

    @Override
    public boolean changeState(String type, int version, SchemaState state) {
        return run("Changing the state of a schema of '" + type + "'", connection -> {
            try (var statement = connection.prepareStatement(schema.in(CHANGE_STATE))) {
                statement.setString(1, state.name());
                statement.setString(2, type);
                statement.setInt(3, version);
                return statement.executeUpdate() == 1;
            }
        });
    }

    private <T> List<T> query(Connection connection, String sql, Setter parameters, RowReader<T> reader)
            throws SQLException {
        try (var statement = connection.prepareStatement(schema.in(sql))) {
            parameters.set(statement);
            try (var row = statement.executeQuery()) {
                var found = new ArrayList<T>();
                while (row.next()) {
                    found.add(reader.read(row));
                }
                return List.copyOf(found);
            }
        }
    }

    private static RegisteredSchema registered(ResultSet row) throws SQLException {
        var json = (ObjectNode) MAPPER.readTree(row.getString(3));
        return new RegisteredSchema(
                new MessageSchema(row.getString(1), row.getInt(2), json),
                row.getString(4),
                row.getObject(5, OffsetDateTime.class).toInstant(),
                SchemaState.valueOf(row.getString(6)));
    }

    private <T> T run(String what, Connections.Work<T> work) {
        try {
            return connections.with(work);
        } catch (SQLException e) {
            throw SqlErrors.failed(what, e);
        }
    }
}
