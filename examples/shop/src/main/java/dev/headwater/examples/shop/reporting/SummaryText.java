package dev.headwater.examples.shop.reporting;

import java.math.BigDecimal;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;

/** The summary as people read it. */
public final class SummaryText {

    private SummaryText() {}

    /** Several lines of text, the countries by revenue. */
    public static String write(Summary summary) {
        var rows = summary.rows();
        var invoices = summary.invoices();
        var orders = summary.orders();
        var text = new StringBuilder();
        text.append(line(
                "Rows      %,d read = %,d ordered + %,d returned + %,d rejected",
                rows.read(), rows.ordered(), rows.returned(), rows.rejected()));
        text.append(line(
                "Invoices  %,d orders, %,d returns, %,d rejected",
                invoices.orders(), invoices.returns(), invoices.rejected()));
        text.append(line(
                "Orders    %,d created, %,d placed, %,d shipped", orders.created(), orders.placed(), orders.shipped()));
        text.append(line(
                "Revenue   %s shipped, %s returned",
                amount(summary.revenue().shipped()), amount(summary.revenue().returned())));
        int decimals = summary.revenueByCountry().values().stream()
                .mapToInt(amount -> Amounts.normal(amount).scale())
                .max()
                .orElse(0);
        int width = summary.revenueByCountry().keySet().stream()
                .mapToInt(String::length)
                .max()
                .orElse(1);
        summary.revenueByCountry().entrySet().stream()
                .sorted(Map.Entry.<String, BigDecimal>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .forEach(entry -> text.append(
                        line("  %-" + width + "s %,18." + decimals + "f", entry.getKey(), entry.getValue())));
        text.append(line("Events    %,d in the log", summary.events()));
        return text.toString();
    }

    private static String amount(BigDecimal amount) {
        var normal = Amounts.normal(amount);
        return String.format(Locale.ROOT, "%,." + normal.scale() + "f", normal);
    }

    private static String line(String format, Object... values) {
        return String.format(Locale.ROOT, format, values) + System.lineSeparator();
    }
}
