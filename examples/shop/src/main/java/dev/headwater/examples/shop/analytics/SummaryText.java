package dev.headwater.examples.shop.analytics;

import java.math.BigDecimal;
import java.util.Comparator;
import java.util.Formatter;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Collectors;

/** The summary as people read it. */
public final class SummaryText {

    private SummaryText() {}

    /** Several lines of text, the countries by revenue. */
    public static String write(Summary summary) {
        var rows = summary.rows();
        var invoices = summary.invoices();
        var revenue = summary.revenue();
        var text = new Formatter(Locale.ROOT);
        text.format(
                "Rows      %,d read = %,d ordered + %,d returned + %,d rejected%n",
                rows.read(), rows.ordered(), rows.returned(), rows.rejected());
        text.format(
                "Invoices  %,d orders, %,d returns, %,d rejected%n",
                invoices.orders(), invoices.returns(), invoices.rejected());
        writeOrders(summary.orders(), text);
        writePayments(summary, text);
        text.format(
                "Revenue   %s shipped, %s returned%n",
                amount(revenue.shipped(), decimals(revenue.shipped())),
                amount(revenue.returned(), decimals(revenue.returned())));
        writeCountries(summary.revenueByCountry(), text);
        text.format("Events    %,d in the log%n", summary.events());
        writeDelivery(summary.delivery(), text);
        return text.toString();
    }

    private static void writeOrders(Summary.Orders orders, Formatter text) {
        var cancelled = orders.cancelled();
        text.format(
                "Orders    %,d created, %,d placed, %,d shipped, %,d cancelled%n",
                orders.created(), orders.placed(), orders.shipped(), cancelled.all());
        if (cancelled.all() > 0) {
            text.format(
                    "  cancelled %,d for payment, %,d for inventory, %,d late%n",
                    cancelled.payment(), cancelled.inventory(), cancelled.late());
        }
    }

    private static void writePayments(Summary summary, Formatter text) {
        var payments = summary.payments();
        var paid = summary.paid();
        var workflows = summary.workflows();
        text.format(
                "Payments  %,d completed, %,d declined, %,d refunded%n",
                payments.completed(), payments.declined(), payments.refunded());
        text.format(
                "Paid      %s completed - %s refunded = %s kept%n",
                amount(paid.completed(), decimals(paid.completed())),
                amount(paid.refunded(), decimals(paid.refunded())),
                amount(paid.kept(), decimals(paid.kept())));
        text.format(
                "Workflows %,d completed, %,d compensated, %,d running, %,d stuck%n",
                workflows.completed(), workflows.compensated(), workflows.running(), workflows.stuck());
    }

    private static void writeDelivery(Summary.Delivery delivery, Formatter text) {
        var behind = delivery.lag().entrySet().stream()
                .filter(entry -> entry.getValue() > 0)
                .map(entry -> String.format(Locale.ROOT, "%s %,d", entry.getKey(), entry.getValue()))
                .collect(Collectors.joining(", "));
        text.format(
                "Lag       %s%n",
                behind.isEmpty() ? "none, in " + delivery.lag().size() + " subscriptions" : behind);
        text.format("Parked    %,d events in %,d sequences%n", delivery.parked(), delivery.sequences());
    }

    private static void writeCountries(SortedMap<String, BigDecimal> revenue, Formatter text) {
        int decimals =
                revenue.values().stream().mapToInt(SummaryText::decimals).max().orElse(0);
        int width = revenue.keySet().stream().mapToInt(String::length).max().orElse(0);
        revenue.entrySet().stream()
                .sorted(Map.Entry.<String, BigDecimal>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .forEach(entry ->
                        text.format("  %s %18s%n", padded(entry.getKey(), width), amount(entry.getValue(), decimals)));
    }

    private static String padded(String name, int width) {
        return name + " ".repeat(width - name.length());
    }

    private static int decimals(BigDecimal amount) {
        return Amounts.normal(amount).scale();
    }

    private static String amount(BigDecimal amount, int decimals) {
        return String.format(Locale.ROOT, "%,." + decimals + "f", amount);
    }
}
