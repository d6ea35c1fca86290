package dev.headwater.examples.shop.importing;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * The invoices of a CSV file, whose rows may be scattered over it.
 *
 * <p>The file is read twice. The first time, when it is opened, it is checked to the end, so that no file is imported
 * in part only because it turns out to be broken; and the rows of every invoice are counted, and those invoices that
 * become orders. The second time an invoice is handed over as soon as its last row was read. So memory holds one number
 * for each invoice, and of the rows only those of invoices whose end is yet to come: in a file that keeps invoices
 * together, one invoice.
 */
public final class CsvInvoices implements InvoiceSource {

    private static final int MAX_ROWS_OF_INVOICE = 20_000;
    private static final int UNASSIGNED_AT_ONCE = 200;

    private final Path path;
    private final String contentId;
    private final Map<String, Expected> invoices;

    private CsvInvoices(Path path, String contentId, Map<String, Expected> invoices) {
        this.path = path;
        this.contentId = contentId;
        this.invoices = invoices;
    }

    /** What the file holds of an invoice. */
    private record Expected(int rows, OptionalInt ordinal) {}

    /** What was found of an invoice so far. */
    private static final class Count {

        private int rows;
        private boolean isOrder;

        void add(CsvRow row) {
            rows++;
            isOrder = isOrder || InvoiceReader.isOrdered(row);
        }
    }

    /**
     * Checks a file and counts what is in it.
     *
     * @throws UnusableFileException when it is missing, unreadable, no such CSV, or holds an absurdly large invoice
     */
    public static CsvInvoices open(Path path) {
        var counts = new LinkedHashMap<String, Count>();
        String contentId;
        try (var file = CsvFile.open(path)) {
            for (var row = file.next(); row != null; row = file.next()) {
                if (row.numberProblem().isEmpty()) {
                    counts.computeIfAbsent(row.invoiceNumber(), number -> new Count())
                            .add(row);
                }
            }
            contentId = file.contentId();
        }
        counts.forEach((number, count) -> {
            if (count.rows > MAX_ROWS_OF_INVOICE) {
                throw new UnusableFileException(path + " cannot be imported: invoice " + number + " has " + count.rows
                        + " rows, at most " + MAX_ROWS_OF_INVOICE + " are allowed");
            }
        });
        return new CsvInvoices(path, contentId, numbered(counts));
    }

    private static Map<String, Expected> numbered(Map<String, Count> counts) {
        var invoices = new HashMap<String, Expected>();
        int orders = 0;
        for (var entry : counts.entrySet()) {
            var count = entry.getValue();
            var ordinal = count.isOrder ? OptionalInt.of(++orders) : OptionalInt.empty();
            invoices.put(entry.getKey(), new Expected(count.rows, ordinal));
        }
        return invoices;
    }

    @Override
    public int invoices() {
        return invoices.size();
    }

    @Override
    public void read(Consumer<InvoiceRows> complete, Consumer<UnassignedRows> unassigned) {
        var sorting = new Sorting(complete, unassigned);
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

        private final Consumer<InvoiceRows> complete;
        private final Consumer<UnassignedRows> unassigned;
        private final Map<String, List<CsvRow>> incomplete = new HashMap<>();
        private final List<CsvRow> unassignedRows = new ArrayList<>();

        private Sorting(Consumer<InvoiceRows> complete, Consumer<UnassignedRows> unassigned) {
            this.complete = complete;
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
            var expected = invoices.get(number);
            if (expected != null && rows.size() == expected.rows()) {
                incomplete.remove(number);
                complete.accept(new InvoiceRows(number, expected.ordinal(), rows));
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
