package dev.headwater.postgres.migration;

import dev.headwater.postgres.failure.PostgresException;
import dev.headwater.postgres.jdbc.Schema;
import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a role that only works with the schema, and does not own it, must be allowed to do: to add to the log and to
 * read it, and to read and write the other tables. Which tables, views and functions there are the scripts say.
 */
public final class Rights {

    private static final String SCHEMA = "SCHEMA";
    private static final String TABLE = "TABLE";

    private static final Pattern MADE = Pattern.compile(
            "(?m)^(CREATE|DROP) (?:OR REPLACE |UNLOGGED )?(TABLE|VIEW|FUNCTION) (?:IF (?:NOT )?EXISTS )?\\{schema}\\.(\\w+)");

    /** The log is only ever added to, so nobody needs the right to change it. */
    private static final Set<String> LOG = Set.of("streams", "events", "event_tags", "chunk_names");

    private static final String MISSING = """
            SELECT r.number, string_agg(p.privilege, ', ' ORDER BY p.number)
            FROM (SELECT to_regnamespace('{schema}')::oid AS oid) s,
                unnest(?::text[], ?::text[], ?::text[]) WITH ORDINALITY AS r (kind, name, privileges, number),
                unnest(string_to_array(r.privileges, ', ')) WITH ORDINALITY AS p (privilege, number)
            WHERE CASE r.kind
                WHEN 'SCHEMA' THEN NOT has_schema_privilege(s.oid, p.privilege)
                WHEN 'TABLE' THEN EXISTS (
                    SELECT FROM pg_class c WHERE c.relnamespace = s.oid AND c.relname = r.name
                        AND NOT has_table_privilege(c.oid, p.privilege))
                ELSE EXISTS (
                    SELECT FROM pg_proc f WHERE f.pronamespace = s.oid AND f.proname = r.name
                        AND NOT has_function_privilege(f.oid, p.privilege))
                END
            GROUP BY r.number ORDER BY r.number""";

    private final Schema schema;

    /** The rights on this schema. */
    public Rights(Schema schema) {
        this.schema = schema;
    }

    /**
     * Something that rights are given on.
     *
     * @param kind SCHEMA, TABLE or FUNCTION; a view is a table here
     * @param privileges the names of the rights, with commas
     */
    private record Right(String kind, String name, String privileges) {}

    /** The statements that let a role read the log and nothing else; the owner of the schema runs them. */
    public String grantsForReading(String role) {
        return reading().stream()
                .map(right -> grant(right, right.privileges(), role))
                .collect(Collectors.joining("\n", "", "\n"));
    }

    /** The statements that give a role all it needs; the owner of the schema runs them. */
    public String grantsFor(String role) {
        return all().stream()
                .map(right -> grant(right, right.privileges(), role))
                .collect(Collectors.joining("\n", "", "\n"));
    }

    /** Refuses a role that lacks a right, and says how to give it. */
    public void require(Connection connection) throws SQLException {
        require(connection, all());
    }

    /** Refuses a role that cannot read the log, and says how to let it. */
    public void requireReading(Connection connection) throws SQLException {
        require(connection, reading());
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(schema.in("SELECT to_regclass('{schema}.events')"))) {
            row.next();
            if (row.getString(1) == null) {
                throw new PostgresException(
                        "There is no event log in the schema '" + schema.name() + "': its owner has to open it first",
                        null);
            }
        }
    }

    private void require(Connection connection, List<Right> rights) throws SQLException {
        var role = connection.getMetaData().getUserName();
        var grants = new ArrayList<String>();
        try (var statement = connection.prepareStatement(schema.in(MISSING))) {
            statement.setArray(1, texts(connection, rights, Right::kind));
            statement.setArray(2, texts(connection, rights, Right::name));
            statement.setArray(3, texts(connection, rights, Right::privileges));
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    grants.add(grant(rights.get(row.getInt(1) - 1), row.getString(2), role));
                }
            }
        }
        if (!grants.isEmpty()) {
            throw new PostgresException(
                    "The role '" + role + "' lacks rights; the owner of the schema '" + schema.name()
                            + "' has to run:\n" + String.join("\n", grants),
                    null);
        }
    }

    private static Array texts(Connection connection, List<Right> rights, Function<Right, String> text)
            throws SQLException {
        return connection.createArrayOf("text", rights.stream().map(text).toArray());
    }

    private String grant(Right right, String privileges, String role) {
        var object = right.kind().equals(SCHEMA) ? "{schema}" : "{schema}." + right.name();
        return "GRANT " + privileges + " ON " + right.kind() + " " + schema.in(object) + " TO \""
                + role.replace("\"", "\"\"") + "\";";
    }

    private List<Right> reading() {
        var rights = new ArrayList<Right>();
        rights.add(new Right(SCHEMA, schema.name(), "USAGE"));
        rights.add(new Right(TABLE, "migrations", "SELECT"));
        LOG.stream().sorted().forEach(name -> rights.add(new Right(TABLE, name, "SELECT")));
        return rights;
    }

    private List<Right> all() {
        var rights = new ArrayList<Right>();
        rights.add(new Right(SCHEMA, schema.name(), "USAGE"));
        rights.add(new Right(TABLE, "migrations", "SELECT"));
        for (var table : made(TABLE)) {
            rights.add(
                    new Right(TABLE, table, LOG.contains(table) ? "SELECT, INSERT" : "SELECT, INSERT, UPDATE, DELETE"));
        }
        for (var view : made("VIEW")) {
            rights.add(new Right(TABLE, view, "SELECT"));
        }
        for (var function : made("FUNCTION")) {
            rights.add(new Right("FUNCTION", function, "EXECUTE"));
        }
        return rights;
    }

    /** The names of the tables, views or functions that are there after all scripts. */
    private static Set<String> made(String kind) {
        var names = new LinkedHashSet<String>();
        for (var script : Script.all()) {
            MADE.matcher(script.sql())
                    .results()
                    .filter(found -> found.group(2).equals(kind))
                    .forEach(found -> {
                        if (found.group(1).equals("CREATE")) {
                            names.add(found.group(3));
                        } else {
                            names.remove(found.group(3));
                        }
                    });
        }
        return names;
    }
}
