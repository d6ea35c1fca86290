package dev.headwater.schema.compatibility;

import dev.headwater.schema.internal.LocalReference;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;

/**
 * A schema inside a schema, known by its place: two parts are equal when they are the same place of the same document.
 *
 * @param document the whole document, in which references are resolved
 * @param pointer the JSON pointer of the place
 * @param node what is there
 */
record SchemaPart(JsonNode document, JsonPointer pointer, JsonNode node) {

    static SchemaPart root(JsonNode document) {
        return new SchemaPart(document, JsonPointer.empty(), document);
    }

    /** Whether this keyword is there. */
    boolean has(String keyword) {
        return node.has(keyword);
    }

    /** The value of a keyword. */
    @Nullable
    JsonNode get(String keyword) {
        return node.get(keyword);
    }

    /** The schema below this keyword, if there is one. */
    @Nullable
    SchemaPart child(String keyword) {
        var child = node.get(keyword);
        return child == null ? null : at(pointer.appendProperty(keyword), child);
    }

    /** The schemas in the array below this keyword. */
    List<SchemaPart> children(String keyword) {
        var found = node.get(keyword);
        var children = new ArrayList<SchemaPart>();
        for (int i = 0; found != null && i < found.size(); i++) {
            children.add(at(pointer.appendProperty(keyword).appendIndex(i), found.get(i)));
        }
        return children;
    }

    /** The schema of a declared property, if it is declared. */
    @Nullable
    SchemaPart property(String name) {
        var declared = node.get("properties");
        var found = declared == null ? null : declared.get(name);
        return found == null ? null : at(pointer.appendProperty("properties").appendProperty(name), found);
    }

    /** The names of the declared properties. */
    List<String> properties() {
        var declared = node.get("properties");
        return declared == null
                ? List.of()
                : declared.properties().stream().map(Map.Entry::getKey).toList();
    }

    /** The names of the required properties. */
    List<String> required() {
        var required = node.get("required");
        return required == null
                ? List.of()
                : required.valueStream().map(JsonNode::asString).toList();
    }

    /** What {@code $ref} points to, if it is there. */
    @Nullable
    SchemaPart reference() {
        var reference = node.get("$ref");
        if (reference == null) {
            return null;
        }
        var text = reference.asString();
        var target = LocalReference.place(text);
        if (target == null) {
            throw new NotJudgedException("refers to '" + text + "', which is not a place in the same schema");
        }
        var found = document.at(target);
        if (found.isMissingNode()) {
            throw new NotJudgedException("refers to '" + text + "', which does not exist");
        }
        return at(target, found);
    }

    /** The schema that is meant, behind references without a condition of their own. */
    SchemaPart resolved() {
        var visited = new HashSet<SchemaPart>();
        var part = this;
        while (part.node.size() == 1 || ignoresNeighboursOfReferences()) {
            var target = part.reference();
            if (target == null) {
                return part;
            }
            if (!visited.add(part)) {
                throw new NotJudgedException("refers to itself");
            }
            part = target;
        }
        return part;
    }

    /** Up to draft 7 a reference replaces everything beside it. */
    private boolean ignoresNeighboursOfReferences() {
        return document.path("$schema").asString("").startsWith("http://json-schema.org/draft-0");
    }

    private SchemaPart at(JsonPointer place, JsonNode found) {
        return new SchemaPart(document, place, found);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SchemaPart that && isSameDocument(that) && pointer.equals(that.pointer);
    }

    @SuppressWarnings("ReferenceEquality") // a copy of a document is another document
    private boolean isSameDocument(SchemaPart that) {
        return document == that.document;
    }

    @Override
    public int hashCode() {
        return Objects.hash(System.identityHashCode(document), pointer);
    }

    @Override
    public String toString() {
        return "#" + pointer;
    }
}
