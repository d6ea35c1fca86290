package dev.headwater.examples.shop.importing;

import dev.headwater.DomainEvent;
import dev.headwater.Envelope;
import dev.headwater.Metadata;
import dev.headwater.examples.shop.importing.ImportEvent.InvoiceContradicted;
import dev.headwater.examples.shop.importing.ImportEvent.InvoiceImported;
import dev.headwater.examples.shop.importing.ImportEvent.Outcome;
import dev.headwater.examples.shop.importing.ImportEvent.RowsUnassigned;
import dev.headwater.examples.shop.ordering.OrderCommand;
import dev.headwater.examples.shop.ordering.OrderCommand.CreateOrder;
import dev.headwater.examples.shop.ordering.OrderCommand.PlaceOrder;
import dev.headwater.examples.shop.ordering.OrderDecider;
import dev.headwater.examples.shop.ordering.OrderDesk;
import dev.headwater.examples.shop.ordering.OrderEvent;
import dev.headwater.examples.shop.ordering.OrderId;
import dev.headwater.examples.shop.returns.CustomerReturn;
import dev.headwater.examples.shop.returns.ReturnEvent;
import dev.headwater.store.Append;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.NewEvent;
import dev.headwater.store.StreamId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What is appended for imported rows. The same rows always lead to the same event ids, and other rows to other ids.
 *
 * <p>The events of an order or a return happened when the invoice says so. Those of the import happen now, and are the
 * cause of the former.
 */
final class ImportAppends {

    private static final OrderDecider ORDERING = new OrderDecider();

    private ImportAppends() {}

    static Append of(InvoiceRows rows) {
        var invoice = InvoiceReader.read(rows);
        return switch (invoice.content()) {
            case Invoice.Sale sale -> {
                var imported = imported(rows, Outcome.ORDER, invoice.rejected());
                var stream = StreamId.of(OrderDesk.CATEGORY, rows.number());
                var time = sale.head().time();
                yield appendTo(rows, imported)
                        .and(stream, ExpectedVersion.noStream(), caused(imported, time, order(rows, sale)));
            }
            case Invoice.CreditNote note -> {
                var imported = imported(rows, Outcome.RETURN, invoice.rejected());
                var stream = StreamId.of(CustomerReturn.CATEGORY, rows.number());
                var time = note.head().time();
                yield appendTo(rows, imported)
                        .and(stream, ExpectedVersion.noStream(), caused(imported, time, returned(rows, note)));
            }
            case Invoice.Nothing nothing -> appendTo(rows, imported(rows, Outcome.REJECTED, invoice.rejected()));
        };
    }

    /** What is appended when the store already holds this invoice with other rows. */
    static Append contradiction(InvoiceRows rows) {
        var reason = "InvoiceNo: " + rows.number() + " was imported before, with other rows";
        var rejected =
                rows.rows().stream().map(row -> RejectedRow.of(row, reason)).toList();
        var id = Sha256.uuid("contradicted", rows.number(), rows.fingerprint());
        var event =
                Envelope.of(new InvoiceContradicted(rows.number(), rejected)).withId(id);
        return Append.to(invoiceStream(rows), ExpectedVersion.any(), List.of(NewEvent.of(event)));
    }

    static Append of(UnassignedRows unassigned) {
        var rejected = unassigned.rows().stream()
                .map(row -> RejectedRow.of(row, row.numberProblem().orElse("InvoiceNo is missing")))
                .toList();
        var firstLine = Long.toString(rejected.getFirst().line());
        var id = Sha256.uuid("unassigned", unassigned.file(), firstLine);
        var event = Envelope.of(new RowsUnassigned(rejected)).withId(id);
        var stream = StreamId.of("import", unassigned.file());
        return Append.to(stream, ExpectedVersion.any(), List.of(NewEvent.of(event)));
    }

    private static Append appendTo(InvoiceRows rows, Envelope<InvoiceImported> imported) {
        return Append.to(invoiceStream(rows), ExpectedVersion.noStream(), List.of(NewEvent.of(imported)));
    }

    private static StreamId invoiceStream(InvoiceRows rows) {
        return StreamId.of("invoice", rows.number());
    }

    private static Envelope<InvoiceImported> imported(InvoiceRows rows, Outcome outcome, List<RejectedRow> rejected) {
        var event = new InvoiceImported(rows.number(), outcome, rows.rows().size(), rejected);
        return Envelope.of(event).withId(Sha256.uuid("imported", rows.number(), rows.fingerprint()));
    }

    private static List<NewEvent> caused(Envelope<?> cause, Instant time, List<? extends DomainEvent> events) {
        var metadata = Metadata.causedBy(cause);
        var caused = new ArrayList<NewEvent>();
        for (var event : events) {
            var id = Sha256.uuid("caused", cause.id().toString(), Integer.toString(caused.size()));
            caused.add(NewEvent.of(Envelope.of(event).withId(id).withTime(time).withMetadata(metadata)));
        }
        return caused;
    }

    /** Somebody who has an invoice has placed the order. */
    private static List<OrderEvent> order(InvoiceRows rows, Invoice.Sale sale) {
        var id = new OrderId(rows.number());
        var head = sale.head();
        var events = new ArrayList<OrderEvent>();
        var state = ORDERING.initial();
        for (var command : List.<OrderCommand>of(
                new CreateOrder(id, head.customerId(), head.country(), sale.items(), rows.ordinal()),
                new PlaceOrder(id))) {
            for (var event : ORDERING.decide(command, state)) {
                events.add(event);
                state = ORDERING.evolve(state, event);
            }
        }
        return events;
    }

    private static List<ReturnEvent> returned(InvoiceRows rows, Invoice.CreditNote note) {
        var head = note.head();
        var creditNote = new CustomerReturn();
        creditNote.record(rows.number(), head.customerId(), head.country(), note.items());
        return creditNote.uncommittedEvents();
    }
}
