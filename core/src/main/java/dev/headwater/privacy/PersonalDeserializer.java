package dev.headwater.privacy;

import tools.jackson.core.JsonParser;
import tools.jackson.databind.BeanProperty;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ValueDeserializer;

/** Reads a {@link Personal}. */
final class PersonalDeserializer extends ValueDeserializer<Personal<?>> {

    private final EncryptedValues values;
    private final JavaType valueType;

    PersonalDeserializer(EncryptedValues values, JavaType valueType) {
        this.values = values;
        this.valueType = valueType;
    }

    @Override
    public ValueDeserializer<?> createContextual(DeserializationContext context, BeanProperty property) {
        return new Ready(values, context.findRootValueDeserializer(valueType));
    }

    @Override
    public Personal<?> deserialize(JsonParser parser, DeserializationContext context) {
        return new Ready(values, context.findRootValueDeserializer(valueType)).deserialize(parser, context);
    }

    /** With what reads the value itself. */
    private static final class Ready extends ValueDeserializer<Personal<?>> {

        private final EncryptedValues values;
        private final ValueDeserializer<?> plain;

        Ready(EncryptedValues values, ValueDeserializer<?> plain) {
            this.values = values;
            this.plain = plain;
        }

        @Override
        public Personal<?> deserialize(JsonParser parser, DeserializationContext context) {
            var node = context.readTree(parser);
            if (!EncryptedValues.isWireForm(node)) {
                return context.reportInputMismatch(
                        Personal.class, "expected an object with 'subject' and 'encrypted', or 'forgotten'");
            }
            return values.read(node, plain, context);
        }
    }
}
