package dev.headwater.examples.shop.importing;

import java.util.List;

/** All rows of one invoice, at least one, in the order of the file. */
public record InvoiceRows(String number, List<CsvRow> rows) {

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
