package dev.headwater.schema.derivation;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.headwater.MessageTypes.RegisteredType;
import java.lang.annotation.Annotation;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.jsontype.TypeSerializer;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.ser.BeanPropertyWriter;
import tools.jackson.databind.ser.bean.BeanAsArraySerializer;
import tools.jackson.databind.ser.bean.BeanSerializerBase;

/**
 * Walks over the types of one message and writes down its schema. Problems are collected, so that all are found in one
 * run; what is returned in their place does not matter.
 */
final class SchemaWalk {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private static final Map<Class<?>, Class<?>> PRIMITIVE_OPTIONALS = Map.of(
            OptionalInt.class, int.class,
            OptionalLong.class, long.class,
            OptionalDouble.class, double.class);

    private static final Set<JsonTypeInfo.Id> NAMES =
            Set.of(JsonTypeInfo.Id.NAME, JsonTypeInfo.Id.SIMPLE_NAME, JsonTypeInfo.Id.CUSTOM);

    private static final Set<JsonTypeInfo.As> BESIDE_THE_OTHERS =
            Set.of(JsonTypeInfo.As.PROPERTY, JsonTypeInfo.As.EXISTING_PROPERTY);

    private final JacksonView jackson;
    private final Map<Class<?>, ObjectNode> byType;
    private final Map<Class<? extends Annotation>, ObjectNode> byAnnotation;
    private final List<String> problems;
    private final Definitions definitions = new Definitions();

    SchemaWalk(
            JacksonView jackson,
            Map<Class<?>, ObjectNode> byType,
            Map<Class<? extends Annotation>, ObjectNode> byAnnotation,
            List<String> problems) {
        this.jackson = jackson;
        this.byType = byType;
        this.byAnnotation = byAnnotation;
        this.problems = problems;
    }

    ObjectNode messageSchema(RegisteredType message) {
        var root = JSON.objectNode()
                .put("$schema", "https://json-schema.org/draft/2020-12/schema")
                .put("$id", "urn:headwater:" + message.name() + ":" + message.version())
                .put("title", message.name());
        var type = jackson.type(message.type());
        definitions.isRoot(type);
        var place = new Place(message.name() + ": ", type, null, null);
        boolean isObject = jackson.serializer(place) instanceof BeanSerializerBase;
        var obscurity = obscurity(place, jackson.typeInfo(type));
        if (!isObject || obscurity != null) {
            return problem(place, obscurity != null ? obscurity : "is not written as an object: make it a record");
        }
        root.setAll(objectSchema(place, (BeanSerializerBase) jackson.serializer(place)));
        return definitions.addTo(root);
    }

    private ObjectNode schemaOf(Place place) {
        var defined = defined(place);
        return defined == null ? typeSchema(place) : defined;
    }

    private @Nullable ObjectNode defined(Place place) {
        var property = place.property();
        if (property != null && property.getType().equals(place.type())) {
            for (var annotated : byAnnotation.entrySet()) {
                if (property.getAnnotation(annotated.getKey()) != null) {
                    return annotated.getValue().deepCopy();
                }
            }
        }
        var schema = byType.get(place.type().getRawClass());
        return schema == null ? null : schema.deepCopy();
    }

    private ObjectNode typeSchema(Place place) {
        var type = place.type();
        if (type.isReferenceType()) {
            return Nullability.orNull(schemaOf(place.content("")));
        }
        var primitive = PRIMITIVE_OPTIONALS.get(type.getRawClass());
        if (primitive != null) {
            return Nullability.orNull(schemaOf(place.as(jackson.type(primitive))));
        }
        if (JsonNode.class.isAssignableFrom(type.getRawClass())) {
            return JSON.objectNode();
        }
        if (type.getRawClass() == byte[].class) {
            return JSON.objectNode().put("type", "string").put("contentEncoding", "base64");
        }
        if (type.getRawClass() == char[].class) {
            return JSON.objectNode().put("type", "string");
        }
        var serializer = jackson.serializer(place);
        if (!JacksonView.isJacksons(serializer)) {
            return scalar(place, serializer);
        }
        if (type.isEnumType()) {
            return enumSchema(jackson.constants(type.getRawClass()));
        }
        if (type.isMapLikeType()) {
            return mapSchema(place);
        }
        if (type.isContainerType()) {
            return JSON.objectNode().put("type", "array").set("items", element(place.content("[]")));
        }
        return classSchema(place, serializer);
    }

    private ObjectNode classSchema(Place place, ValueSerializer<?> serializer) {
        var standIn = jackson.standIn(place.type(), serializer);
        if (standIn != null) {
            if (!jackson.isReadFromStandIn(place.type())) {
                problem(
                        place,
                        "is written as one value, by @JsonValue, from which it cannot be made again: annotate"
                                + " the constructor that takes the value with @JsonCreator");
            }
            return schemaOf(place.as(standIn));
        }
        var typeInfo = jackson.typeInfo(place.type());
        var obscurity = obscurity(place, typeInfo);
        if (obscurity != null) {
            return problem(place, obscurity);
        }
        if (typeInfo != null) {
            return polymorphic(place, typeInfo);
        }
        if (!place.type().isConcrete() && !jackson.isReadable(place.type())) {
            return problem(
                    place,
                    "can be written but not read again, because its JSON does not say which class it is:"
                            + " annotate it with @JsonTypeInfo(use = JsonTypeInfo.Id.NAME), and what it permits with"
                            + " @JsonTypeName, or declare a concrete class");
        }
        if (serializer instanceof BeanSerializerBase bean) {
            return reference(place, bean);
        }
        return scalar(place, serializer);
    }

    private ObjectNode scalar(Place place, ValueSerializer<?> serializer) {
        var schema = Scalars.schemaOf(jackson, place.type(), serializer);
        if (schema == null) {
            return problem(
                    place,
                    "does not say what its JSON looks like: give it a schema with SchemaGenerator's defining("
                            + place.type().getRawClass().getSimpleName() + ".class, ...), or use another type");
        }
        if (JacksonView.isJacksons(serializer) && !jackson.hasOwnFormat(place)) {
            Scalars.narrow(schema, place.type().getRawClass());
        }
        return schema;
    }

    private static ObjectNode enumSchema(List<JsonNode> constants) {
        var sorted = new TreeSet<JsonNode>(Comparator.comparing(JsonNode::toString));
        sorted.addAll(constants);
        return JSON.objectNode().set("enum", JSON.arrayNode().addAll(sorted));
    }

    private ObjectNode mapSchema(Place place) {
        var keys = place.type().getKeyType();
        if (!jackson.isKey(keys)) {
            return problem(
                    place,
                    "has keys of " + keys.getRawClass().getSimpleName()
                            + ", which are written with toString(): annotate their single value with @JsonValue, or use"
                            + " text");
        }
        var schema = JSON.objectNode().put("type", "object");
        if (keys.isEnumType()) {
            var names = jackson.keys(keys.getRawClass());
            schema.set(
                    "propertyNames",
                    enumSchema(names.stream().<JsonNode>map(JSON::stringNode).toList()));
        }
        return schema.set("additionalProperties", element(place.content(".*")));
    }

    private ObjectNode element(Place place) {
        var schema = schemaOf(place);
        return place.isNullable() ? Nullability.orNull(schema) : schema;
    }

    /** Why readers could not tell the classes apart that may stand in a place; null when they can. */
    private @Nullable String obscurity(Place place, @Nullable TypeSerializer info) {
        if (info == null) {
            return place.property() instanceof BeanPropertyWriter writer && writer.getTypeSerializer() != null
                    ? "has @JsonTypeInfo at the component: put it on the type, where every reader sees it"
                    : null;
        }
        var mechanism = info.getTypeIdResolver().getMechanism();
        if (!NAMES.contains(mechanism)) {
            return "is told apart by " + mechanism + ", which ties stored data to Java classes or leaves it to chance:"
                    + " use JsonTypeInfo.Id.NAME";
        }
        return BESIDE_THE_OTHERS.contains(info.getTypeInclusion())
                ? null
                : "keeps its type name by " + info.getTypeInclusion() + ": use JsonTypeInfo.As.PROPERTY";
    }

    private ObjectNode polymorphic(Place place, TypeSerializer info) {
        var subtypes = jackson.subtypes(place.type());
        var branches = JSON.arrayNode();
        subtypes.stream()
                .sorted(Comparator.comparing(subtype -> jackson.typeId(info, subtype)))
                .map(subtype -> bean(place.as(subtype)))
                .forEach(branches::add);
        if (branches.isEmpty()) {
            return problem(place, "has no known subtypes: seal it, or name them with @JsonSubTypes");
        }
        return branches.size() == 1
                ? (ObjectNode) branches.get(0)
                : JSON.objectNode().set("anyOf", branches);
    }

    private ObjectNode bean(Place place) {
        return jackson.serializer(place) instanceof BeanSerializerBase bean
                ? reference(place, bean)
                : problem(place, "carries type information but is not written as an object: make it a record");
    }

    private ObjectNode reference(Place place, BeanSerializerBase serializer) {
        return definitions.reference(place.type(), () -> objectSchema(place, serializer));
    }

    private ObjectNode objectSchema(Place place, BeanSerializerBase serializer) {
        if (serializer instanceof BeanAsArraySerializer || serializer.usesObjectId()) {
            return problem(
                    place,
                    "is not written as a plain object: leave out @JsonFormat(shape = ARRAY) and"
                            + " @JsonIdentityInfo");
        }
        if (!jackson.isReadable(place.type())) {
            return problem(
                    place, "cannot be made from JSON: make it a record, or annotate a constructor with @JsonCreator");
        }
        var properties = JSON.objectNode();
        var required = new TreeSet<String>();
        var typeInfo = jackson.typeInfo(place.type());
        if (typeInfo != null) {
            properties.putObject(typeInfo.getPropertyName()).put("const", jackson.typeId(typeInfo, place.type()));
            required.add(typeInfo.getPropertyName());
        }
        for (var component : jackson.components(place.type(), serializer)) {
            if (!properties.has(component.getName())) {
                properties.set(component.getName(), componentSchema(place.component(component), component));
                if (isRequired(component)) {
                    required.add(component.getName());
                }
            }
        }
        var schema = JSON.objectNode().put("type", "object").set("properties", properties);
        if (!required.isEmpty()) {
            required.forEach(schema.putArray("required")::add);
        }
        return schema;
    }

    private ObjectNode componentSchema(Place place, BeanPropertyWriter component) {
        if (component.isUnwrapping()) {
            return problem(
                    place, "is written without an object of its own, by @JsonUnwrapped: leave the annotation out");
        }
        var schema = schemaOf(place);
        return isRequired(component) ? schema : Nullability.orNull(schema);
    }

    private boolean isRequired(BeanPropertyWriter component) {
        var type = component.getType();
        return !(type.isReferenceType()
                || PRIMITIVE_OPTIONALS.containsKey(type.getRawClass())
                || Place.isNullable(component)
                || jackson.isLeftOut(component));
    }

    private ObjectNode problem(Place place, String sentence) {
        problems.add(place.path() + " (" + place.type().toCanonical() + ") " + sentence);
        return JSON.objectNode();
    }
}
