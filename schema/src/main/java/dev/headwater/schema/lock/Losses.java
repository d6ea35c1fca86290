package dev.headwater.schema.lock;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Finds what the reader of a later schema loses without a word: fields that it does not have, which it would ignore,
 * and digits of numbers that it rounds.
 */
final class Losses {

    private final JsonNode earlierRoot;
    private final JsonNode laterRoot;
    private final SortedMap<String, String> found = new TreeMap<>();

    /** The pairs of schemas between the root and here: a recursive type leads back to one of them. */
    private final Set<String> open = new HashSet<>();

    private Losses(JsonNode earlierRoot, JsonNode laterRoot) {
        this.earlierRoot = earlierRoot;
        this.laterRoot = laterRoot;
    }

    /** What is lost, in a sentence by its path. */
    static SortedMap<String, String> between(JsonNode earlier, JsonNode later) {
        var losses = new Losses(earlier, later);
        losses.walk(earlier, later, "");
        return losses.found;
    }

    private void walk(JsonNode earlierNode, JsonNode laterNode, String path) {
        var earlier = resolve(earlierNode, earlierRoot);
        var later = resolve(laterNode, laterRoot);
        var place = earlier + "\n" + later;
        if (open.add(place)) {
            compare(earlier, later, path);
            open.remove(place);
        }
    }

    private void compare(JsonNode earlier, JsonNode later, String path) {
        if (Precision.isLost(earlier, later)) {
            found.put(path, "'" + path + "' has fewer digits now: numbers that messages hold there would be rounded");
        }
        if (later.path("properties").isObject()) {
            properties(earlier.path("properties"), later.path("properties"), path);
        }
        walk(earlier.path("items"), later.path("items"), path + "[*]");
        walk(earlier.path("additionalProperties"), later.path("additionalProperties"), below(path, "*"));
        for (var branch : earlier.path("anyOf")) {
            var same = sameBranch(resolve(branch, earlierRoot), later.path("anyOf"));
            if (same != null) {
                walk(branch, same, path);
            }
        }
    }

    private void properties(JsonNode earlier, JsonNode later, String path) {
        for (var property : earlier.properties()) {
            var name = property.getKey();
            if (later.has(name)) {
                walk(property.getValue(), later.get(name), below(path, name));
            } else {
                found.put(below(path, name), lost(path, name, newName(property.getValue(), earlier, later)));
            }
        }
    }

    private static String lost(String path, String name, @Nullable String newName) {
        var renamed = newName == null
                ? ""
                : " (if it is '" + newName + "' now, annotate it with @JsonProperty(\"" + name + "\"))";
        return "'" + below(path, name) + "' is gone: what messages hold there would be lost" + renamed;
    }

    /** The only new field that looks like a lost one. */
    private static @Nullable String newName(JsonNode lost, JsonNode earlier, JsonNode later) {
        var alike = later.properties().stream()
                .filter(property ->
                        !earlier.has(property.getKey()) && property.getValue().equals(lost))
                .map(Map.Entry::getKey)
                .toList();
        return alike.size() == 1 ? alike.getFirst() : null;
    }

    /** The branch of the later schema for the same subtype, which is told by a constant. */
    private @Nullable JsonNode sameBranch(JsonNode earlier, JsonNode branches) {
        for (var branch : branches) {
            if (constants(resolve(branch, laterRoot)).equals(constants(earlier))) {
                return branch;
            }
        }
        return null;
    }

    private static Set<String> constants(JsonNode branch) {
        var constants = new HashSet<String>();
        for (var property : branch.path("properties").properties()) {
            if (property.getValue().has("const")) {
                constants.add(property.getKey() + "=" + property.getValue().get("const"));
            }
        }
        return constants;
    }

    /** Follows references within the schema, and looks past "or null". */
    private static JsonNode resolve(JsonNode node, JsonNode root) {
        var reference = node.path("$ref").asString("");
        if (reference.startsWith("#")) {
            return resolve(root.at(reference.substring(1)), root);
        }
        var branches = node.path("anyOf");
        if (branches.size() == 2 && branches.get(1).path("type").asString("").equals("null")) {
            return resolve(branches.get(0), root);
        }
        return node;
    }

    private static String below(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
