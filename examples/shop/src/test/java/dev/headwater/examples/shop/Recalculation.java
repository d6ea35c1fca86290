package dev.headwater.examples.shop;

import dev.headwater.examples.shop.importing.InvoiceSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The summary calculated once more, without a line of the shop: the characters are taken apart by hand, amounts are
 * whole thousandths, and the rules of the order process are applied to the rows alone, in one go over everything in
 * memory.
 */
final class Recalculation {

    /** What the outcome of an order depends on besides its rows; {@code late} is 0 for never. */
    record Rules(long creditLimit, long maxLineQuantity, int late) {

        static final Rules DEFAULT = new Rules(1_000, 500, 0);
    }

    private static final String[] SUBSCRIPTIONS = {
        "confirmations",
        "imports",
        "inventory",
        "ordering",
        "orders",
        "payment",
        "payments",
        "process",
        "returns",
        "sales",
        "shipping"
    };

    private final Rules rules;
    private long ordered;
    private long returned;
    private long returns;
    private long orders;
    private long shipped;
    private long cancelledForPayment;
    private long cancelledForInventory;
    private long cancelledAsLate;
    private long completed;
    private long declined;
    private long refunded;
    private long returnedThousandths;
    private long shippedThousandths;
    private long completedThousandths;
    private long refundedThousandths;
    private long events;
    private final Map<String, Long> byCountry = new TreeMap<>();

    private Recalculation(Rules rules) {
        this.rules = rules;
    }

    /** The summary of a file as JSON, for orders whose process is a table or code. */
    static String of(Path csv, Rules rules) throws IOException {
        var rows = split(Files.readString(csv).replace("\uFEFF", ""));
        rows.removeFirst();
        return new Recalculation(rules).json(rows);
    }

    /** The same of invoices that come from elsewhere. */
    static String of(InvoiceSource source, Rules rules) {
        var rows = new ArrayList<String[]>();
        source.read(
                invoice -> invoice.rows().forEach(row -> rows.add(row.fields().toArray(String[]::new))),
                unassigned ->
                        unassigned.rows().forEach(row -> rows.add(row.fields().toArray(String[]::new))));
        return new Recalculation(rules).json(rows);
    }

    private String json(List<String[]> rows) {
        var invoices = new LinkedHashMap<String, List<String[]>>();
        long nowhere = 0;
        for (var row : rows) {
            if (row[0].isEmpty()) {
                nowhere++;
            } else {
                invoices.computeIfAbsent(row[0], number -> new ArrayList<>()).add(row);
            }
        }
        events = invoices.size() + (nowhere + 199) / 200;
        invoices.forEach(this::invoice);
        return "{\"rows\":{\"read\":%d,\"ordered\":%d,\"returned\":%d,\"rejected\":%d},"
                        .formatted(rows.size(), ordered, returned, rows.size() - ordered - returned)
                + "\"invoices\":{\"orders\":%d,\"returns\":%d,\"rejected\":%d},"
                        .formatted(orders, returns, invoices.size() - orders - returns)
                + "\"orders\":{\"created\":%d,\"placed\":%d,\"shipped\":%d,".formatted(orders, orders, shipped)
                + "\"cancelled\":{\"payment\":%d,\"inventory\":%d,\"late\":%d}},"
                        .formatted(cancelledForPayment, cancelledForInventory, cancelledAsLate)
                + "\"payments\":{\"completed\":%d,\"declined\":%d,\"refunded\":%d},"
                        .formatted(completed, declined, refunded)
                + "\"paid\":{\"completed\":\"%s\",\"refunded\":\"%s\",\"kept\":\"%s\"},"
                        .formatted(
                                decimal(completedThousandths),
                                decimal(refundedThousandths),
                                decimal(completedThousandths - refundedThousandths))
                + "\"workflows\":{\"completed\":%d,\"compensated\":%d,\"running\":0,\"stuck\":0},"
                        .formatted(shipped, orders - shipped)
                + "\"revenue\":{\"shipped\":\"%s\",\"returned\":\"%s\"},"
                        .formatted(decimal(shippedThousandths), decimal(returnedThousandths))
                + "\"revenueByCountry\":{" + countries(byCountry) + "},\"events\":" + events
                + ",\"deadLetters\":{\"parked\":0,\"sequences\":0},\"subscriptions\":{"
                + Stream.of(SUBSCRIPTIONS).map("\"%s\":{\"lag\":0}"::formatted).collect(Collectors.joining(","))
                + "}}";
    }

    private void invoice(String number, List<String[]> rows) {
        char first = number.charAt(0);
        int sign = first >= '0' && first <= '9' ? 1 : first == 'C' ? -1 : 0;
        long lines = 0;
        long total = 0;
        long largestLine = 0;
        for (var row : rows) {
            long amount = sign == 0 ? 0 : amount(row, sign);
            if (amount > 0) {
                lines++;
                total += amount;
                largestLine = Math.max(largestLine, Math.abs(Long.parseLong(row[3])));
            }
        }
        if (lines > 0 && sign > 0) {
            orders++;
            ordered += lines;
            var country = rows.getFirst()[7];
            events += 2 + order(total, largestLine, country.isEmpty() ? "Unspecified" : country);
        } else if (lines > 0) {
            returns++;
            returned += lines;
            returnedThousandths += total;
            events++;
        }
    }

    /** What becomes of an order, in so many events. */
    private int order(long total, long largestLine, String country) {
        long place = rules.late == 0 ? -1 : orders % rules.late;
        boolean isDeclined = total > rules.creditLimit * 1000;
        boolean isMissing = largestLine > rules.maxLineQuantity;
        if (place == 0) {
            cancelledAsLate++;
            return 3 + payment(total, isDeclined) + (isDeclined ? 0 : refund(total));
        }
        int events = payment(total, isDeclined);
        if (isDeclined) {
            cancelledForPayment++;
            return events + 1;
        }
        if (place == 1) {
            cancelledAsLate++;
            return events + refund(total) + 3 + (isMissing ? 1 : 2);
        }
        if (isMissing) {
            cancelledForInventory++;
            return events + refund(total) + 2;
        }
        shipped++;
        shippedThousandths += total;
        byCountry.merge(country, total, Long::sum);
        return events + 3;
    }

    private int payment(long total, boolean isDeclined) {
        declined += isDeclined ? 1 : 0;
        completed += isDeclined ? 0 : 1;
        completedThousandths += isDeclined ? 0 : total;
        return 1;
    }

    private int refund(long total) {
        refunded++;
        refundedThousandths += total;
        return 1;
    }

    /** Thousandths, positive also for a return; 0 for a row that is to be rejected. */
    private static long amount(String[] row, int sign) {
        if (row.length != 8
                || row[1].isEmpty()
                || !row[3].matches("-?[1-9][0-9]*")
                || row[3].startsWith("-") != sign < 0
                || !row[4].matches("(2010-12|2025-[01][0-9])-[0-9]{2} [0-9:]{8}")
                || !row[5].matches("[0-9]+(\\.[0-9]{1,3})?")) {
            return 0;
        }
        var point = (row[5] + (row[5].contains(".") ? "" : ".")).split("\\.", -1);
        long price = Long.parseLong(point[0] + (point[1] + "000").substring(0, 3));
        return price * Math.abs(Long.parseLong(row[3]));
    }

    private static List<String[]> split(String text) {
        var rows = new ArrayList<String[]>();
        var fields = new ArrayList<String>();
        var field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i <= text.length(); i++) {
            char c = i < text.length() ? text.charAt(i) : '\n';
            if (quoted) {
                if (c != '"') {
                    field.append(c);
                } else if (i + 1 < text.length() && text.charAt(i + 1) == '"') {
                    field.append(c);
                    i++;
                } else {
                    quoted = false;
                }
            } else if (c == '"' && field.isEmpty()) {
                quoted = true;
            } else if (c == ',' || c == '\n') {
                fields.add(field.toString());
                field.setLength(0);
                if (c == '\n') {
                    if (fields.size() > 1 || !fields.getFirst().isEmpty()) {
                        rows.add(fields.toArray(String[]::new));
                    }
                    fields.clear();
                }
            } else if (c != '\r') {
                field.append(c);
            }
        }
        return rows;
    }

    private static String countries(Map<String, Long> byCountry) {
        return byCountry.entrySet().stream()
                .map(entry -> "\"%s\":\"%s\"".formatted(entry.getKey(), decimal(entry.getValue())))
                .collect(Collectors.joining(","));
    }

    private static String decimal(long thousandths) {
        var text = thousandths / 1000 + "." + "%03d".formatted(thousandths % 1000);
        return text.endsWith("0") ? text.substring(0, text.length() - 1) : text;
    }
}
