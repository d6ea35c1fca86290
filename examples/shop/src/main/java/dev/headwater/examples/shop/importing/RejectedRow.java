package dev.headwater.examples.shop.importing;

import java.util.List;

/**
 * A row that became part of no order and no return.
 *
 * @param line the physical line on which it begins
 * @param reason what was expected and what was found
 * @param fields what stood there, cut off where it is longer than any sensible row
 */
public record RejectedRow(long line, String reason, List<String> fields) {

    /** What the fields of a proper row are called, in order. */
    public static final List<String> COLUMNS = CsvRow.COLUMNS;

    private static final int MAX_FIELDS = 20;
    private static final int MAX_LENGTH = 1000;

    static RejectedRow of(CsvRow row, String reason) {
        var fields = row.fields().stream()
                .limit(MAX_FIELDS)
                .map(RejectedRow::abbreviated)
                .toList();
        return new RejectedRow(row.line(), reason, fields);
    }

    private static String abbreviated(String field) {
        if (field.length() <= MAX_LENGTH) {
            return field;
        }
        int end = Character.isHighSurrogate(field.charAt(MAX_LENGTH - 1)) ? MAX_LENGTH - 1 : MAX_LENGTH;
        return field.substring(0, end) + "…";
    }
}
