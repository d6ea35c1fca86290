package dev.headwater.examples.shop;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Makes CSV files as dirty as real ones. */
final class DirtyCsv {

    private static final String HEADER =
            "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country";
    private static final List<String> COUNTRIES = List.of("France", "EIRE", "\"Korea, South\"", "", "Österreich");

    private final Random random;

    private DirtyCsv(long seed) {
        random = new Random(seed);
    }

    static String make(long seed, int rows) {
        return new DirtyCsv(seed).make(rows);
    }

    private String make(int rows) {
        var lines = new ArrayList<String>();
        for (int number = 1000; lines.size() < rows; number++) {
            invoice(pick("", "", "", "", "", "", "C", "C", "A", "c") + number, lines);
        }
        // Some invoices are torn apart.
        for (int i = 0; i < rows / 50; i++) {
            Collections.swap(lines, random.nextInt(lines.size()), random.nextInt(lines.size()));
        }
        for (int i = 0; i < rows / 100; i++) {
            lines.add(random.nextInt(lines.size()), "");
        }
        var lineBreak = pick("\n", "\r\n");
        return pick("", "\uFEFF") + HEADER + lineBreak + String.join(lineBreak, lines) + pick("", lineBreak);
    }

    private void invoice(String number, List<String> lines) {
        int size = 1 + random.nextInt(random.nextInt(10) == 0 ? 60 : 6);
        var country = COUNTRIES.get(random.nextInt(COUNTRIES.size()));
        var customer = pick("", "0.0", "17850.0", "12346");
        for (int i = 0; i < size; i++) {
            int quantity = (number.startsWith("C") ? -1 : 1) * (1 + random.nextInt(50));
            var price = random.nextInt(100) + pick(".5", ".25", ".999", "", ".0", ".10");
            lines.add(String.join(
                    ",",
                    seldom("", number),
                    seldom("", "8512" + random.nextInt(10)),
                    pick("MUG", "\"TIN, \"\"RED\"\"\"", "\"SET OF\nTWO\"", "", "6\" RULER"),
                    seldom(pick("0", "six", "", "1.5", Integer.toString(-quantity)), Integer.toString(quantity)),
                    seldom(
                            pick("yesterday", "", "2010-02-30 10:00:00"),
                            "2010-12-0" + (1 + random.nextInt(9)) + " 08:26:00"),
                    seldom(pick("0", "0.0", "-3.5", "free", ""), price),
                    customer,
                    seldom(country + ",more", country)));
        }
    }

    private String seldom(String odd, String usual) {
        return random.nextInt(25) == 0 ? odd : usual;
    }

    private String pick(String... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
