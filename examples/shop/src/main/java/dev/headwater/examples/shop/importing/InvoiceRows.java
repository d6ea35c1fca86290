package dev.headwater.examples.shop.importing;

import java.util.List;
import java.util.OptionalInt;

/**
 * All rows of one invoice, at least one, in the order of the file.
 *
 * @param ordinal the place of the invoice among those of the file that become orders, by where each begins, from 1;
 *     none when it becomes no order
 */
public record InvoiceRows(String number, OptionalInt ordinal, List<CsvRow> rows) {

    /**
     * Identifies the content: the same rows in another place or order of a file have the same fingerprint, other rows
     * another one.
     */
    String fingerprint() {
        var digest = Sha256.start();
        rows.stream().map(row -> Sha256.of(row.fields())).sorted().forEach(row -> Sha256.add(digest, row));
        return Sha256.hex(digest);
    }
}
