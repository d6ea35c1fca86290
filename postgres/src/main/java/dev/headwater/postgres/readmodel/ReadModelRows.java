package dev.headwater.postgres.readmodel;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a {@link ReadModelTable} as a page of events changes them; written at the end of the page.
 *
 * <p>A key is given as one value for each of its columns, in their order: a string, an enum constant, a whole number, a
 * {@link java.util.UUID} or a {@link java.time.LocalDate}, as the column demands. To be used only within the call that
 * it is handed to, by that thread.
 */
public final class ReadModelRows {

    private final TableLayout layout;
    private final Map<List<String>, RowChange> changes = new HashMap<>();

    ReadModelRows(TableLayout layout) {
        this.layout = layout;
    }

    /** The changes of one row. */
    static final class RowChange {
        /** The row is deleted before anything else is done to it. */
        private boolean deleted;
        /** What changes if the row exists by then. */
        private @Nullable ReadModelRow update;
        /** What changes after that, in a row that is inserted if it is missing. */
        private @Nullable ReadModelRow upsert;

        boolean isDeleted() {
            return deleted;
        }

        @Nullable
        ReadModelRow update() {
            return update;
        }

        @Nullable
        ReadModelRow upsert() {
            return upsert;
        }
    }

    /**
     * The row of a key, to be changed and inserted if it is missing; columns that are not given then take their
     * defaults.
     *
     * <p>PostgreSQL checks {@code NOT NULL} before it finds that the row exists: give every column that must not be
     * null and has no default, or use {@link #update}.
     */
    public ReadModelRow upsert(Object... key) {
        var change = change(key);
        var row = change.upsert;
        if (row == null) {
            row = new ReadModelRow(layout);
            change.upsert = row;
        }
        return row;
    }

    /** The row of a key, to be changed if it exists; otherwise nothing will happen. */
    public ReadModelRow update(Object... key) {
        var change = change(key);
        if (change.upsert != null) {
            return change.upsert;
        }
        if (change.deleted) {
            return new ReadModelRow(layout);
        }
        var row = change.update;
        if (row == null) {
            row = new ReadModelRow(layout);
            change.update = row;
        }
        return row;
    }

    /** Deletes the row of a key if it exists. */
    public void delete(Object... key) {
        var change = change(key);
        change.deleted = true;
        change.update = null;
        change.upsert = null;
    }

    private RowChange change(Object... key) {
        return changes.computeIfAbsent(layout.key(key), first -> new RowChange());
    }

    void write(Connection connection) throws SQLException {
        if (!changes.isEmpty()) {
            new RowWriter(layout, connection).write(changes);
        }
    }
}
