package dev.headwater.schema.validation;

import com.networknt.schema.Error;
import com.networknt.schema.path.NodePath;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Chooses what to tell of the errors that the validator found. When no alternative of {@code anyOf} or {@code oneOf}
 * fits, the validator reports the errors of all of them; people want to know about the one that was meant. That is the
 * one whose listed values, by which alternatives are told apart, agree; among several, the one with the fewest errors.
 */
final class Violations {

    private static final Set<String> CHOICES = Set.of("anyOf", "oneOf");
    private static final Set<String> LABELS = Set.of("const", "enum");

    private Violations() {}

    /** The errors of one choice: what the choice itself says, and those of its alternatives. */
    private static final class Choice {
        private final List<Error> own = new ArrayList<>();
        private final Map<Object, List<Error>> alternatives = new LinkedHashMap<>();
    }

    static List<Violation> of(List<Error> errors) {
        return meant(errors, 0).stream()
                .map(Explanation::of)
                .distinct()
                .limit(SchemaValidator.MAX_VIOLATIONS)
                .toList();
    }

    /** The errors to tell of, looking at the evaluation path from an element on. */
    private static List<Error> meant(List<Error> errors, int from) {
        var meant = new ArrayList<Error>();
        var choices = new LinkedHashMap<NodePath, Choice>();
        for (var error : errors) {
            int at = choiceIn(error.getEvaluationPath(), from);
            if (at < 0) {
                meant.add(error);
                continue;
            }
            var path = error.getEvaluationPath();
            var choice = choices.computeIfAbsent(prefix(path, at + 1), unknown -> new Choice());
            if (path.getNameCount() == at + 1) {
                choice.own.add(error);
            } else {
                choice.alternatives
                        .computeIfAbsent(path.getElement(at + 1), unknown -> new ArrayList<>())
                        .add(error);
            }
        }
        choices.forEach((path, choice) -> meant.addAll(meant(path, choice)));
        return meant;
    }

    private static List<Error> meant(NodePath path, Choice choice) {
        boolean severalFit = choice.own.stream().anyMatch(error -> "oneOf.indexes".equals(error.getMessageKey()));
        if (severalFit || choice.alternatives.isEmpty()) {
            return choice.own;
        }
        int depth = choice.own.stream()
                .mapToInt(error -> error.getInstanceLocation().getNameCount())
                .min()
                .orElse(0);
        return choice.alternatives.values().stream()
                .map(errors -> meant(errors, path.getNameCount() + 1))
                .min(Comparator.<List<Error>>comparingLong(errors -> mismatches(errors, depth))
                        .thenComparingInt(List::size))
                .orElse(choice.own);
    }

    /** How many errors say that the alternative is for another kind of value. */
    private static long mismatches(List<Error> errors, int depth) {
        return errors.stream()
                .filter(error -> {
                    int below = error.getInstanceLocation().getNameCount() - depth;
                    return (below <= 1 && LABELS.contains(error.getKeyword()))
                            || (below == 0 && "type".equals(error.getKeyword()));
                })
                .count();
    }

    /** The first choice in a path, with the number of an alternative or nothing behind it; -1 if there is none. */
    private static int choiceIn(NodePath path, int from) {
        for (int i = from; i < path.getNameCount(); i++) {
            boolean isFollowed = i + 1 < path.getNameCount();
            if (CHOICES.contains(path.getElement(i)) && (!isFollowed || path.getElement(i + 1) instanceof Integer)) {
                return i;
            }
        }
        return -1;
    }

    private static NodePath prefix(NodePath path, int length) {
        var prefix = path;
        while (prefix.getNameCount() > length) {
            prefix = prefix.getParent();
        }
        return prefix;
    }
}
