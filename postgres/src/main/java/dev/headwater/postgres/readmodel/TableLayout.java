package dev.headwater.postgres.readmodel;

import static java.util.Objects.requireNonNull;

import dev.headwater.postgres.failure.PostgresException;
import dev.headwater.postgres.jdbc.Parameters;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A {@link ReadModelTable} with the types that its columns have in the database. Immutable. */
final class TableLayout {

    private static final String COLUMNS = """
            SELECT a.attname, format_type(a.atttypid, -1) FROM pg_attribute a
            WHERE a.attrelid = to_regclass(?) AND a.attnum > 0 AND NOT a.attisdropped""";

    private final ReadModelTable table;
    private final List<KeyColumn> key;
    private final List<Column> columns;
    private final Map<String, Integer> places = new HashMap<>();

    private TableLayout(ReadModelTable table, Map<String, String> types) {
        this.table = table;
        this.key = table.key().stream()
                .map(name -> new KeyColumn(name, kind(table, name, requireNonNull(types.get(name)))))
                .toList();
        this.columns = table.columns().stream()
                .map(name -> new Column(name, requireNonNull(types.get(name))))
                .toList();
        for (int place = 0; place < columns.size(); place++) {
            places.put(columns.get(place).name(), place);
        }
    }

    /** A column with its type. */
    record Column(String name, String type) {}

    /** A column of the key. */
    private record KeyColumn(String name, KeyKind kind) {}

    /** The types of keys: those in which two values are equal only if their texts are. */
    private enum KeyKind {
        TEXT("text"),
        SMALLINT("smallint"),
        INTEGER("integer"),
        BIGINT("bigint"),
        UUID("uuid"),
        DATE("date");

        private final String type;

        KeyKind(String type) {
            this.type = type;
        }
    }

    static TableLayout read(Connection connection, ReadModelTable table) throws SQLException {
        var types = new HashMap<String, String>();
        try (var statement = Parameters.of(table.quoted()).prepare(connection, COLUMNS);
                var row = statement.executeQuery()) {
            while (row.next()) {
                types.put(row.getString(1), row.getString(2));
            }
        }
        if (types.isEmpty()) {
            throw new PostgresException(
                    "There is no table " + table.name() + ": create it, or qualify its name with its schema", null);
        }
        var expected = new ArrayList<>(table.key());
        expected.addAll(table.columns());
        expected.removeAll(types.keySet());
        if (!expected.isEmpty()) {
            throw new PostgresException(
                    "The table " + table.name() + " has no columns " + expected + ": it has "
                            + types.keySet().stream().sorted().toList(),
                    null);
        }
        return new TableLayout(table, types);
    }

    private static KeyKind kind(ReadModelTable table, String column, String type) {
        return switch (type) {
            case "text", "character varying" -> KeyKind.TEXT;
            case "smallint" -> KeyKind.SMALLINT;
            case "integer" -> KeyKind.INTEGER;
            case "bigint" -> KeyKind.BIGINT;
            case "uuid" -> KeyKind.UUID;
            case "date" -> KeyKind.DATE;
            default ->
                throw new PostgresException(
                        "The key column " + column + " of the table " + table.name() + " has the type " + type
                                + ": expected text, varchar, smallint, integer, bigint, uuid or date",
                        null);
        };
    }

    String quotedTable() {
        return table.quoted();
    }

    List<Column> columns() {
        return columns;
    }

    /** The columns of the key, each under its name and type in statements. */
    List<Column> keyColumns() {
        return key.stream()
                .map(column -> new Column(column.name(), column.kind().type))
                .toList();
    }

    /** The place of a column among {@link #columns}. */
    int place(String column) {
        var place = places.get(column);
        if (place == null) {
            throw new IllegalArgumentException("The read model " + table.name() + " has no column '" + column
                    + "' to be written: expected one of " + table.columns());
        }
        return place;
    }

    /** The texts of a key's values, equal for equal keys. */
    List<String> key(Object... values) {
        if (values.length != key.size()) {
            throw new IllegalArgumentException("A key of " + values.length + " values was given for the read model "
                    + table.name() + ": expected one for each of " + table.key());
        }
        var texts = new String[values.length];
        for (int i = 0; i < values.length; i++) {
            texts[i] = text(key.get(i), values[i]);
        }
        return List.of(texts);
    }

    private String text(KeyColumn column, Object value) {
        return switch (column.kind()) {
            case TEXT ->
                switch (value) {
                    case String text -> text;
                    case Enum<?> constant -> constant.name();
                    case Integer number -> number.toString();
                    case Long number -> number.toString();
                    case UUID id -> id.toString();
                    default -> throw unfit(column, value);
                };
            case SMALLINT, INTEGER, BIGINT ->
                switch (value) {
                    case Short number -> number.toString();
                    case Integer number -> number.toString();
                    case Long number -> number.toString();
                    default -> throw unfit(column, value);
                };
            case UUID ->
                switch (value) {
                    case UUID id -> id.toString();
                    case String text -> UUID.fromString(text).toString();
                    default -> throw unfit(column, value);
                };
            case DATE -> {
                if (value instanceof LocalDate date) {
                    yield date.toString();
                }
                throw unfit(column, value);
            }
        };
    }

    private IllegalArgumentException unfit(KeyColumn column, Object value) {
        return new IllegalArgumentException("A " + value.getClass().getName() + " was given for the key column "
                + column.name() + " of the read model " + table.name() + ", which has the type "
                + column.kind().type + ": convert it to the Java type of that");
    }
}
