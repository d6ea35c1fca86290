package dev.headwater.privacy;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.annotation.JsonSerialize;

/**
 * A value that says something about a person, and is gone once that person is {@linkplain Erasure forgotten}.
 *
 * <p>It is written as {@code {"subject":"…","encrypted":"…"}}, encrypted with a key of the subject's own, by a mapper
 * with the {@link PersonalDataModule}; any other mapper refuses to write or read it. When the key has been destroyed,
 * what comes back is {@link Forgotten}. Immutable if the value is; {@code toString} never shows the value.
 *
 * <pre>{@code
 * record Registered(CustomerId id, Personal<Address> address) implements CustomerEvent {}
 *
 * switch (event.address()) {
 *     case Personal.Present(var subject, var address) -> send(address);
 *     case Personal.Forgotten(var subject) -> skip();
 * }
 * }</pre>
 *
 * @param <T> the type of the value
 */
@JsonSerialize(using = RefusingSerializer.class)
@JsonDeserialize(using = RefusingDeserializer.class)
public sealed interface Personal<T extends @Nullable Object> {

    /** Whom the value is about: 1 to 200 characters, an id that by itself says nothing about the person. */
    String subject();

    /** A value about a subject. */
    static <T extends @Nullable Object> Personal<T> of(String subject, T value) {
        return new Present<>(subject, value);
    }

    /** The value, or a replacement when it was forgotten. */
    default T orElse(T replacement) {
        return switch (this) {
            case Present<T>(var about, var present) -> present;
            case Forgotten<T> forgotten -> replacement;
        };
    }

    /**
     * A value that is there.
     *
     * @param subject whom it is about
     * @param value what it says
     * @param <T> the type of the value
     */
    record Present<T extends @Nullable Object>(String subject, T value) implements Personal<T> {

        /** Checks the subject. */
        public Present {
            Subjects.requireValid(subject);
        }

        /** The subject; never the value. */
        @Override
        public String toString() {
            return "Personal[of " + subject + "]";
        }
    }

    /**
     * A value that was there until its subject was forgotten.
     *
     * @param subject whom it was about
     * @param <T> the type of the value
     */
    record Forgotten<T extends @Nullable Object>(String subject) implements Personal<T> {

        /** Checks the subject. */
        public Forgotten {
            Subjects.requireValid(subject);
        }

        /** The subject. */
        @Override
        public String toString() {
            return "Personal[of " + subject + ", forgotten]";
        }
    }
}
