package dev.headwater.postgres.readmodel;

import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.Projection;
import java.sql.Connection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects what a page of events means for a {@link ReadModelTable}, and writes it. */
final class TableProjection implements Projection<Connection> {

    private final ReadModelTable table;
    private final ReadModelTable.Handler handler;

    /** Null until it is known, and after a failure, which a change of the table may have caused. */
    private volatile @Nullable TableLayout known;

    TableProjection(ReadModelTable table, ReadModelTable.Handler handler) {
        this.table = table;
        this.handler = handler;
    }

    @Override
    public void project(List<StoredEvent> events, Connection transaction) throws Exception {
        var layout = known;
        if (layout == null) {
            layout = TableLayout.read(transaction, table);
        }
        known = null;
        var rows = new ReadModelRows(layout);
        for (var event : events) {
            handler.handle(event, rows);
        }
        rows.write(transaction);
        known = layout;
    }
}
