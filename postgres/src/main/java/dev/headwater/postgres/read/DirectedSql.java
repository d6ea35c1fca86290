package dev.headwater.postgres.read;

import dev.headwater.store.Direction;

/** A statement that reads in one of two directions, written once with placeholders for what differs. */
final class DirectedSql {

    private DirectedSql() {}

    /**
     * Fills in {@code {order}}, {@code {beyond}} and {@code {upto}} to compare numbers, {@code {nearer}} to choose the
     * one that is reached first, and {@code {farthest}} for the last number there can be.
     */
    static String of(String sql, Direction direction) {
        boolean forwards = direction == Direction.FORWARDS;
        return sql.replace("{order}", forwards ? "ASC" : "DESC")
                .replace("{beyond}", forwards ? ">" : "<")
                .replace("{upto}", forwards ? "<=" : ">=")
                .replace("{nearer}", forwards ? "least" : "greatest")
                .replace("{farthest}", forwards ? "9223372036854775807" : "1");
    }
}
