package dev.headwater.privacy;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.BeanProperty;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ValueDeserializer;

/**
 * Reads a component that is marked with {@link PersonalData}; this one only knows how to make the one for a component.
 */
final class PersonalDataDeserializer extends ValueDeserializer<Object> {

    private final EncryptedValues values;

    PersonalDataDeserializer(EncryptedValues values) {
        this.values = values;
    }

    /** Fails, when the types of an application are looked at, for a replacement that does not fit. */
    @Override
    public ValueDeserializer<?> createContextual(DeserializationContext context, BeanProperty property) {
        var type = property.getType();
        var component = new OfComponent(
                values,
                type,
                property.getAnnotation(PersonalData.class).replacement(),
                context.findRootValueDeserializer(type));
        component.requireReplacement(property, context);
        return component;
    }

    @Override
    public Object deserialize(JsonParser parser, DeserializationContext context) {
        throw new IllegalStateException("@PersonalData stands on something that is not a component of a record");
    }

    private static final class OfComponent extends ValueDeserializer<Object> {

        private final EncryptedValues values;
        private final JavaType type;
        private final String replacement;
        private final ValueDeserializer<Object> plain;

        OfComponent(EncryptedValues values, JavaType type, String replacement, ValueDeserializer<Object> plain) {
            this.values = values;
            this.type = type;
            this.replacement = replacement;
            this.plain = plain;
        }

        @Override
        public @Nullable Object deserialize(JsonParser parser, DeserializationContext context) {
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                return plain.deserialize(parser, context);
            }
            var node = context.readTree(parser);
            if (!EncryptedValues.isWireForm(node)) {
                return EncryptedValues.value(node.traverse(context), plain, context);
            }
            return switch (values.read(node, plain, context)) {
                case Personal.Present<?>(var subject, var value) -> value;
                case Personal.Forgotten<?> forgotten -> replacement(context);
            };
        }

        @Override
        public @Nullable Object getNullValue(DeserializationContext context) {
            return plain.getNullValue(context);
        }

        @Override
        public @Nullable Object getAbsentValue(DeserializationContext context) {
            return plain.getAbsentValue(context);
        }

        private @Nullable Object replacement(DeserializationContext context) {
            if (type.hasRawClass(String.class)) {
                return replacement;
            }
            if (replacement.isEmpty()) {
                return plain.getEmptyValue(context);
            }
            return EncryptedValues.value(
                    context.tokenStreamFactory().createParser(context, replacement), plain, context);
        }

        private void requireReplacement(BeanProperty property, DeserializationContext context) {
            boolean hasEmptyValue = type.hasRawClass(String.class)
                    || type.isPrimitive()
                    || type.isContainerType()
                    || type.isReferenceType();
            if (replacement.isEmpty() && !hasEmptyValue) {
                throw new IllegalStateException(
                        PersonalDataSerializer.nameOf(property) + " is marked with @PersonalData: say what it reads as"
                                + " once its subject is forgotten, with replacement = \"…\" in JSON, such as null");
            }
            try {
                replacement(context);
            } catch (JacksonException e) {
                throw new IllegalStateException(
                        PersonalDataSerializer.nameOf(property) + " is marked with @PersonalData: its replacement '"
                                + replacement + "' is no JSON of "
                                + type.getRawClass().getName(),
                        e);
            }
        }
    }
}
