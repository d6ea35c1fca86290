package dev.headwater.examples.shop.analytics;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows that go to the server in one statement, as one array for each column: the parameters of an {@code unnest}. */
final class Rows {

    private final List<String> types;
    private final List<@Nullable Object[]> rows = new ArrayList<>();

    /** No rows yet; {@code types} are PostgreSQL's names of the columns' types. */
    Rows(String... types) {
        this.types = List.of(types);
    }

    void add(@Nullable Object... values) {
        rows.add(values);
    }

    /** Executes a statement with a parameter for each column, unless there are no rows. */
    void execute(Connection connection, String sql) throws SQLException {
        if (rows.isEmpty()) {
            return;
        }
        try (var statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < types.size(); i++) {
                int column = i;
                var values = rows.stream().map(row -> row[column]).toArray();
                statement.setArray(i + 1, connection.createArrayOf(types.get(i), values));
            }
            statement.executeUpdate();
        }
    }
}
