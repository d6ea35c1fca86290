package dev.headwater.privacy;

import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.BeanProperty;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;

/** Stands where personal data would be written in the clear, unless the {@link PersonalDataModule} replaces it. */
final class RefusingSerializer extends ValueSerializer<Object> {

    RefusingSerializer() {}

    /** Fails when the types of an application are looked at, long before the first value comes. */
    @Override
    public ValueSerializer<?> createContextual(SerializationContext context, BeanProperty property) {
        throw moduleMissing();
    }

    @Override
    public void serialize(Object value, JsonGenerator out, SerializationContext context) {
        throw moduleMissing();
    }

    static IllegalStateException moduleMissing() {
        return new IllegalStateException("This JSON mapper would keep personal data in the clear: add the module, as in"
                + " MessageSerializer.defaultMapper().addModule(new PersonalDataModule(keys)).build()");
    }
}
