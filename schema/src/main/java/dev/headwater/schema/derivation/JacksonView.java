package dev.headwater.schema.derivation;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.deser.AbstractDeserializer;
import tools.jackson.databind.deser.bean.BeanDeserializerBase;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.NamedType;
import tools.jackson.databind.jsontype.TypeSerializer;
import tools.jackson.databind.ser.BeanPropertyWriter;
import tools.jackson.databind.ser.bean.BeanSerializerBase;
import tools.jackson.databind.ser.jackson.JsonValueSerializer;

/** What a mapper knows of a type: asked instead of guessed, so that annotations, modules and settings count. */
final class JacksonView {

    private final JsonMapper mapper;
    private final SerializationContext writing;
    private final DeserializationContext reading;

    JacksonView(JsonMapper mapper) {
        this.mapper = mapper;
        this.writing = mapper._serializationContext();
        this.reading = mapper._deserializationContext();
    }

    JavaType type(Class<?> type) {
        return mapper.constructType(type);
    }

    SerializationContext writing() {
        return writing;
    }

    ValueSerializer<?> serializer(Place place) {
        if (place.property() instanceof BeanPropertyWriter writer
                && writer.getSerializer() != null
                && writer.getType().equals(place.type())) {
            return writer.getSerializer();
        }
        return place.property() == null
                ? writing.findValueSerializer(place.type())
                : writing.findPrimaryPropertySerializer(place.type(), place.property());
    }

    /** Whether the serializer is one of Jackson's own, of which is known what it writes. */
    static boolean isJacksons(ValueSerializer<?> serializer) {
        return serializer.getClass().getPackageName().startsWith("tools.jackson.databind.");
    }

    /** The type of the value that stands for an object annotated with {@code @JsonValue}; null when there is none. */
    @Nullable
    JavaType standIn(JavaType type, ValueSerializer<?> serializer) {
        if (!(serializer instanceof JsonValueSerializer)) {
            return null;
        }
        var accessor = writing.introspectBeanDescription(type).findJsonValueAccessor();
        return accessor == null ? null : accessor.getType();
    }

    /** Whether an object can be made from the single value that stands for it. */
    boolean isReadFromStandIn(JavaType type) {
        if (deserializer(type) instanceof BeanDeserializerBase bean) {
            var maker = bean.getValueInstantiator();
            return maker.canCreateUsingDelegate()
                    || maker.canCreateUsingArrayDelegate()
                    || maker.canCreateFromString()
                    || maker.canCreateFromInt()
                    || maker.canCreateFromLong()
                    || maker.canCreateFromBigInteger()
                    || maker.canCreateFromDouble()
                    || maker.canCreateFromBigDecimal()
                    || maker.canCreateFromBoolean();
        }
        return deserializer(type) != null;
    }

    /** Whether Jackson knows how to make an object of the type; what it holds is looked at on its own. */
    boolean isReadable(JavaType type) {
        var deserializer = deserializer(type);
        if (deserializer instanceof BeanDeserializerBase bean) {
            return bean.getValueInstantiator().canInstantiate();
        }
        return deserializer != null && !(deserializer instanceof AbstractDeserializer);
    }

    /** The components that are written and read; what is only written is of no concern to a reader. */
    List<BeanPropertyWriter> components(JavaType type, BeanSerializerBase serializer) {
        var deserializer = deserializer(type);
        var read = deserializer == null ? null : deserializer.getKnownPropertyNames();
        return written(serializer)
                .filter(component -> read == null || component.isUnwrapping() || read.contains(component.getName()))
                .toList();
    }

    private static Stream<BeanPropertyWriter> written(BeanSerializerBase serializer) {
        var writers = Stream.<BeanPropertyWriter>builder();
        serializer.properties().forEachRemaining(writer -> writers.add((BeanPropertyWriter) writer));
        return writers.build();
    }

    private @Nullable ValueDeserializer<?> deserializer(JavaType type) {
        try {
            return reading.findContextualValueDeserializer(type, null);
        } catch (JacksonException e) {
            return null;
        }
    }

    /** Whether what is written as the key of a map can be read as one. */
    boolean isKey(JavaType type) {
        try {
            reading.findKeyDeserializer(type, null);
        } catch (JacksonException e) {
            return false;
        }
        return !(writing.findValueSerializer(type) instanceof BeanSerializerBase);
    }

    @Nullable
    TypeSerializer typeInfo(JavaType type) {
        return writing.findTypeSerializer(type);
    }

    /** The concrete classes that can stand where a type with type information is declared. */
    List<JavaType> subtypes(JavaType base) {
        Collection<NamedType> all = mapper.serializationConfig()
                .getSubtypeResolver()
                .collectAndResolveSubtypesByClass(
                        mapper.serializationConfig(), writing.introspectClassAnnotations(base));
        return all.stream()
                .map(NamedType::getType)
                .distinct()
                .filter(base.getRawClass()::isAssignableFrom)
                .map(subtype -> writing.constructSpecializedType(base, subtype))
                .filter(JavaType::isConcrete)
                .toList();
    }

    String typeId(TypeSerializer info, JavaType type) {
        return info.getTypeIdResolver().idFromValueAndType(writing, null, type.getRawClass());
    }

    /** The constants of an enum as JSON. */
    List<JsonNode> constants(Class<?> type) {
        return Arrays.stream(type.getEnumConstants())
                .<JsonNode>map(mapper::valueToTree)
                .toList();
    }

    /** The constants of an enum as keys of a map. */
    List<String> keys(Class<?> type) {
        return Arrays.stream(type.getEnumConstants())
                .flatMap(constant -> mapper.valueToTree(Map.of(constant, true)).propertyNames().stream())
                .toList();
    }

    /** Whether the component itself says how its values are formatted. */
    boolean hasOwnFormat(Place place) {
        return place.property() != null
                && place.property()
                        .findPropertyFormat(
                                mapper.serializationConfig(), place.type().getRawClass())
                        .hasPattern();
    }

    /** Whether a component is left out in some cases other than that it is absent. */
    boolean isLeftOut(BeanPropertyWriter component) {
        var inclusion = component.findPropertyInclusion(
                mapper.serializationConfig(), component.getType().getRawClass());
        return switch (inclusion.getValueInclusion()) {
            case NON_EMPTY, NON_DEFAULT, CUSTOM -> true;
            default -> false;
        };
    }
}
