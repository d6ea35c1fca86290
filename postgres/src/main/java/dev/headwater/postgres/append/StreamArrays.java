package dev.headwater.postgres.append;

import java.sql.PreparedStatement;
import java.sql.SQLException;

/** The streams of a batch as the array parameters of {@code append_batch}. */
final class StreamArrays {

    private final String[] names;
    private final Integer[] owners;
    private final Long[] expected;

    StreamArrays(AppendBatch batch) {
        int size = batch.slots().size();
        names = new String[size];
        owners = new Integer[size];
        expected = new Long[size];
        batch.slots().forEach((stream, slot) -> {
            int i = slot.index() - 1;
            names[i] = stream.name();
            owners[i] = slot.owner();
            expected[i] = AppendCall.code(slot.expected());
        });
    }

    /** Sets the parameters from {@code first} on and returns the index after them. */
    int bind(PreparedStatement statement, int first) throws SQLException {
        var connection = statement.getConnection();
        statement.setArray(first, connection.createArrayOf("text", names));
        statement.setArray(first + 1, connection.createArrayOf("int4", owners));
        statement.setArray(first + 2, connection.createArrayOf("int8", expected));
        return first + 3;
    }
}
