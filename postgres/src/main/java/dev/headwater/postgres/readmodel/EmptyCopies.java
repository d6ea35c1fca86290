package dev.headwater.postgres.readmodel;

import dev.headwater.subscription.spi.PageTransaction;
import java.sql.Connection;
import java.util.List;

/**
 * Puts empty copies in the place of tables, for one transaction: a projection that is tried out there finds its read
 * model empty, and the real one is neither read nor locked.
 *
 * <p>The copies are temporary tables of the same names, with the columns, defaults, constraints and indexes of the
 * originals but without their foreign keys and triggers. PostgreSQL finds them first where a statement names a table
 * without its schema; statements that name it with the schema still reach the original.
 *
 * <pre>{@code
 * HistoryCheck.<Connection>of(store).projections(storage, EmptyCopies.of("orders", "sales"), subscriptions)
 * }</pre>
 *
 * @see <a href="https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-SEARCH-PATH">search_path</a>
 */
public final class EmptyCopies {

    private EmptyCopies() {}

    /**
     * Makes the copies in a transaction; they are gone with its end.
     *
     * @param tables the names of the tables as they stand in the database, found through the search path
     */
    public static PageTransaction.Part<Connection> of(String... tables) {
        var statements = List.of(tables).stream().map(EmptyCopies::copy).toList();
        return transaction -> {
            try (var statement = transaction.createStatement()) {
                for (var copy : statements) {
                    statement.execute(copy);
                }
            }
        };
    }

    private static String copy(String table) {
        if (table.isBlank() || table.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("'" + table + "' is no name of a table");
        }
        var name = '"' + table.replace("\"", "\"\"") + '"';
        return "CREATE TEMPORARY TABLE " + name + " (LIKE " + name + " INCLUDING ALL) ON COMMIT DROP";
    }
}
