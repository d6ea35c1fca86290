package dev.headwater.examples.shop.importing;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The invoices of a CSV file, whose rows may be scattered over it.
 *
 * <p>The file is read twice. The first time, when it is opened, it is checked to the end, so that no file is imported
 * in part only because it turns out to be broken; and the rows of every invoice are counted. The second time an invoice
 * is handed over as soon as its last row was read. So memory holds one number for each invoice, and of the rows only
 * those of invoices whose end is yet to come: in a file that keeps invoices together, one invoice.
 */
public final class CsvInvoices implements InvoiceSource {

    private static final int MAX_ROWS_OF_INVOICE = 20_000;
    private static final int UNASSIGNED_AT_ONCE = 200;

    private final Path path;
    private final String contentId;
    private final Map<String, Integer> rowsOfInvoice;

    private CsvInvoices(Path path, String contentId, Map<String, Integer> rowsOfInvoice) {
        this.path = path;
        this.contentId = contentId;
        this.rowsOfInvoice = rowsOfInvoice;
    }

    /**
     * Checks a file and counts what is in it.
     *
     * @throws UnusableFileException when it is missing, unreadable, no such CSV, or holds an absurdly large invoice
     */
    public static CsvInvoices open(Path path) {
        var rowsOfInvoice = new HashMap<String, Integer>();
        String contentId;
        try (var file = CsvFile.open(path)) {
            for (var row = file.next(); row != null; row = file.next()) {
                if (row.numberProblem().isEmpty()) {
                    rowsOfInvoice.merge(row.invoiceNumber(), 1, Integer::sum);
                }
            }
            contentId = file.contentId();
        }
        rowsOfInvoice.forEach((number, count) -> {
            if (count > MAX_ROWS_OF_INVOICE) {
                throw new UnusableFileException(path + " cannot be imported: invoice " + number + " has " + count
                        + " rows, at most " + MAX_ROWS_OF_INVOICE + " are allowed");
            }
        });
        return new CsvInvoices(path, contentId, rowsOfInvoice);
    }

    @Override
    public int invoices() {
        return rowsOfInvoice.size();
    }

    @Override
    public void read(Consumer<InvoiceRows> invoices, Consumer<UnassignedRows> unassigned) {
        var sorting = new Sorting(invoices, unassigned);
        try (var file = CsvFile.open(path)) {
            for (var row = file.next(); row != null; row = file.next()) {
                sorting.add(row);
            }
            sorting.handOverUnassigned();
            if (!sorting.isComplete() || !file.contentId().equals(contentId)) {
                throw new UnusableFileException(
                        path + " was changed while it was imported: import it once more when it no longer changes");
            }
        }
    }

    /** Rows on their way to the others of their invoice. */
    private final class Sorting {

        private final Consumer<InvoiceRows> invoices;
        private final Consumer<UnassignedRows> unassigned;
        private final Map<String, List<CsvRow>> incomplete = new HashMap<>();
        private final List<CsvRow> unassignedRows = new ArrayList<>();

        private Sorting(Consumer<InvoiceRows> invoices, Consumer<UnassignedRows> unassigned) {
            this.invoices = invoices;
            this.unassigned = unassigned;
        }

        void add(CsvRow row) {
            if (row.numberProblem().isPresent()) {
                addUnassigned(row);
            } else {
                addToInvoice(row.invoiceNumber(), row);
            }
        }

        private void addToInvoice(String number, CsvRow row) {
            var rows = incomplete.computeIfAbsent(number, key -> new ArrayList<>());
            rows.add(row);
            if (rows.size() == rowsOfInvoice.getOrDefault(number, 0)) {
                incomplete.remove(number);
                invoices.accept(new InvoiceRows(number, rows));
            }
        }

        private void addUnassigned(CsvRow row) {
            unassignedRows.add(row);
            if (unassignedRows.size() == UNASSIGNED_AT_ONCE) {
                handOverUnassigned();
            }
        }

        void handOverUnassigned() {
            if (!unassignedRows.isEmpty()) {
                unassigned.accept(new UnassignedRows(contentId, List.copyOf(unassignedRows)));
                unassignedRows.clear();
            }
        }

        boolean isComplete() {
            return incomplete.isEmpty();
        }
    }
}
