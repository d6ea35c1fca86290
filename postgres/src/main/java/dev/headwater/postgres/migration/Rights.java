package dev.headwater.postgres.migration;

import dev.headwater.postgres.failure.PostgresException;
import dev.headwater.postgres.jdbc.Schema;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What a role that only works with the schema, and does not own it, must be allowed to do: to add to the log and to
 * read it, and to read and write the other tables. Which tables, views and functions there are the scripts say.
 */
public final class Rights {

    private static final Pattern MADE = Pattern.compile(
            "(?m)^(CREATE|DROP) (?:OR REPLACE |UNLOGGED )?(TABLE|VIEW|FUNCTION) (?:IF (?:NOT )?EXISTS )?\\{schema}\\.(\\w+)");

    /** The log is only ever added to, so nobody needs the right to change it. */
    private static final Set<String> LOG = Set.of("streams", "events", "event_tags", "chunk_names");

    private static final String MISSING_SCHEMA_RIGHT = """
            SELECT max('USAGE') FROM pg_namespace n
            WHERE n.oid = to_regnamespace('{schema}') AND NOT has_schema_privilege(n.oid, 'USAGE')""";

    private final Schema schema;

    /** The rights on this schema. */
    public Rights(Schema schema) {
        this.schema = schema;
    }

    /**
     * Something that rights are given on.
     *
     * @param privileges the names of the rights, with commas
     * @param object as GRANT names it
     * @param missing a query for those of the rights that the current role does not have, with commas, or NULL
     */
    private record Right(String privileges, String object, String missing) {

        String grant(String granted, String role) {
            return "GRANT " + granted + " ON " + object + " TO \"" + role.replace("\"", "\"\"") + "\";";
        }
    }

    /** The statements that let a role read the log and nothing else; the owner of the schema runs them. */
    public String grantsForReading(String role) {
        return reading().stream()
                .map(right -> right.grant(right.privileges(), role))
                .collect(Collectors.joining("\n", "", "\n"));
    }

    /** The statements that give a role all it needs; the owner of the schema runs them. */
    public String grantsFor(String role) {
        return all().stream()
                .map(right -> right.grant(right.privileges(), role))
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
        var query = IntStream.range(0, rights.size())
                .mapToObj(i -> "SELECT " + i + ", (" + rights.get(i).missing() + ")")
                .collect(Collectors.joining(" UNION ALL "));
        var role = connection.getMetaData().getUserName();
        var grants = new ArrayList<String>();
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(query)) {
            while (row.next()) {
                var missing = row.getString(2);
                if (missing != null) {
                    grants.add(rights.get(row.getInt(1)).grant(missing, role));
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

    private List<Right> reading() {
        var rights = new ArrayList<Right>();
        rights.add(new Right("USAGE", schema.in("SCHEMA {schema}"), schema.in(MISSING_SCHEMA_RIGHT)));
        rights.add(table("migrations", "SELECT"));
        LOG.stream().sorted().forEach(name -> rights.add(table(name, "SELECT")));
        return rights;
    }

    private List<Right> all() {
        var rights = new ArrayList<Right>();
        rights.add(new Right("USAGE", schema.in("SCHEMA {schema}"), schema.in(MISSING_SCHEMA_RIGHT)));
        rights.add(table("migrations", "SELECT"));
        for (var table : made("TABLE")) {
            rights.add(table(table, LOG.contains(table) ? "SELECT, INSERT" : "SELECT, INSERT, UPDATE, DELETE"));
        }
        for (var view : made("VIEW")) {
            rights.add(table(view, "SELECT"));
        }
        for (var function : made("FUNCTION")) {
            rights.add(function(function));
        }
        return rights;
    }

    private Right table(String name, String privileges) {
        var missing = """
                SELECT string_agg(p.privilege, ', ' ORDER BY p.number)
                FROM pg_class c, unnest(string_to_array('%s', ', ')) WITH ORDINALITY AS p (privilege, number)
                WHERE c.relnamespace = to_regnamespace('{schema}') AND c.relname = '%s'
                    AND NOT has_table_privilege(c.oid, p.privilege)""".formatted(privileges, name);
        return new Right(privileges, schema.in("TABLE {schema}." + name), schema.in(missing));
    }

    private Right function(String name) {
        var missing = """
                SELECT max('EXECUTE') FROM pg_proc p
                WHERE p.pronamespace = to_regnamespace('{schema}') AND p.proname = '%s'
                    AND NOT has_function_privilege(p.oid, 'EXECUTE')""".formatted(name);
        return new Right("EXECUTE", schema.in("FUNCTION {schema}." + name), schema.in(missing));
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
