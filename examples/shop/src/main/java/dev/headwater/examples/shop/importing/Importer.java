package dev.headwater.examples.shop.importing;

import dev.headwater.store.ConcurrencyException;
import dev.headwater.store.EventStore;

/**
 * Records invoices in the event log, each in one append: the order or return that it is, and what became of its rows.
 *
 * <p>Event ids are derived from the content, so whatever is imported again, whole or in parts, after a crash or by two
 * processes at once, is recognised by the store and changes nothing. Thread-safe.
 */
public final class Importer {

    private final EventStore store;

    public Importer(EventStore store) {
        this.store = store;
    }

    /**
     * Records an invoice and returns when that is durable. One that is known with other rows stays as it is, and these
     * rows are recorded as rejected.
     */
    public void importInvoice(InvoiceRows invoice) {
        try {
            store.append(ImportAppends.of(invoice));
        } catch (ConcurrencyException e) {
            store.append(ImportAppends.contradiction(invoice));
        }
    }

    /** Records rows that belong to no invoice and returns when that is durable. */
    public void importUnassigned(UnassignedRows rows) {
        store.append(ImportAppends.of(rows));
    }
}
