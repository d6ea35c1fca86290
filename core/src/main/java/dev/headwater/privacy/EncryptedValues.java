package dev.headwater.privacy;

import dev.headwater.HeadwaterException;
import dev.headwater.InvalidMessageException;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueDeserializer;

/**
 * Personal values on the wire: {@code {"subject":"…","encrypted":"…"}} or {@code {"subject":"…","forgotten":true}}.
 *
 * <p>What is encrypted is the JSON of the value, as the same mapper writes it.
 */
record EncryptedValues(SubjectKeys keys) {

    static final String SUBJECT = "subject";
    static final String ENCRYPTED = "encrypted";
    private static final String FORGOTTEN = "forgotten";

    void write(
            String subject,
            @Nullable Object value,
            JavaType declared,
            JsonGenerator out,
            SerializationContext context) {
        var encrypted = switch (keys.findOrCreate(subject)) {
            case SubjectKey.Active(var key) ->
                PersonalCipher.encrypt(key, subject, json(subject, value, declared, context));
            case SubjectKey.Forgotten() -> throw new SubjectForgottenException(subject);
        };
        out.writeStartObject();
        out.writeStringProperty(SUBJECT, subject);
        out.writeStringProperty(ENCRYPTED, encrypted);
        out.writeEndObject();
    }

    static void writeForgotten(String subject, JsonGenerator out) {
        out.writeStartObject();
        out.writeStringProperty(SUBJECT, subject);
        out.writeBooleanProperty(FORGOTTEN, true);
        out.writeEndObject();
    }

    private static byte[] json(
            String subject, @Nullable Object value, JavaType declared, SerializationContext context) {
        var bytes = new ByteArrayOutputStream();
        try (var out = context.tokenStreamFactory().createGenerator(context, bytes)) {
            if (value == null) {
                out.writeNull();
            } else {
                var type = declared.isPrimitive()
                        ? declared
                        : context.constructSpecializedType(declared, value.getClass());
                context.findTypedValueSerializer(type, true).serialize(value, out, context);
            }
            out.flush();
            requireReadable(bytes.toByteArray(), context);
        } catch (JacksonException e) {
            throw ownOr(
                    e,
                    new InvalidMessageException(
                            "Personal data about the subject '" + subject + "' cannot be written: a value of "
                                    + declared.getRawClass().getName() + " is no JSON that could be read again",
                            null));
        }
        return bytes.toByteArray();
    }

    /** Walks over the tokens once, under the limits that reading will have; who reads the payload does not see them. */
    private static void requireReadable(byte[] json, SerializationContext context) {
        try (var parser = context.tokenStreamFactory().createParser(ObjectReadContext.empty(), json)) {
            JsonToken token;
            do {
                token = parser.nextToken();
            } while (token != null);
        }
    }

    /** Whether this is what {@link #write} or {@link #writeForgotten} wrote. */
    static boolean isWireForm(JsonNode node) {
        return node.path(SUBJECT).isString() && (node.path(ENCRYPTED).isString() || isForgotten(node));
    }

    private static boolean isForgotten(JsonNode node) {
        return node.path(FORGOTTEN).isBoolean() && node.path(FORGOTTEN).booleanValue();
    }

    /** Reads a value in wire form. */
    Personal<@Nullable Object> read(JsonNode node, ValueDeserializer<?> values, DeserializationContext context) {
        var subject = Subjects.requireValid(node.path(SUBJECT).stringValue());
        if (isForgotten(node)) {
            return new Personal.Forgotten<>(subject);
        }
        var key = keys.find(subject)
                .orElseThrow(() -> new UnreadablePersonalDataException(
                        subject,
                        "there is no key and no record that the subject was forgotten; restore the keys that were in use"
                                + " when it was written",
                        null));
        return switch (key) {
            case SubjectKey.Forgotten() -> new Personal.Forgotten<>(subject);
            case SubjectKey.Active(var secret) -> {
                var json = PersonalCipher.decrypt(
                        secret, subject, node.path(ENCRYPTED).stringValue());
                yield Personal.of(subject, value(subject, json, values, context));
            }
        };
    }

    private static @Nullable Object value(
            String subject, byte[] json, ValueDeserializer<?> values, DeserializationContext context) {
        try (var parser = context.tokenStreamFactory().createParser(context, json)) {
            return value(parser, values, context);
        } catch (JacksonException e) {
            throw ownOr(
                    e,
                    new UnreadablePersonalDataException(
                            subject, "the decrypted value does not fit the type that is asked for", null));
        }
    }

    /**
     * What this package threw for a value within the value; otherwise the other, since what Jackson says quotes the
     * value.
     */
    private static HeadwaterException ownOr(JacksonException e, HeadwaterException other) {
        return e.getCause() instanceof HeadwaterException own ? own : other;
    }

    /** The value at the beginning of what a parser has not begun to read. */
    static @Nullable Object value(JsonParser parser, ValueDeserializer<?> values, DeserializationContext context) {
        return parser.nextToken() == JsonToken.VALUE_NULL
                ? values.getNullValue(context)
                : values.deserialize(parser, context);
    }
}
