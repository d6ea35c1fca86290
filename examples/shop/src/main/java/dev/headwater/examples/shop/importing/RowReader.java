package dev.headwater.examples.shop.importing;

import dev.headwater.examples.shop.ordering.CustomerId;
import dev.headwater.examples.shop.ordering.Money;
import dev.headwater.examples.shop.ordering.OrderItem;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Turns the fields of one row into values, or says what is wrong with them. Blanks around a field do not matter. */
final class RowReader {

    private static final int STOCK_CODE = 1;
    private static final int DESCRIPTION = 2;
    private static final int QUANTITY = 3;
    private static final int INVOICE_DATE = 4;
    private static final int UNIT_PRICE = 5;
    private static final int CUSTOMER_ID = 6;
    private static final int COUNTRY = 7;

    /**
     * So many digits that no sum overflows; nothing in scientific notation, whose few characters can mean gigabytes.
     */
    private static final Pattern INTEGER = Pattern.compile("[+-]?[0-9]{1,12}");

    private static final Pattern DECIMAL = Pattern.compile("[+-]?(?=[.]?[0-9])[0-9]{0,12}([.][0-9]{0,12})?");

    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss").withResolverStyle(ResolverStyle.STRICT);

    /** What files say of guests. */
    private static final String GUEST = "0.0";

    private static final String NO_COUNTRY = "Unspecified";

    /** The most characters, by column: what is longer is no such value but a broken file. */
    private static final List<Integer> MAX_LENGTHS = List.of(50, 50, 1000, 30, 30, 30, 50, 100);

    /** What became of a row: a closed choice. */
    sealed interface Result {

        record Line(Invoice.Head head, OrderItem item) implements Result {}

        record Problem(String reason) implements Result {}
    }

    private RowReader() {}

    static Result read(CsvRow row) {
        var fields = row.fields();
        if (fields.size() != CsvRow.COLUMNS.size()) {
            return new Result.Problem("expected " + CsvRow.COLUMNS.size() + " fields, found " + fields.size());
        }
        for (int column = 0; column < fields.size(); column++) {
            if (fields.get(column).length() > MAX_LENGTHS.get(column)) {
                return problem(column, "at most " + MAX_LENGTHS.get(column) + " characters");
            }
        }
        var stockCode = fields.get(STOCK_CODE).strip();
        if (stockCode.isEmpty()) {
            return problem(STOCK_CODE, "an article");
        }
        var quantity = fields.get(QUANTITY).strip();
        if (!INTEGER.matcher(quantity).matches()) {
            return problem(QUANTITY, "an integer");
        }
        var unitPrice = fields.get(UNIT_PRICE).strip();
        if (!DECIMAL.matcher(unitPrice).matches()) {
            return problem(UNIT_PRICE, "a decimal number");
        }
        var time = time(fields.get(INVOICE_DATE).strip());
        if (time.isEmpty()) {
            return problem(INVOICE_DATE, "a date and time such as 2010-12-01 08:26:00");
        }
        var head = new Invoice.Head(
                time.get().toInstant(ZoneOffset.UTC), customer(fields.get(CUSTOMER_ID)), country(fields.get(COUNTRY)));
        var item = new OrderItem(stockCode, fields.get(DESCRIPTION), Long.parseLong(quantity), Money.of(unitPrice));
        return new Result.Line(head, item);
    }

    private static Result problem(int column, String expected) {
        return new Result.Problem(CsvRow.COLUMNS.get(column) + ": expected " + expected);
    }

    private static Optional<LocalDateTime> time(String text) {
        try {
            var time = LocalDateTime.parse(text, DATE);
            return time.getYear() >= 1 && time.getYear() <= 9999 ? Optional.of(time) : Optional.empty();
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Optional<CustomerId> customer(String text) {
        var id = text.strip();
        if (id.isEmpty() || id.equals(GUEST)) {
            return Optional.empty();
        }
        // The ids are whole numbers that some spreadsheet took for decimals.
        return Optional.of(new CustomerId(id.endsWith(".0") ? id.substring(0, id.length() - 2) : id));
    }

    private static String country(String text) {
        var name = text.strip();
        return name.isEmpty() ? NO_COUNTRY : name;
    }
}
