package dev.headwater.privacy;

import tools.jackson.core.JsonParser;
import tools.jackson.databind.BeanProperty;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.ValueDeserializer;

/** Stands where personal data could not be decrypted, unless the {@link PersonalDataModule} replaces it. */
final class RefusingDeserializer extends ValueDeserializer<Object> {

    RefusingDeserializer() {}

    /** Fails when the types of an application are looked at, long before the first value comes. */
    @Override
    public ValueDeserializer<?> createContextual(DeserializationContext context, BeanProperty property) {
        throw RefusingSerializer.moduleMissing();
    }

    @Override
    public Object deserialize(JsonParser parser, DeserializationContext context) {
        throw RefusingSerializer.moduleMissing();
    }
}
