package dev.headwater.schema.compatibility;

import dev.headwater.schema.compatibility.Difference.Kind;
import dev.headwater.schema.internal.JsonWords;
import java.util.List;
import java.util.Set;

/** Compares with a reader's {@code anyOf} and {@code oneOf}: what may be written has to fit one choice as a whole. */
final class ChoiceRules {

    private static final int MOST_VALUES = 100;

    private final Comparison comparison;
    private final Sentences sentences;

    ChoiceRules(Comparison comparison, Sentences sentences) {
        this.comparison = comparison;
        this.sentences = sentences;
    }

    void check(Alternative written, SchemaPart reader, String path, Set<Difference> found) {
        for (var keyword : List.of("anyOf", "oneOf")) {
            if (reader.has(keyword)) {
                for (var piece : pieces(written)) {
                    check(piece, reader.children(keyword), keyword.equals("oneOf"), path, found);
                }
            }
        }
    }

    private void check(
            Alternative written, List<SchemaPart> choices, boolean onlyOne, String path, Set<Difference> found) {
        var possible = possible(written, choices, Disjointness.byAnything());
        boolean isAmbiguous = onlyOne && possible.size() > 1;
        if (possible.isEmpty()) {
            possible = possible(written, choices, Disjointness.byLabels());
        }
        if (possible.isEmpty()) {
            found.add(sentences.difference(
                    path,
                    Kind.ALTERNATIVE,
                    "fit one of its " + choices.size() + " alternatives",
                    "may hold " + describe(written) + ", which fits none"));
            return;
        }
        var closest = closest(written, possible, path);
        found.addAll(closest);
        if (closest.isEmpty() && isAmbiguous) {
            found.add(sentences.notJudged(
                    path, "may hold " + describe(written) + ", which may fit more than one alternative of 'oneOf'"));
        }
    }

    private static List<SchemaPart> possible(Alternative written, List<SchemaPart> choices, Disjointness proof) {
        return choices.stream()
                .filter(choice -> !proof.areDisjoint(written, choice))
                .toList();
    }

    /** The fewest differences to one of the choices; none if it fits one. */
    private Set<Difference> closest(Alternative written, List<SchemaPart> choices, String path) {
        var closest = comparison.attempt(List.of(written), choices.getFirst(), path);
        for (var choice : choices.subList(1, choices.size())) {
            if (!closest.isEmpty()) {
                var differences = comparison.attempt(List.of(written), choice, path);
                closest = differences.size() < closest.size() ? differences : closest;
            }
        }
        return closest;
    }

    /** Listed values may each fit another choice. */
    private static List<Alternative> pieces(Alternative written) {
        var values = written.values();
        return values == null || values.size() > MOST_VALUES
                ? List.of(written)
                : values.stream().map(written::only).toList();
    }

    private static String describe(Alternative written) {
        if (written.values() != null) {
            return JsonWords.values(written.values());
        }
        for (var property : written.required()) {
            for (var schema : written.schemasOf(property)) {
                var listed = JsonValues.listed(schema);
                if (listed != null) {
                    return JsonWords.type(written.type()) + " whose '" + property + "' is " + JsonWords.values(listed);
                }
            }
        }
        return JsonWords.type(written.type());
    }
}
