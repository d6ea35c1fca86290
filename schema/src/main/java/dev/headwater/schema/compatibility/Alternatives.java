package dev.headwater.schema.compatibility;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Takes schemas that hold together apart into alternatives of one JSON type each: every document that they allow is
 * allowed by one of the alternatives.
 *
 * <p>References and {@code allOf} add their conditions to an alternative, {@code anyOf} and {@code oneOf} and a choice
 * of types multiply the alternatives. Keywords that are not looked at narrow what is allowed, so that the alternatives
 * may allow more than the schemas do, and never less.
 */
final class Alternatives {

    private static final int MOST = 2_000;

    private Alternatives() {}

    /** The alternatives of some schemas that hold together; without any schema, all JSON is possible. */
    static List<Alternative> of(List<SchemaPart> together) {
        var combinations = List.of(List.<SchemaPart>of());
        for (var part : together) {
            combinations = multiply(combinations, combinations(part, List.of()));
        }
        var alternatives = new ArrayList<Alternative>();
        for (var parts : combinations) {
            for (var type : JsonTypes.common(parts)) {
                var alternative = Alternative.of(type, parts);
                if (alternative.isPossible()) {
                    alternatives.add(alternative);
                }
            }
        }
        return alternatives;
    }

    private static List<List<SchemaPart>> combinations(SchemaPart place, List<SchemaPart> above) {
        var part = place.resolved();
        if (part.node().isBoolean()) {
            return part.node().booleanValue() ? List.of(List.of()) : List.of();
        }
        if (above.contains(part)) {
            throw new NotJudgedException("refers to itself");
        }
        var path = Stream.concat(above.stream(), Stream.of(part)).toList();
        var combinations = List.of(List.of(part));
        var reference = part.reference();
        if (reference != null) {
            combinations = multiply(combinations, combinations(reference, path));
        }
        for (var each : part.children("allOf")) {
            combinations = multiply(combinations, combinations(each, path));
        }
        for (var choice : List.of("anyOf", "oneOf")) {
            if (part.has(choice)) {
                combinations = multiply(
                        combinations,
                        part.children(choice).stream()
                                .flatMap(each -> combinations(each, path).stream())
                                .toList());
            }
        }
        return combinations;
    }

    private static List<List<SchemaPart>> multiply(List<List<SchemaPart>> left, List<List<SchemaPart>> right) {
        if ((long) left.size() * right.size() > MOST) {
            throw new NotJudgedException("has more than " + MOST + " alternatives, which are too many to compare");
        }
        var product = new ArrayList<List<SchemaPart>>();
        for (var first : left) {
            for (var second : right) {
                product.add(Stream.concat(first.stream(), second.stream())
                        .distinct()
                        .toList());
            }
        }
        return product;
    }
}
