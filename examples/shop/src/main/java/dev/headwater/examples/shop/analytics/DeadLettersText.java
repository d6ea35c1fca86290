package dev.headwater.examples.shop.analytics;

import dev.headwater.failure.Failure;
import dev.headwater.subscription.DeadLetter;
import dev.headwater.subscription.DeadLetterFilter;
import dev.headwater.subscription.DeadLetters;
import java.util.ArrayList;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Tells people which events could not be handled, and why: what failed in the same way together, with examples. */
public final class DeadLettersText {

    private static final int PAGE = 500;
    private static final int EXAMPLES = 3;
    private static final int LONGEST_REASON = 200;

    private DeadLettersText() {}

    /** The letters that failed in the same way. */
    private static final class Group {
        private final List<DeadLetter> examples = new ArrayList<>();
        private long letters;

        private void add(DeadLetter letter) {
            letters++;
            if (examples.size() < EXAMPLES) {
                examples.add(letter);
            }
        }
    }

    /** Several lines of text; none when there are no dead letters. */
    public static String write(DeadLetters deadLetters) {
        var text = new Formatter(Locale.ROOT);
        var groups = groups(deadLetters);
        groups.forEach((title, group) -> {
            text.format("  %s: %,d events, such as%n", title, group.letters);
            group.examples.forEach(letter -> text.format(
                    "    %s of %s: %s%n", letter.type(), letter.stream().name(), reason(letter)));
        });
        if (!groups.isEmpty()) {
            text.format("  Every run on the same database (--data DIR) tries them again; --mail-failures 0 takes away"
                    + " what makes mails fail%n");
        }
        return text.toString();
    }

    private static Map<String, Group> groups(DeadLetters deadLetters) {
        var groups = new TreeMap<String, Group>();
        var page = deadLetters.list(DeadLetterFilter.all(), PAGE);
        while (!page.isEmpty()) {
            for (var letter : page) {
                groups.computeIfAbsent(title(letter), title -> new Group()).add(letter);
            }
            page = deadLetters.list(DeadLetterFilter.all(), page.getLast(), PAGE);
        }
        return groups;
    }

    private static String title(DeadLetter letter) {
        return letter.subscription() + ", "
                + letter.failure()
                        .map(Failure::exceptionClass)
                        .map(name -> name.substring(name.lastIndexOf('.') + 1))
                        .orElse("not tried");
    }

    private static String reason(DeadLetter letter) {
        var reason = letter.failure().map(Failure::message).orElse("waits behind another of " + letter.sequenceKey());
        var line = reason.lines().findFirst().orElse("no reason given");
        return line.length() <= LONGEST_REASON ? line : line.substring(0, LONGEST_REASON) + "…";
    }
}
