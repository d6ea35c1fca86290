package dev.headwater.privacy;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks the record component that names whom the {@link PersonalData} of the same record is about.
 *
 * <p>It is a text, or an id that is written as one JSON value; 1 to 200 characters, which by themselves say nothing
 * about the person, since they are stored in the clear and stay for ever.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.FIELD, ElementType.METHOD, ElementType.PARAMETER})
public @interface DataSubject {}
