package dev.headwater.examples.shop.importing;

import dev.headwater.DomainEvent;
import dev.headwater.MessageType;
import java.util.List;

/** What became of the rows that the shop was given. */
public sealed interface ImportEvent extends DomainEvent {

    /** The rows that became part of nothing. */
    List<RejectedRow> rejected();

    /** What an invoice became. */
    enum Outcome {
        ORDER,
        RETURN,
        REJECTED
    }

    /**
     * An invoice was read for the first time; written together with the order or the return that it became.
     *
     * @param rows how many rows it had, rejected ones included
     */
    @MessageType("invoice.imported")
    record InvoiceImported(String invoice, Outcome outcome, int rows, List<RejectedRow> rejected)
            implements ImportEvent {}

    /** A known invoice was given once more with other rows: the first version stands, these rows are rejected. */
    @MessageType("invoice.contradicted")
    record InvoiceContradicted(String invoice, List<RejectedRow> rejected) implements ImportEvent {}

    /** Rows of a file belong to no invoice. */
    @MessageType("rows.unassigned")
    record RowsUnassigned(List<RejectedRow> rejected) implements ImportEvent {}
}
