package dev.headwater.examples.shop.analytics;

import dev.headwater.examples.shop.importing.ImportEvent;
import dev.headwater.examples.shop.importing.ImportEvent.InvoiceContradicted;
import dev.headwater.examples.shop.importing.ImportEvent.InvoiceImported;
import dev.headwater.examples.shop.importing.ImportEvent.RowsUnassigned;
import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.Projection;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/** Keeps account of all rows that were read, and keeps those that were rejected. */
public final class ImportProjection implements Projection<Connection> {

    private static final String INSERT_STEP = """
            INSERT INTO shop.import_steps (position, invoice, outcome, rows_read)
            SELECT * FROM unnest(?, ?, ?, ?)""";

    private static final String INSERT_REJECTED = """
            INSERT INTO shop.rejected_rows (position, ordinal, line, reason, fields)
            SELECT * FROM unnest(?, ?, ?, ?, ?)""";

    private final JsonMapper mapper = JsonMapper.shared();

    @Override
    public void project(List<StoredEvent> events, Connection transaction) throws SQLException {
        var steps = new Rows("int8", "text", "text", "int4");
        var rejected = new Rows("int8", "int4", "int8", "text", "json");
        for (var stored : events) {
            var event = (ImportEvent) stored.event();
            switch (event) {
                case InvoiceImported(var invoice, var outcome, var rows, var rejectedRows) ->
                    steps.add(Places.of(stored), invoice, outcome.name(), rows);
                case InvoiceContradicted(var invoice, var rows) ->
                    steps.add(Places.of(stored), invoice, null, rows.size());
                case RowsUnassigned(var rows) -> steps.add(Places.of(stored), null, null, rows.size());
            }
            int ordinal = 0;
            for (var row : event.rejected()) {
                ordinal++;
                var fields = mapper.writeValueAsString(row.fields());
                rejected.add(Places.of(stored), ordinal, row.line(), row.reason(), fields);
            }
        }
        steps.execute(transaction, INSERT_STEP);
        rejected.execute(transaction, INSERT_REJECTED);
    }
}
