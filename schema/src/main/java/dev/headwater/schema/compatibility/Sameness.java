package dev.headwater.schema.compatibility;

import java.util.HashSet;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Whether parts of two documents say the same, what they refer to included; descriptions and all. */
final class Sameness {

    private record Pair(SchemaPart first, SchemaPart second) {}

    private final Set<Pair> assumed = new HashSet<>();

    boolean areSame(SchemaPart first, SchemaPart second) {
        return first.node().equals(second.node()) && referToTheSame(first, first.node(), second);
    }

    /** Follows the references anywhere below a node that is equal in both documents. */
    private boolean referToTheSame(SchemaPart first, JsonNode node, SchemaPart second) {
        if (node.has("$dynamicRef") || node.has("$recursiveRef")) {
            return false;
        }
        var reference = node.get("$ref");
        if (reference != null && reference.isString() && !targetsAreSame(first, node, second)) {
            return false;
        }
        for (var child : node) {
            if (!referToTheSame(first, child, second)) {
                return false;
            }
        }
        return true;
    }

    private boolean targetsAreSame(SchemaPart first, JsonNode node, SchemaPart second) {
        var firstTarget = new SchemaPart(first.document(), first.pointer(), node).reference();
        var secondTarget = new SchemaPart(second.document(), second.pointer(), node).reference();
        if (firstTarget == null || secondTarget == null) {
            return false;
        }
        return !assumed.add(new Pair(firstTarget, secondTarget)) || areSame(firstTarget, secondTarget);
    }
}
