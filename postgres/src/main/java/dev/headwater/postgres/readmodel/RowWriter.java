package dev.headwater.postgres.readmodel;

import dev.headwater.postgres.jdbc.Parameters;
import dev.headwater.postgres.readmodel.ReadModelRow.Step;
import dev.headwater.postgres.readmodel.ReadModelRows.RowChange;
import dev.headwater.postgres.readmodel.TableLayout.Column;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes the changed rows of a page: first what is deleted, then what is updated, then what is inserted or updated,
 * each with one statement for all rows in which the same columns change.
 *
 * <p>Values travel as texts, one array for each column, and the server turns them into the column's type.
 */
final class RowWriter {

    private static final String DELETE = "DELETE FROM {table} t USING {values} WHERE {match}";

    private static final String UPDATE = "UPDATE {table} t SET {changes} FROM {values} WHERE {match}";

    private static final String UPSERT = """
            INSERT INTO {table} AS t ({names}) SELECT {casts} FROM {values}
            ON CONFLICT ({key}) DO {action}""";

    /** Instances that write the same rows wait for each other in one order, and so rarely crosswise. */
    private static final Comparator<Row> BY_KEY = (one, other) -> {
        int difference = 0;
        for (int i = 0; difference == 0 && i < one.key().size(); i++) {
            difference = one.key().get(i).compareTo(other.key().get(i));
        }
        return difference;
    };

    private final TableLayout layout;
    private final Connection connection;

    RowWriter(TableLayout layout, Connection connection) {
        this.layout = layout;
        this.connection = connection;
    }

    /** A row of a statement; one that is deleted has no values. */
    private record Row(List<String> key, @Nullable ReadModelRow values) {

        private @Nullable String text(int place) {
            return values == null ? null : values.text(place);
        }
    }

    /** A column of a statement, with the alias of its values and what happens to it. */
    private record Item(String alias, String quoted, String cast, Step step) {

        private Item(int number, Column column, Step step) {
            this("c" + number, '"' + column.name() + '"', "u.c" + number + "::" + column.type(), step);
        }

        private String change(String value) {
            return quoted + " = " + (step == Step.ADD ? "coalesce(t." + quoted + ", 0) + " + value : value);
        }
    }

    void write(Map<List<String>, RowChange> changes) throws SQLException {
        var deletes = new ArrayList<Row>();
        var updates = new LinkedHashMap<List<Step>, List<Row>>();
        var upserts = new LinkedHashMap<List<Step>, List<Row>>();
        changes.forEach((key, change) -> {
            if (change.isDeleted()) {
                deletes.add(new Row(key, null));
            }
            group(updates, key, change.update());
            group(upserts, key, change.upsert());
        });
        if (!deletes.isEmpty()) {
            execute(DELETE, List.of(), deletes);
        }
        for (var update : updates.entrySet()) {
            if (update.getKey().stream().anyMatch(step -> step != Step.KEEP)) {
                execute(UPDATE, update.getKey(), update.getValue());
            }
        }
        for (var upsert : upserts.entrySet()) {
            execute(UPSERT, upsert.getKey(), upsert.getValue());
        }
    }

    private static void group(Map<List<Step>, List<Row>> groups, List<String> key, @Nullable ReadModelRow row) {
        if (row != null) {
            groups.computeIfAbsent(row.steps(), first -> new ArrayList<>()).add(new Row(key, row));
        }
    }

    private void execute(String template, List<Step> steps, List<Row> rows) throws SQLException {
        rows.sort(BY_KEY);
        var places = IntStream.range(0, steps.size())
                .filter(place -> steps.get(place) != Step.KEEP)
                .toArray();
        var parameters = new Parameters();
        var key = new ArrayList<Item>();
        for (var column : layout.keyColumns()) {
            int number = key.size();
            parameters.add(texts(rows, row -> row.key().get(number)));
            key.add(new Item(number, column, Step.KEEP));
        }
        var changes = new ArrayList<Item>();
        for (int place : places) {
            parameters.add(texts(rows, row -> row.text(place)));
            changes.add(new Item(key.size() + changes.size(), layout.columns().get(place), steps.get(place)));
        }
        try (var statement = parameters.prepare(connection, sql(template, key, changes))) {
            statement.executeUpdate();
        }
    }

    private static @Nullable String[] texts(List<Row> rows, Function<Row, @Nullable String> text) {
        var texts = new @Nullable String[rows.size()];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = text.apply(rows.get(i));
        }
        return texts;
    }

    private String sql(String template, List<Item> key, List<Item> changes) {
        var all = new ArrayList<>(key);
        all.addAll(changes);
        boolean isUpsert = template.equals(UPSERT);
        var assignments = list(changes, item -> item.change(isUpsert ? "excluded." + item.quoted() : item.cast()));
        var values = "unnest(" + list(all, item -> "?::text[]") + ") AS u (" + list(all, Item::alias) + ")";
        return template.replace("{table}", layout.quotedTable())
                .replace("{names}", list(all, Item::quoted))
                .replace("{casts}", list(all, Item::cast))
                .replace("{key}", list(key, Item::quoted))
                .replace("{action}", changes.isEmpty() ? "NOTHING" : "UPDATE SET {changes}")
                .replace("{changes}", assignments)
                .replace("{values}", values)
                .replace(
                        "{match}",
                        key.stream()
                                .map(item -> "t." + item.quoted() + " = " + item.cast())
                                .collect(Collectors.joining(" AND ")));
    }

    private static String list(List<Item> items, Function<Item, String> text) {
        return items.stream().map(text).collect(Collectors.joining(", "));
    }
}
