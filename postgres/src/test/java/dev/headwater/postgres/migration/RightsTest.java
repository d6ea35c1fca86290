package dev.headwater.postgres.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.embedded.EmbeddedDatabase;
import dev.headwater.postgres.PostgresDatabase;
import dev.headwater.postgres.TestServers;
import dev.headwater.postgres.failure.PostgresException;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A role that does not own the schema; it is named like it. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class RightsTest {

    private final EmbeddedDatabase server = TestServers.newest();
    private final String schema = TestServers.freshSchema();

    @BeforeEach
    void createRole() throws SQLException {
        TestServers.open(server, schema).close();
        execute("CREATE ROLE " + schema + " LOGIN PASSWORD 'right'");
    }

    @Test
    void theGrantsNameEveryTableAndFunctionThatTheMigrationsMake() throws SQLException {
        var grants = PostgresDatabase.builder().schema(schema).grantsFor("app");
        var made = names("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = '" + schema
                + "'::regnamespace UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = '" + schema
                + "'::regnamespace");

        assertThat(made).contains("events", "dead_letters", "append_batch");
        assertThat(grants.lines().filter(line -> !line.contains("ON SCHEMA"))).hasSameSizeAs(made);
        assertThat(made).allSatisfy(name -> assertThat(grants).contains("\"" + schema + "\"." + name + " TO \"app\";"));
    }

    @Test
    void theLogCanOnlyBeAddedTo() {
        assertThat(PostgresDatabase.builder().grantsFor("app"))
                .contains("GRANT SELECT, INSERT ON TABLE \"headwater\".events TO \"app\";");
    }

    @Test
    void aRoleWithAllGrantsWorksAndOneThatLacksARightIsToldWhich() throws SQLException {
        execute(PostgresDatabase.builder().schema(schema).grantsFor(schema));
        open().close();

        execute("REVOKE DELETE, UPDATE ON " + schema + ".effects FROM " + schema);
        execute("REVOKE EXECUTE ON FUNCTION " + schema + ".append_batch FROM PUBLIC, " + schema);
        assertThatThrownBy(this::open)
                .isInstanceOf(PostgresException.class)
                .hasMessageContaining("GRANT UPDATE, DELETE ON TABLE \"" + schema + "\".effects TO \"" + schema + "\";")
                .hasMessageContaining(
                        "GRANT EXECUTE ON FUNCTION \"" + schema + "\".append_batch TO \"" + schema + "\";")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("events"));
    }

    @Test
    void aRoleThatCannotEvenReadTheSchemaIsToldWhatItNeeds() {
        assertThatThrownBy(this::open)
                .isInstanceOf(PostgresException.class)
                .hasMessageContaining("GRANT USAGE ON SCHEMA \"" + schema + "\" TO \"" + schema + "\";")
                .hasMessageContaining("GRANT SELECT ON TABLE \"" + schema + "\".migrations TO");
    }

    @Test
    void namesOfRolesAreQuoted() {
        assertThat(PostgresDatabase.builder().grantsFor("a\"b; DROP")).contains("TO \"a\"\"b; DROP\";");
    }

    private PostgresDatabase open() {
        return PostgresDatabase.builder()
                .url(server.jdbcUrl().replaceFirst("\\?.*", ""))
                .credentials(schema, "right")
                .schema(schema)
                .poolSize(4)
                .open();
    }

    private List<String> names(String sql) throws SQLException {
        var names = new ArrayList<String>();
        try (var connection = DriverManager.getConnection(server.jdbcUrl());
                var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            while (row.next()) {
                names.add(row.getString(1));
            }
        }
        return names;
    }

    private void execute(String sql) throws SQLException {
        try (var connection = DriverManager.getConnection(server.jdbcUrl());
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
