package dev.headwater.schema.lock;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The shape of a record, drawn at random, that can be edited and written down as a schema. */
final class DrawnRecord {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final Map<String, Field> fields = new LinkedHashMap<>();

    /** A field: what it holds, whether it may be absent, whether it is a list of that. */
    record Field(Content content, boolean optional, boolean list) {

        Field with(Content other) {
            return new Field(other, optional, list);
        }
    }

    /** What a field holds. */
    sealed interface Content {

        /** A text, number or truth value. */
        record Scalar(String type, long greatest) implements Content {}

        /** One of a few words. */
        record Words(TreeSet<String> words) implements Content {}

        /** Another record. */
        record Nested(DrawnRecord shape) implements Content {}
    }

    static DrawnRecord draw(Random random, int depth) {
        var drawn = new DrawnRecord();
        for (int i = 0; i < 1 + random.nextInt(5); i++) {
            drawn.fields.put("f" + i, new Field(content(random, depth), random.nextBoolean(), random.nextInt(4) == 0));
        }
        return drawn;
    }

    private static Content content(Random random, int depth) {
        return switch (random.nextInt(depth > 0 ? 7 : 5)) {
            case 0 -> new Content.Scalar("string", 0);
            case 1 -> new Content.Scalar("boolean", 0);
            case 2 -> new Content.Scalar("integer", Integer.MAX_VALUE);
            case 3 -> new Content.Scalar("number", 0);
            case 4 -> new Content.Words(new TreeSet<>(List.of("A", "B", "C")));
            default -> new Content.Nested(draw(random, depth - 1));
        };
    }

    DrawnRecord copy() {
        var copy = new DrawnRecord();
        fields.forEach((name, field) -> copy.fields.put(
                name,
                switch (field.content()) {
                    case Content.Nested(var shape) -> field.with(new Content.Nested(shape.copy()));
                    case Content.Words(var words) -> field.with(new Content.Words(new TreeSet<>(words)));
                    case Content.Scalar scalar -> field;
                }));
        return copy;
    }

    Map<String, Field> fields() {
        return fields;
    }

    /** This record and all below it. */
    List<DrawnRecord> all() {
        var all = new ArrayList<>(List.of(this));
        for (var field : fields.values()) {
            if (field.content() instanceof Content.Nested(var shape)) {
                all.addAll(shape.all());
            }
        }
        return all;
    }

    ObjectNode schema() {
        var schema = JSON.objectNode().put("type", "object");
        var properties = schema.putObject("properties");
        var required = schema.putArray("required");
        fields.forEach((name, field) -> {
            var content = contentSchema(field.content());
            var whole = field.list() ? JSON.objectNode().put("type", "array").set("items", content) : content;
            properties.set(name, field.optional() ? orNull(whole) : whole);
            if (!field.optional()) {
                required.add(name);
            }
        });
        return schema;
    }

    private static ObjectNode orNull(ObjectNode schema) {
        var either = JSON.objectNode();
        either.putArray("anyOf").add(schema).addObject().put("type", "null");
        return either;
    }

    private static ObjectNode contentSchema(Content content) {
        return switch (content) {
            case Content.Nested(var shape) -> shape.schema();
            case Content.Words(var words) -> {
                var schema = JSON.objectNode();
                words.forEach(schema.putArray("enum")::add);
                yield schema;
            }
            case Content.Scalar(var type, var greatest) -> {
                var schema = JSON.objectNode().put("type", type);
                yield greatest == 0
                        ? schema
                        : schema.put("minimum", -greatest - 1).put("maximum", greatest);
            }
        };
    }
}
