package dev.headwater.schema.compatibility;

import dev.headwater.schema.compatibility.Difference.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Finds out whether everything that one schema lets a writer write is valid under another, the reader's.
 *
 * <p>The writer's schema is taken apart into {@link Alternatives} of one type each; these are held against the reader's
 * schema keyword by keyword, from the root down through properties and items. Two places that are met again while they
 * are being compared are taken to fit: documents are finite, so a difference would show elsewhere. Work is bounded;
 * what exceeds the bound, and every keyword that is not compared, is reported as not judged. For one comparison, by one
 * thread.
 *
 * <p>The idea, containment of JSON Schemas by taking apart and comparing keywords, follows Habib et al., "Finding Data
 * Compatibility Bugs with JSON Subschema Checks" (ISSTA 2021), with less ambition: an open question is a difference
 * here, not work for a solver.
 */
final class Comparison {

    private static final int MOST_STEPS = 200_000;

    private final Sentences sentences;
    private final ValueRules valueRules;
    private final ObjectRules objectRules;
    private final ChoiceRules choiceRules;

    private final Set<Pair> beingCompared = new HashSet<>();
    private final Set<Pair> fitting = new HashSet<>();
    private int steps;

    /** What the writer may write at a place, and what the reader takes there. */
    private record Pair(Set<SchemaPart> written, SchemaPart reader) {}

    Comparison(Direction direction) {
        this.sentences = new Sentences(direction);
        this.valueRules = new ValueRules(sentences);
        this.objectRules = new ObjectRules(this, sentences);
        this.choiceRules = new ChoiceRules(this, sentences);
    }

    /** The differences that keep a reader from reading what a writer may write. */
    List<Difference> differences(JsonNode writer, JsonNode reader) {
        var found = new LinkedHashSet<Difference>();
        try {
            compare(List.of(SchemaPart.root(writer)), SchemaPart.root(reader), "$", found);
        } catch (OutOfStepsException | StackOverflowError e) {
            found.add(sentences.notJudged("$", "is too large to compare"));
        }
        return List.copyOf(found);
    }

    /** Compares what satisfies some schemas of the writer together with a schema of the reader. */
    void compare(List<SchemaPart> written, SchemaPart reader, String path, Set<Difference> found) {
        try {
            compareOnce(written.stream().map(SchemaPart::resolved).toList(), reader.resolved(), path, found);
        } catch (NotJudgedException e) {
            found.add(sentences.notJudged(path, e.reason()));
        } catch (JacksonException e) {
            found.add(sentences.notJudged(path, "has a schema that is not well-formed"));
        }
    }

    private void compareOnce(List<SchemaPart> written, SchemaPart reader, String path, Set<Difference> found) {
        var pair = new Pair(Set.copyOf(written), reader);
        if (fitting.contains(pair) || isGuaranteed(written, reader) || !beingCompared.add(pair)) {
            return;
        }
        try {
            int before = found.size();
            accept(Alternatives.of(written), reader, path, found);
            if (found.size() == before) {
                fitting.add(pair);
            }
        } finally {
            beingCompared.remove(pair);
        }
    }

    /** The differences between alternatives and a schema of the reader, without consequences for anything else. */
    Set<Difference> attempt(List<Alternative> written, SchemaPart reader, String path) {
        var known = Set.copyOf(fitting);
        var found = new LinkedHashSet<Difference>();
        accept(written, reader, path, found);
        if (!found.isEmpty()) {
            // What fits may have been found under the assumption that failed.
            fitting.retainAll(known);
        }
        return found;
    }

    /** Compares alternatives of the writer with a schema of the reader. */
    void accept(List<Alternative> written, SchemaPart reader, String path, Set<Difference> found) {
        if (++steps > MOST_STEPS) {
            throw new OutOfStepsException();
        }
        if (reader.node().isBoolean()) {
            if (!reader.node().booleanValue() && !written.isEmpty()) {
                found.add(sentences.difference(path, Kind.PROPERTY, "be absent", "may hold it"));
            }
            return;
        }
        var open = new ArrayList<>(written);
        open.removeIf(alternative -> isGuaranteed(alternative.parts(), reader));
        if (open.isEmpty()) {
            return;
        }
        var reference = reader.reference();
        if (reference != null) {
            accept(open, reference, path, found);
        }
        reader.children("allOf").forEach(each -> accept(open, each, path, found));
        valueRules.removeWrongTypes(open, reader, path, found);
        for (var alternative : open) {
            UncomparedKeywords.in(reader, alternative.type())
                    .forEach(keyword ->
                            found.add(sentences.notJudged(path, "uses '" + keyword + "', which is not compared")));
            valueRules.check(alternative, reader, path, found);
            objectRules.check(alternative, reader, path, found);
            compareItems(alternative, reader, path, found);
            choiceRules.check(alternative, reader, path, found);
        }
    }

    /** Whether the writer's own schemas say all that the reader's says. */
    private static boolean isGuaranteed(List<SchemaPart> written, SchemaPart reader) {
        return written.stream().anyMatch(part -> new Sameness().areSame(part, reader));
    }

    private void compareItems(Alternative alternative, SchemaPart reader, String path, Set<Difference> found) {
        var items = reader.child("items");
        if (items != null && !items.node().isArray() && Sizes.ITEMS.mayHaveAny(alternative)) {
            compare(alternative.schemasOfItems(), items, path + "[*]", found);
        }
    }

    /** The comparison costs more than it may. */
    private static final class OutOfStepsException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        OutOfStepsException() {
            super("too many steps", null, false, false);
        }
    }
}
