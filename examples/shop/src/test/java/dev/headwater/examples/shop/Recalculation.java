package dev.headwater.examples.shop;

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
 * The summary of a file calculated once more, without a line of the shop: the characters are taken apart by hand,
 * amounts are whole thousandths, and everything is done in one go over everything in memory.
 */
final class Recalculation {

    private Recalculation() {}

    /** The summary as JSON without any white space between its parts. */
    static String of(Path csv) throws IOException {
        var rows = split(Files.readString(csv).replace("\uFEFF", ""));
        rows.removeFirst();
        var invoices = new LinkedHashMap<String, List<String[]>>();
        long nowhere = 0;
        for (var row : rows) {
            if (row[0].isEmpty()) {
                nowhere++;
            } else {
                invoices.computeIfAbsent(row[0], number -> new ArrayList<>()).add(row);
            }
        }
        long ordered = 0, returned = 0, orders = 0, returns = 0, shippedThousandths = 0, returnedThousandths = 0;
        var byCountry = new TreeMap<String, Long>();
        for (var invoice : invoices.entrySet()) {
            char first = invoice.getKey().charAt(0);
            int sign = first >= '0' && first <= '9' ? 1 : first == 'C' ? -1 : 0;
            long lines = 0;
            long total = 0;
            for (var row : invoice.getValue()) {
                long amount = sign == 0 ? 0 : amount(row, sign);
                lines += amount > 0 ? 1 : 0;
                total += amount;
            }
            if (lines > 0 && sign > 0) {
                orders++;
                ordered += lines;
                shippedThousandths += total;
                var country = invoice.getValue().getFirst()[7];
                byCountry.merge(country.isEmpty() ? "Unspecified" : country, total, Long::sum);
            } else if (lines > 0) {
                returns++;
                returned += lines;
                returnedThousandths += total;
            }
        }
        long events = invoices.size() + 3 * orders + returns + (nowhere + 199) / 200;
        return "{\"rows\":{\"read\":%d,\"ordered\":%d,\"returned\":%d,\"rejected\":%d},"
                        .formatted(rows.size(), ordered, returned, rows.size() - ordered - returned)
                + "\"invoices\":{\"orders\":%d,\"returns\":%d,\"rejected\":%d},"
                        .formatted(orders, returns, invoices.size() - orders - returns)
                + "\"orders\":{\"created\":%d,\"placed\":%d,\"shipped\":%d},".formatted(orders, orders, orders)
                + "\"revenue\":{\"shipped\":\"%s\",\"returned\":\"%s\"},"
                        .formatted(decimal(shippedThousandths), decimal(returnedThousandths))
                + "\"revenueByCountry\":{" + countries(byCountry) + "},\"events\":" + events
                + ",\"deadLetters\":{\"parked\":0,\"sequences\":0},\"subscriptions\":{"
                + Stream.of("confirmations", "imports", "orders", "returns", "sales", "shipping")
                        .map("\"%s\":{\"lag\":0}"::formatted)
                        .collect(Collectors.joining(","))
                + "}}";
    }

    /** Thousandths, positive also for a return; 0 for a row that is to be rejected. */
    private static long amount(String[] row, int sign) {
        if (row.length != 8
                || row[1].isEmpty()
                || !row[3].matches("-?[1-9][0-9]*")
                || row[3].startsWith("-") != sign < 0
                || !row[4].matches("2010-12-[0-9]{2} [0-9:]{8}")
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
