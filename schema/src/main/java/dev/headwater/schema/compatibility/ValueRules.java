package dev.headwater.schema.compatibility;

import dev.headwater.schema.compatibility.Difference.Kind;
import dev.headwater.schema.internal.JsonWords;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Compares types, listed values, and what is demanded of texts, numbers and sizes. */
final class ValueRules {

    private static final TextRule PATTERN = new TextRule("pattern", Kind.PATTERN, "match the pattern ");
    private static final TextRule FORMAT = new TextRule("format", Kind.FORMAT, "have the format ");

    private final Sentences sentences;
    private final NumberRules numberRules;

    /** A keyword that texts satisfy or not, in ways that are not compared. */
    private record TextRule(String keyword, Kind kind, String demand) {}

    ValueRules(Sentences sentences) {
        this.sentences = sentences;
        this.numberRules = new NumberRules(sentences);
    }

    /** Reports the alternatives whose type the reader does not take, and removes them. */
    void removeWrongTypes(List<Alternative> written, SchemaPart reader, String path, Set<Difference> found) {
        var declared = reader.get("type");
        if (declared == null) {
            return;
        }
        var accepted = JsonTypes.names(declared);
        var wrong = written.stream()
                .filter(alternative -> !JsonTypes.isAccepted(alternative.type(), accepted))
                .toList();
        if (!wrong.isEmpty()) {
            var types = wrong.stream().map(Alternative::type).distinct();
            found.add(sentences.difference(
                    path,
                    Kind.TYPE,
                    "be " + accepted.stream().map(JsonWords::type).collect(Collectors.joining(" or ")),
                    "may hold " + types.map(JsonWords::type).collect(Collectors.joining(" or "))));
            written.removeAll(wrong);
        }
    }

    void check(Alternative written, SchemaPart reader, String path, Set<Difference> found) {
        checkValues(written, reader, path, found);
        switch (written.type()) {
            case JsonTypes.STRING -> {
                Sizes.TEXT.check(written, reader, path, sentences, found);
                checkText(written, reader, path, PATTERN, found);
                checkText(written, reader, path, FORMAT, found);
            }
            case JsonTypes.NUMBER, JsonTypes.INTEGER -> numberRules.check(written, reader, path, found);
            case JsonTypes.OBJECT -> Sizes.PROPERTIES.check(written, reader, path, sentences, found);
            case JsonTypes.ARRAY -> {
                Sizes.ITEMS.check(written, reader, path, sentences, found);
                checkUnique(written, reader, path, found);
            }
            default -> {}
        }
    }

    private void checkValues(Alternative written, SchemaPart reader, String path, Set<Difference> found) {
        var accepted = JsonValues.listed(reader);
        if (accepted == null) {
            return;
        }
        var demand = (accepted.size() == 1 ? "be " : "be one of ") + JsonWords.values(accepted);
        if (written.values() == null) {
            found.add(sentences.difference(
                    path, Kind.VALUES, demand, "may hold any other " + written.type() + " that was allowed"));
            return;
        }
        var missing = JsonValues.missing(written.values(), accepted);
        if (!missing.isEmpty()) {
            found.add(sentences.difference(path, Kind.VALUES, demand, "may hold " + JsonWords.values(missing)));
        }
    }

    /** A pattern or a format is satisfied by the same one only: nobody runs or compares regular expressions here. */
    private void checkText(Alternative written, SchemaPart reader, String path, TextRule rule, Set<Difference> found) {
        var wanted = reader.get(rule.keyword());
        if (wanted != null && written.parts().stream().noneMatch(part -> wanted.equals(part.get(rule.keyword())))) {
            found.add(sentences.difference(
                    path, rule.kind(), rule.demand() + JsonWords.values(List.of(wanted)), "were not held to that"));
        }
    }

    private void checkUnique(Alternative written, SchemaPart reader, String path, Set<Difference> found) {
        if (isTrue(reader.get("uniqueItems"))
                && written.parts().stream().noneMatch(part -> isTrue(part.get("uniqueItems")))
                && Sizes.ITEMS.mayExceed(written, 1)) {
            found.add(sentences.difference(path, Kind.VALUES, "hold no item twice", "may hold one twice"));
        }
    }

    private static boolean isTrue(@Nullable JsonNode value) {
        return value != null && value.asBoolean();
    }
}
