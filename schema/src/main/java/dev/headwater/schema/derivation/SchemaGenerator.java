package dev.headwater.schema.derivation;

import dev.headwater.MessageTypes;
import dev.headwater.MessageTypes.RegisteredType;
import dev.headwater.privacy.Personal;
import dev.headwater.privacy.PersonalData;
import dev.headwater.schema.MessageSchema;
import java.lang.annotation.Annotation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Derives the JSON Schema (draft 2020-12) of message classes from what Jackson writes and reads with the application's
 * own settings.
 *
 * <p>A schema says of a component that it is there, unless it is an {@code Optional}, annotated {@code @Nullable}, or
 * left out when empty by {@code @JsonInclude}; then it may also be null. Unknown fields are allowed, because readers
 * ignore them; a misspelt one is found by the required one that it leaves missing. Not a number and the infinities are
 * no JSON numbers, so a schema refuses them.
 *
 * <p>A type that Jackson can write but not read back, or whose JSON it does not tell, is an error that names the place
 * and the way out. The same classes and settings give the same text. Immutable and thread-safe.
 *
 * <pre>{@code
 * var generator = SchemaGenerator.of(serializer.mapper());
 * generator.schemasOf(serializer.types()).forEach(schema -> System.out.println(schema.schema().toPrettyString()));
 * }</pre>
 */
public final class SchemaGenerator {

    private final JsonMapper mapper;
    private final Map<Class<?>, ObjectNode> byType;
    private final Map<Class<? extends Annotation>, ObjectNode> byAnnotation;

    private SchemaGenerator(
            JsonMapper mapper,
            Map<Class<?>, ObjectNode> byType,
            Map<Class<? extends Annotation>, ObjectNode> byAnnotation) {
        this.mapper = mapper;
        this.byType = byType;
        this.byAnnotation = byAnnotation;
    }

    /** A generator for what this mapper writes and reads; personal data has the schema of its encrypted form. */
    public static SchemaGenerator of(JsonMapper mapper) {
        var personal = PersonalJson.schema();
        return new SchemaGenerator(mapper, Map.of(Personal.class, personal), Map.of(PersonalData.class, personal));
    }

    /** The same generator, for which values of a class have this schema wherever they stand. */
    public SchemaGenerator defining(Class<?> type, ObjectNode schema) {
        return new SchemaGenerator(mapper, with(byType, type, schema), byAnnotation);
    }

    /** The same generator, for which components that carry an annotation have this schema. */
    public SchemaGenerator definingAnnotated(Class<? extends Annotation> annotation, ObjectNode schema) {
        return new SchemaGenerator(mapper, byType, with(byAnnotation, annotation, schema));
    }

    /**
     * The schema of one message class.
     *
     * @throws IllegalArgumentException when the class holds types that have no schema, with one line for each
     */
    public MessageSchema schemaOf(RegisteredType type) {
        var problems = new ArrayList<String>();
        var schema = schemaOf(type, problems);
        require(problems);
        return schema;
    }

    /**
     * The schemas of all registered classes, in the order of registration.
     *
     * @throws IllegalArgumentException when they hold types that have no schema, with one line for each
     */
    public List<MessageSchema> schemasOf(MessageTypes types) {
        var problems = new ArrayList<String>();
        var schemas = types.all().stream().map(type -> schemaOf(type, problems)).toList();
        require(problems);
        return schemas;
    }

    private MessageSchema schemaOf(RegisteredType type, List<String> problems) {
        var walk = new SchemaWalk(new JacksonView(mapper), byType, byAnnotation, problems);
        return new MessageSchema(type.name(), type.version(), walk.messageSchema(type));
    }

    private static void require(List<String> problems) {
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException("The messages have no JSON Schema:\n  " + String.join("\n  ", problems));
        }
    }

    private static <K> Map<K, ObjectNode> with(Map<K, ObjectNode> map, K key, ObjectNode schema) {
        var extended = new LinkedHashMap<>(map);
        extended.put(key, schema.deepCopy());
        return extended;
    }
}
