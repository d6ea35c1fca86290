package dev.headwater.postgres.jdbc;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The values of a statement that is put together from pieces, in the order of their question marks. */
public final class Parameters {

    private record Texts(List<String> elements) {}

    private record Nothing(int type) {}

    private final List<Object> values = new ArrayList<>();

    /** Parameters with these values. */
    public static Parameters of(Object... values) {
        var parameters = new Parameters();
        for (var value : values) {
            parameters.add(value);
        }
        return parameters;
    }

    /** Adds a value, which may be an array of texts or of numbers. */
    public void add(Object value) {
        values.add(value);
    }

    /** Adds an array of texts. */
    public void addTexts(Collection<String> texts) {
        values.add(new Texts(List.copyOf(texts)));
    }

    /** Adds a value of an SQL type, one of {@link java.sql.Types}, or NULL. */
    public void add(@Nullable Object value, int type) {
        values.add(value == null ? new Nothing(type) : value);
    }

    /** A statement with these values. */
    public PreparedStatement prepare(Connection connection, String sql) throws SQLException {
        var statement = connection.prepareStatement(sql);
        try {
            bind(statement);
            return statement;
        } catch (SQLException | RuntimeException e) {
            statement.close();
            throw e;
        }
    }

    private static Array array(PreparedStatement statement, String type, Object[] elements) throws SQLException {
        return statement.getConnection().createArrayOf(type, elements);
    }

    /** Sets the values in a statement that has a question mark for each. */
    public void bind(PreparedStatement statement) throws SQLException {
        int index = 1;
        for (var value : values) {
            switch (value) {
                case Texts(var elements) -> statement.setArray(index++, array(statement, "text", elements.toArray()));
                case String[] texts -> statement.setArray(index++, array(statement, "text", texts));
                case Integer[] numbers -> statement.setArray(index++, array(statement, "int4", numbers));
                case Long[] numbers -> statement.setArray(index++, array(statement, "int8", numbers));
                case byte[][] bytes -> statement.setArray(index++, array(statement, "bytea", bytes));
                case Nothing(var type) -> statement.setNull(index++, type);
                default -> statement.setObject(index++, value);
            }
        }
    }
}
