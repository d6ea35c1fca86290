package dev.headwater.privacy;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.Version;
import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.AnnotatedClass;
import tools.jackson.databind.introspect.NopAnnotationIntrospector;
import tools.jackson.databind.type.TypeFactory;

/**
 * Teaches a JSON mapper to encrypt {@link Personal} values and components marked with {@link PersonalData}, and to
 * decrypt them.
 *
 * <p>A mapper without it refuses such types: where a message type holds one, already when its
 * {@link dev.headwater.MessageSerializer} is made. The keys are asked for every value, so put those that are kept
 * elsewhere behind {@link CachedSubjectKeys}.
 *
 * <pre>{@code
 * var mapper = MessageSerializer.defaultMapper()
 *         .addModule(new PersonalDataModule(database.subjectKeys()))
 *         .build();
 * var serializer = MessageSerializer.builder(types).mapper(mapper).build();
 * var store = new EventStore(database.eventStorage(), serializer);
 * }</pre>
 */
public final class PersonalDataModule extends JacksonModule {

    private final EncryptedValues values;

    /** Creates the module. */
    public PersonalDataModule(SubjectKeys keys) {
        this.values = new EncryptedValues(keys);
    }

    @Override
    public String getModuleName() {
        return "headwater-personal-data";
    }

    @Override
    public Version version() {
        return Version.unknownVersion();
    }

    @Override
    public void setupModule(SetupContext context) {
        context.insertAnnotationIntrospector(new Marks(values));
    }

    /** Answers before Jackson's own reading of the annotations, which finds those that refuse. */
    private static final class Marks extends NopAnnotationIntrospector {

        private static final long serialVersionUID = 1L;

        private final transient EncryptedValues values;

        Marks(EncryptedValues values) {
            this.values = values;
        }

        @Override
        public @Nullable Object findSerializer(MapperConfig<?> config, Annotated annotated) {
            if (annotated.hasAnnotation(PersonalData.class)) {
                return new PersonalDataSerializer(values);
            }
            var valueType = valueType(annotated);
            return valueType == null ? null : new PersonalSerializer(values, valueType);
        }

        @Override
        public @Nullable Object findDeserializer(MapperConfig<?> config, Annotated annotated) {
            if (annotated.hasAnnotation(PersonalData.class)) {
                return new PersonalDataDeserializer(values);
            }
            var valueType = valueType(annotated);
            return valueType == null ? null : new PersonalDeserializer(values, valueType);
        }

        /** What a {@link Personal} type holds; null for other types. */
        private static @Nullable JavaType valueType(Annotated annotated) {
            if (!(annotated instanceof AnnotatedClass) || !Personal.class.isAssignableFrom(annotated.getRawType())) {
                return null;
            }
            var parameters = annotated.getType().findTypeParameters(Personal.class);
            return parameters.length == 0 ? TypeFactory.unknownType() : parameters[0];
        }
    }
}
