package dev.headwater.privacy;

import com.fasterxml.jackson.annotation.JacksonAnnotationsInside;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.annotation.JsonSerialize;

/**
 * Marks a record component of a plain type as personal data about the {@link DataSubject} of the same record.
 *
 * <p>It is written encrypted, as {@link Personal} is, and reads as the replacement once its subject is forgotten. What
 * was written in the clear, before the component was marked, is still read. A null stays in the clear: it is left out.
 * Prefer {@link Personal} where code has to tell a forgotten value from a real one.
 *
 * <pre>{@code
 * record Registered(@DataSubject CustomerId id, @PersonalData(replacement = "forgotten") String name) implements CustomerEvent {}
 * }</pre>
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.FIELD, ElementType.METHOD, ElementType.PARAMETER})
@JacksonAnnotationsInside
@JsonSerialize(using = RefusingSerializer.class)
@JsonDeserialize(using = RefusingDeserializer.class)
public @interface PersonalData {

    /**
     * What a forgotten value reads as: the text itself for a {@code String}, JSON for any other type.
     *
     * <p>When it is empty, as it is by default, the value is empty: {@code ""}, 0, false, a collection without
     * elements, an empty {@code Optional}. A component of any other type must name a replacement, which may be
     * {@code null}.
     */
    String replacement() default "";
}
