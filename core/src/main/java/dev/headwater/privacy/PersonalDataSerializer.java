package dev.headwater.privacy;

import java.util.List;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.BeanProperty;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.introspect.AnnotatedMember;
import tools.jackson.databind.introspect.BeanPropertyDefinition;

/**
 * Writes a component that is marked with {@link PersonalData}; this one only knows how to make the one for a component.
 */
final class PersonalDataSerializer extends ValueSerializer<Object> {

    private final EncryptedValues values;

    PersonalDataSerializer(EncryptedValues values) {
        this.values = values;
    }

    /** Fails, when the types of an application are looked at, for a record that does not say whom the data is about. */
    @Override
    public ValueSerializer<?> createContextual(SerializationContext context, BeanProperty property) {
        return new OfComponent(values, property, subjectOf(property, context));
    }

    @Override
    public void serialize(Object value, JsonGenerator out, SerializationContext context) {
        throw new IllegalStateException("@PersonalData stands on something that is not a component of a record");
    }

    private static AnnotatedMember subjectOf(BeanProperty property, SerializationContext context) {
        var type = context.constructType(property.getMember().getDeclaringClass());
        var subjects = context.introspectBeanDescription(type).findProperties().stream()
                .map(BeanPropertyDefinition::getAccessor)
                .filter(member -> member != null && member.hasAnnotation(DataSubject.class))
                .toList();
        if (subjects.size() != 1
                || Personal.class.isAssignableFrom(property.getType().getRawClass())) {
            throw new IllegalStateException(nameOf(property) + " is marked with @PersonalData: " + problem(subjects));
        }
        var subject = subjects.getFirst();
        if (context.canOverrideAccessModifiers()) {
            subject.fixAccess(context.isEnabled(MapperFeature.OVERRIDE_PUBLIC_ACCESS_MODIFIERS));
        }
        return subject;
    }

    /** The record and its component, for errors. */
    static String nameOf(BeanProperty property) {
        return property.getMember().getDeclaringClass().getName() + "." + property.getName();
    }

    private static String problem(List<AnnotatedMember> subjects) {
        return switch (subjects.size()) {
            case 0 -> "mark the component of its record that names the person with @DataSubject";
            case 1 -> "a Personal is personal data already, so remove the mark";
            default -> "its record has " + subjects.size() + " components with @DataSubject, expected one";
        };
    }

    private static final class OfComponent extends ValueSerializer<Object> {

        private final EncryptedValues values;
        private final String name;
        private final JavaType type;
        private final AnnotatedMember subject;

        OfComponent(EncryptedValues values, BeanProperty property, AnnotatedMember subject) {
            this.values = values;
            this.name = nameOf(property);
            this.type = property.getType();
            this.subject = subject;
        }

        @Override
        public void serialize(Object value, JsonGenerator out, SerializationContext context) {
            values.write(subject(out.currentValue(), context), value, type, out, context);
        }

        private String subject(Object owner, SerializationContext context) {
            var id = subject.getValue(owner);
            if (id instanceof String text) {
                return Subjects.requireValid(text);
            }
            JsonNode node = id == null ? null : context.valueToTree(id);
            if (node == null || node.isNull() || !node.isValueNode()) {
                throw new IllegalArgumentException(name + " is personal data, and " + subject.getName()
                        + " does not name a subject: expected a text, or an id that is written as one JSON value");
            }
            return Subjects.requireValid(node.asString());
        }
    }
}
