package dev.headwater.examples.shop.importing;

import java.util.function.Consumer;

/** Where invoices come from. */
public interface InvoiceSource {

    /** How many invoices there will be. */
    int invoices();

    /** Hands over every invoice once, and every row that belongs to none. */
    void read(Consumer<InvoiceRows> invoices, Consumer<UnassignedRows> unassigned);
}
