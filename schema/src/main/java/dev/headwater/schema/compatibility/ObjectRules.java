package dev.headwater.schema.compatibility;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Pattern;

/** Compares the properties of objects. */
final class ObjectRules {

    private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]*");

    private final Comparison comparison;
    private final Sentences sentences;

    ObjectRules(Comparison comparison, Sentences sentences) {
        this.comparison = comparison;
        this.sentences = sentences;
    }

    void check(Alternative written, SchemaPart reader, String path, Set<Difference> found) {
        if (!written.type().equals(JsonTypes.OBJECT)) {
            return;
        }
        var named = written.named();
        boolean mayWriteMore = written.mayWriteUnnamed();
        checkRequired(written, reader, path, found);
        var additional = reader.child("additionalProperties");
        var names = new LinkedHashSet<>(reader.properties());
        names.addAll(named);
        for (var name : names) {
            var expected = reader.property(name);
            if (expected == null) {
                expected = additional;
            }
            if (expected != null && (mayWriteMore || named.contains(name))) {
                comparison.compare(written.schemasOf(name), expected, below(path, name), found);
            }
        }
        if (additional != null && mayWriteMore) {
            comparison.compare(written.schemasOfUnnamed(), additional, path + ".*", found);
        }
    }

    private void checkRequired(Alternative written, SchemaPart reader, String path, Set<Difference> found) {
        var always = written.required();
        for (var name : reader.required()) {
            if (!always.contains(name)) {
                found.add(sentences.required(below(path, name), written.mayWrite(name)));
            }
        }
    }

    private static String below(String path, String name) {
        return PLAIN_NAME.matcher(name).matches() ? path + "." + name : path + "['" + name + "']";
    }
}
