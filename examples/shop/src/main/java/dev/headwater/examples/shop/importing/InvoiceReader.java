package dev.headwater.examples.shop.importing;

import dev.headwater.examples.shop.importing.Invoice.Content;
import dev.headwater.examples.shop.importing.RowReader.Result;
import dev.headwater.examples.shop.ordering.OrderItem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Decides what an invoice stands for: a plain number is a sale, {@code C…} a credit note, and anything else is nothing
 * the shop knows.
 */
final class InvoiceReader {

    private static final Pattern PLAIN_NUMBER = Pattern.compile("[0-9]+");

    private enum Kind {
        SALE,
        CREDIT_NOTE,
        UNKNOWN;

        static Kind of(String number) {
            if (PLAIN_NUMBER.matcher(number).matches()) {
                return SALE;
            }
            return number.startsWith("C") ? CREDIT_NOTE : UNKNOWN;
        }
    }

    private InvoiceReader() {}

    static Invoice read(InvoiceRows invoice) {
        var kind = Kind.of(invoice.number());
        var accepted = new ArrayList<Result.Line>();
        var rejected = new ArrayList<RejectedRow>();
        for (var row : invoice.rows()) {
            switch (read(row, kind)) {
                case Result.Line line -> accepted.add(line);
                case Result.Problem(var reason) -> rejected.add(RejectedRow.of(row, reason));
            }
        }
        return new Invoice(content(kind, accepted), rejected);
    }

    /** Whether a row makes an order of its invoice. */
    static boolean isOrdered(CsvRow row) {
        var kind = Kind.of(row.invoiceNumber());
        return kind == Kind.SALE && read(row, kind) instanceof Result.Line;
    }

    private static Result read(CsvRow row, Kind kind) {
        if (kind == Kind.UNKNOWN) {
            return new Result.Problem("InvoiceNo: expected a plain number, or C and a number for a return");
        }
        var result = RowReader.read(row);
        return switch (result) {
            case Result.Line line ->
                problemAs(kind, line.item()).<Result>map(Result.Problem::new).orElse(line);
            case Result.Problem problem -> problem;
        };
    }

    private static Optional<String> problemAs(Kind kind, OrderItem item) {
        if (!item.unitPrice().isPositive()) {
            return Optional.of("UnitPrice: expected more than zero");
        }
        if (kind == Kind.SALE && item.quantity() <= 0) {
            return Optional.of("Quantity: expected more than zero in a sale");
        }
        if (kind == Kind.CREDIT_NOTE && item.quantity() >= 0) {
            return Optional.of("Quantity: expected less than zero in a return");
        }
        return Optional.empty();
    }

    private static Content content(Kind kind, List<Result.Line> accepted) {
        if (accepted.isEmpty()) {
            return new Invoice.Nothing();
        }
        var head = accepted.getFirst().head();
        var items = accepted.stream().map(Result.Line::item);
        return switch (kind) {
            case SALE -> new Invoice.Sale(head, items.toList());
            case CREDIT_NOTE ->
                new Invoice.CreditNote(head, items.map(InvoiceReader::returned).toList());
            case UNKNOWN -> new Invoice.Nothing();
        };
    }

    private static OrderItem returned(OrderItem item) {
        return new OrderItem(item.stockCode(), item.description(), -item.quantity(), item.unitPrice());
    }
}
