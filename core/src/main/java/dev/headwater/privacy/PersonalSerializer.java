package dev.headwater.privacy;

import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;

/** Writes a {@link Personal}. */
final class PersonalSerializer extends ValueSerializer<Personal<?>> {

    private final EncryptedValues values;
    private final JavaType valueType;

    PersonalSerializer(EncryptedValues values, JavaType valueType) {
        this.values = values;
        this.valueType = valueType;
    }

    @Override
    public void serialize(Personal<?> personal, JsonGenerator out, SerializationContext context) {
        switch (personal) {
            case Personal.Present<?>(var subject, var value) -> values.write(subject, value, valueType, out, context);
            case Personal.Forgotten<?>(var subject) -> EncryptedValues.writeForgotten(subject, out);
        }
    }
}
