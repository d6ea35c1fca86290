package dev.headwater.examples.shop.importing;

import java.util.List;
import java.util.Optional;

/**
 * A row as it stands in a file.
 *
 * @param line the physical line on which it begins; the header is line 1
 * @param fields its fields, verbatim; not necessarily as many as there should be
 */
public record CsvRow(long line, List<String> fields) {

    /** The columns, in order. */
    static final List<String> COLUMNS = List.of(
            "InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country");

    private static final int MAX_NUMBER_LENGTH = 50;

    /** The invoice that the row belongs to, if {@link #numberProblem()} finds nothing. */
    String invoiceNumber() {
        return fields.getFirst().strip();
    }

    /** Why the row belongs to no invoice. */
    Optional<String> numberProblem() {
        var number = invoiceNumber();
        if (number.isEmpty()) {
            return Optional.of("InvoiceNo is missing");
        }
        if (number.length() > MAX_NUMBER_LENGTH) {
            return Optional.of(
                    "InvoiceNo has " + number.length() + " characters: at most " + MAX_NUMBER_LENGTH + " are allowed");
        }
        if (number.chars().anyMatch(Character::isISOControl)) {
            return Optional.of("InvoiceNo holds a control character");
        }
        return Optional.empty();
    }
}
