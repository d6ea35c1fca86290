package dev.headwater.examples.shop.importing;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.Consumer;

/**
 * Invoices of a year that never was, the same ones for the same seed: mostly small orders from home, some large ones,
 * some from abroad, and now and then a return.
 */
public final class SeededInvoices implements InvoiceSource {

    private static final int ORDERS_PER_RETURN = 40;
    private static final LocalDateTime FIRST_DAY = LocalDateTime.of(2025, 1, 2, 8, 0);
    private static final int MINUTES_OF_YEAR = 360 * 24 * 60;
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");
    private static final int CUSTOMERS = 800;

    /** Home has two thirds of the orders; the others have fewer and fewer. */
    private static final List<String> COUNTRIES = List.of(
            "United Kingdom",
            "Germany",
            "France",
            "Ireland",
            "Spain",
            "Netherlands",
            "Belgium",
            "Switzerland",
            "Portugal",
            "Italy",
            "Norway",
            "Japan");

    private record Article(String stockCode, String description, String price) {}

    private static final List<Article> ARTICLES = List.of(
            new Article("10100", "ENAMEL JUG, CREAM", "7.95"),
            new Article("10105", "TIN OF TEN PENCILS", "1.25"),
            new Article("10112", "WOOLLEN BLANKET \"HIGHLAND\"", "24.50"),
            new Article("10120", "SET OF 6 GLASS TUMBLERS", "9.60"),
            new Article("10131", "BRASS CANDLE HOLDER", "4.15"),
            new Article("10144", "PAPER LANTERN, LARGE", "2.95"),
            new Article("10150A", "CAST IRON DOORSTOP, CAT", "12.75"),
            new Article("10150B", "CAST IRON DOORSTOP, OWL", "12.75"),
            new Article("10163", "LINEN TEA TOWEL", "3.25"),
            new Article("10170", "WICKER BREAD BASKET", "5.45"),
            new Article("10188", "BISCUIT CUTTERS, 12 PIECES", "6.10"),
            new Article("10195", "GIFT TAGS, PACK OF 20", "0.85"),
            new Article("10201", "WALNUT CHOPPING BOARD", "18.00"),
            new Article("10210", "STONEWARE MUG", "4.95"),
            new Article("10222", "HOT WATER BOTTLE, KNITTED COVER", "6.35"),
            new Article("10230", "GARDEN TWINE", "1.65"),
            new Article("10244", "ZINC WATERING CAN", "14.20"),
            new Article("10251", "SEED LABELS, SLATE", "0.425"),
            new Article("10267", "TRAVEL CHESS SET", "11.30"),
            new Article("10273", "POSTCARD", "0.19"));

    private final long seed;
    private final int orders;

    public SeededInvoices(long seed, int orders) {
        this.seed = seed;
        this.orders = orders;
    }

    @Override
    public int invoices() {
        return orders + orders / ORDERS_PER_RETURN;
    }

    @Override
    public void read(Consumer<InvoiceRows> invoices, Consumer<UnassignedRows> unassigned) {
        var random = new Random(seed);
        long line = 1;
        for (int order = 1; order <= orders; order++) {
            var invoice = invoice(order, line, lineCount(random), random);
            invoices.accept(invoice);
            line += invoice.rows().size();
            if (order % ORDERS_PER_RETURN == 0) {
                var creditNote = creditNote(invoice, line, random);
                invoices.accept(creditNote);
                line += creditNote.rows().size();
            }
        }
    }

    /** Other seeds have other numbers, so that several runs on one database add up. */
    private String number(int order) {
        return "%s%07d".formatted(Long.toUnsignedString(seed), order);
    }

    private static int lineCount(Random random) {
        return random.nextInt(20) == 0 ? 40 + random.nextInt(160) : 1 + random.nextInt(8);
    }

    private InvoiceRows invoice(int order, long firstLine, int lines, Random random) {
        var number = number(order);
        var date = DATE.format(FIRST_DAY.plusMinutes(random.nextInt(MINUTES_OF_YEAR)));
        var customer = random.nextInt(5) == 0 ? "" : 12_000 + random.nextInt(CUSTOMERS) + ".0";
        var country = random.nextInt(3) < 2
                ? COUNTRIES.getFirst()
                : COUNTRIES.get(1 + (int) ((COUNTRIES.size() - 1) * random.nextDouble() * random.nextDouble()));
        var rows = new ArrayList<CsvRow>();
        for (int i = 0; i < lines; i++) {
            var article = ARTICLES.get(random.nextInt(ARTICLES.size()));
            var quantity = Integer.toString(1 + random.nextInt(12) * (1 + random.nextInt(4)));
            rows.add(new CsvRow(
                    firstLine + i,
                    List.of(
                            number,
                            article.stockCode(),
                            article.description(),
                            quantity,
                            date,
                            article.price(),
                            customer,
                            country)));
        }
        return new InvoiceRows(number, OptionalInt.of(order), rows);
    }

    /** Some of the first line comes back. */
    private static InvoiceRows creditNote(InvoiceRows invoice, long line, Random random) {
        var fields = new ArrayList<>(invoice.rows().getFirst().fields());
        fields.set(0, "C" + invoice.number());
        fields.set(3, Integer.toString(-1 - random.nextInt(Integer.parseInt(fields.get(3)))));
        return new InvoiceRows(fields.getFirst(), OptionalInt.empty(), List.of(new CsvRow(line, List.copyOf(fields))));
    }
}
