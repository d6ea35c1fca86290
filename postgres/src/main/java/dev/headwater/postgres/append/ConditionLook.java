package dev.headwater.postgres.append;

import dev.headwater.postgres.jdbc.Schema;
import dev.headwater.store.AppendCondition;
import dev.headwater.store.AppendConditionException;
import dev.headwater.store.spi.EncodedAppend;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * Looks for what breaks a condition before the append enters the critical section. Stored events never change, so what
 * was looked at once need not be looked at again: the append goes on with a condition that begins where the look ended.
 */
public final class ConditionLook {

    private final String look;

    /** Looks at the log in this schema. */
    public ConditionLook(Schema schema) {
        look = schema.in("SELECT head, conflict FROM {schema}.look_for_conflict(?, ?, ?, ?, ?, ?)");
    }

    /**
     * The same append, with a condition on what comes after the events that are there now.
     *
     * @param append one with a condition
     * @throws AppendConditionException when one of these events breaks the condition
     */
    public EncodedAppend narrow(Connection connection, EncodedAppend append) throws SQLException {
        var condition = append.condition().orElseThrow();
        try (var statement = connection.prepareStatement(look)) {
            int next = new CriterionArrays(List.of(append)).bind(statement, 1);
            statement.setBoolean(next, !connection.getAutoCommit());
            while (true) {
                try (var row = statement.executeQuery()) {
                    row.next();
                    long conflict = row.getLong(2);
                    if (conflict != 0) {
                        throw new AppendConditionException(condition, conflict);
                    }
                    if (row.getObject(1) != null) {
                        return narrowed(append, Math.max(condition.after(), row.getLong(1)));
                    }
                }
            }
        }
    }

    private static EncodedAppend narrowed(EncodedAppend append, long after) {
        var query = append.condition().orElseThrow().query();
        return new EncodedAppend(append.parts(), Optional.of(new AppendCondition(query, after)));
    }

    /** The refusal of a narrowed append in terms of the condition that the caller gave. */
    public static AppendConditionException widened(AppendConditionException refusal, EncodedAppend append) {
        return new AppendConditionException(append.condition().orElseThrow(), refusal.conflictPosition());
    }
}
