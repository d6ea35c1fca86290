package dev.headwater.postgres.readmodel;

import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.Projection;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A table that a projection keeps, row by row under a key: the usual read model, without an ORM.
 *
 * <pre>{@code
 * var orders = ReadModelTable.named("shop.orders").key("order_id").columns("status", "total", "changes");
 * Projection<Connection> projection = orders.projection((event, rows) -> {
 *     switch ((OrderEvent) event.event()) {
 *         case OrderPlaced placed -> rows.upsert(placed.orderId()).set("status", "placed").set("total", placed.total());
 *         case OrderShipped shipped -> rows.update(shipped.orderId()).set("status", "shipped").add("changes", 1);
 *         case OrderDeleted deleted -> rows.delete(deleted.orderId());
 *     }
 * });
 * }</pre>
 *
 * <p>What the function asks for is collected over a page of events and written at the end of the page, in the
 * transaction of the checkpoint, with one statement for each set of columns that was changed, however many rows there
 * are; nobody has to remember to flush. Several changes of one row in a page become one, with the same outcome as if
 * they had been made one after the other.
 *
 * <p>A projection of several tables calls the projection of each: {@code (events, connection) -> {
 * orders.project(events, connection); lines.project(events, connection); }}. Plain statements on the connection can
 * stand between them in the same way; those see a table as it is before or after the whole page. Immutable.
 */
public final class ReadModelTable {

    private static final Pattern IDENTIFIER = Pattern.compile("[a-z_][a-z0-9_]{0,62}");

    private final String name;
    private final List<String> key;
    private final List<String> columns;

    private ReadModelTable(String name, List<String> key, List<String> columns) {
        this.name = name;
        this.key = key;
        this.columns = columns;
        var all = new ArrayList<>(key);
        all.addAll(columns);
        all.forEach(column -> requireIdentifier("column", column));
        if (new HashSet<>(all).size() < all.size()) {
            throw new IllegalArgumentException(
                    "The columns of the table '" + name + "' are " + all + ": expected each of them once");
        }
    }

    /** A table by name, before its key is known. */
    public static final class Named {

        private final String name;

        private Named(String name) {
            this.name = name;
        }

        /**
         * The columns that tell rows apart, which the table must have a primary key or a unique index on; of the types
         * {@code text}, {@code varchar}, {@code smallint}, {@code integer}, {@code bigint}, {@code uuid} or
         * {@code date}.
         */
        public ReadModelTable key(String first, String... more) {
            var key = new ArrayList<String>();
            key.add(first);
            key.addAll(List.of(more));
            return new ReadModelTable(name, List.copyOf(key), List.of());
        }
    }

    /** What an event means for the rows of a table. */
    @FunctionalInterface
    public interface Handler {

        /** Says what to change; throwing undoes the page as it does in any {@link Projection}. */
        void handle(StoredEvent event, ReadModelRows rows) throws Exception;
    }

    /**
     * Names a table, which may be qualified by its schema, as in {@code shop.orders}.
     *
     * @throws IllegalArgumentException when that is not a plain lower-case identifier, or two with a dot between
     */
    public static Named named(String table) {
        for (var part : table.split("\\.", 2)) {
            requireIdentifier("table", part);
        }
        return new Named(table);
    }

    /** The same table with these columns to be written beside the key; other columns are left to the database. */
    public ReadModelTable columns(String... names) {
        return new ReadModelTable(name, key, List.of(names));
    }

    /**
     * A projection that changes rows as the function says, and writes them at the end of each page.
     *
     * <p>It looks up the types of the columns when it is first called, and again after a failure. It can serve several
     * subscriptions at once.
     */
    public Projection<Connection> projection(Handler handler) {
        return new TableProjection(this, handler);
    }

    String name() {
        return name;
    }

    List<String> key() {
        return key;
    }

    List<String> columns() {
        return columns;
    }

    /** The name as it stands in statements. */
    String quoted() {
        return '"' + name.replace(".", "\".\"") + '"';
    }

    private static void requireIdentifier(String what, String name) {
        if (!IDENTIFIER.matcher(name).matches()) {
            throw new IllegalArgumentException("The " + what + " name '" + name + "' cannot be used: expected 1 to 63"
                    + " lower-case letters, digits or underscores, not beginning with a digit");
        }
    }
}
