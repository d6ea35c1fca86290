package dev.headwater.subscription;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** A name under which no subscription was ever started, or which was forgotten; the message tells the nearest names. */
public final class UnknownSubscriptionException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private static final int NEAREST = 3;

    /** Tells the names nearest to the one that is not known. */
    public UnknownSubscriptionException(String name, Collection<String> known) {
        super("The subscription '" + name + "' is not known: " + alternatives(nearest(name, known)));
    }

    private static String alternatives(List<String> names) {
        return names.isEmpty()
                ? "none was ever started"
                : "expected one that was started, such as '" + String.join("', '", names) + "'";
    }

    /** The names that are most like one, best first. */
    static List<String> nearest(String name, Collection<String> known) {
        return known.stream()
                .sorted(Comparator.<String>comparingInt(each -> distance(name, each))
                        .thenComparing(Comparator.naturalOrder()))
                .limit(NEAREST)
                .toList();
    }

    /** How many characters to insert, remove or replace turn one into the other (V. Levenshtein, 1965). */
    private static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[to.length()];
    }
}
