package dev.headwater.postgres;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** The values of a statement that is put together from pieces, in the order of their question marks. */
final class Parameters {

    private record Texts(List<String> elements) {}

    private final List<Object> values = new ArrayList<>();

    void add(Object value) {
        values.add(value);
    }

    /** Adds an array of texts. */
    void addTexts(Collection<String> texts) {
        values.add(new Texts(List.copyOf(texts)));
    }

    void bind(PreparedStatement statement) throws SQLException {
        int index = 1;
        for (var value : values) {
            if (value instanceof Texts(var elements)) {
                statement.setArray(index++, statement.getConnection().createArrayOf("text", elements.toArray()));
            } else {
                statement.setObject(index++, value);
            }
        }
    }
}
