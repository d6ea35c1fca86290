package dev.headwater.schema.compatibility;

import java.util.LinkedHashSet;
import java.util.List;

/**
 * Proves that nothing that a writer may write fits a schema: by types, listed values, or a property that only one side
 * can have or that is different on both sides. A missing proof means nothing. For one thread.
 */
final class Disjointness {

    private static final int DEEPEST = 3;
    private static final int MOST_STEPS = 2_000;

    private final boolean byLabelsOnly;
    private int steps;

    private Disjointness(boolean byLabelsOnly) {
        this.byLabelsOnly = byLabelsOnly;
    }

    /** Uses every proof. */
    static Disjointness byAnything() {
        return new Disjointness(false);
    }

    /** Looks at properties with listed values only, by which people tell the variants of a type apart. */
    static Disjointness byLabels() {
        return new Disjointness(true);
    }

    boolean areDisjoint(Alternative written, SchemaPart reader) {
        return areDisjoint(List.of(written), List.of(reader), DEEPEST);
    }

    private boolean areDisjoint(List<Alternative> written, List<SchemaPart> reader, int depth) {
        List<Alternative> accepted;
        try {
            accepted = Alternatives.of(reader);
        } catch (NotJudgedException e) {
            return false;
        }
        return written.stream()
                .allMatch(first -> accepted.stream().allMatch(second -> areDisjoint(first, second, depth)));
    }

    private boolean areDisjoint(Alternative written, Alternative accepted, int depth) {
        if (JsonTypes.areDisjoint(written.type(), accepted.type())) {
            return !byLabelsOnly || depth == DEEPEST;
        }
        if (depth == 0 || ++steps > MOST_STEPS) {
            return false;
        }
        if (written.values() != null && accepted.values() != null) {
            return JsonValues.common(written.values(), accepted.values()).isEmpty();
        }
        if (!written.type().equals(JsonTypes.OBJECT)) {
            return false;
        }
        var needed = new LinkedHashSet<>(written.required());
        needed.addAll(accepted.required());
        return needed.stream().anyMatch(property -> differIn(property, written, accepted, depth - 1));
    }

    /** Whether a property that one side needs keeps every document of the one from being one of the other. */
    private boolean differIn(String property, Alternative written, Alternative accepted, int depth) {
        if (!written.mayWrite(property)) {
            return !byLabelsOnly && accepted.required().contains(property);
        }
        try {
            return areDisjoint(Alternatives.of(written.schemasOf(property)), accepted.schemasOf(property), depth);
        } catch (NotJudgedException e) {
            return false;
        }
    }
}
