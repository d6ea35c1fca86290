package dev.headwater;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The name and schema version under which a message class is stored and sent.
 *
 * <p>The name outlives the class: rename or move the class freely, keep the name. {@link MessageTypes} checks both when
 * it is built. A class that cannot carry the annotation is registered by name with
 * {@link MessageTypes.Builder#add(Class, String, int)}.
 */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface MessageType {

    /**
     * The name, such as {@code order.placed}: letters, digits, dots, dashes and underscores, at most 200 characters.
     */
    String value();

    /** The schema version of the class as it is now, from 1. */
    int version() default 1;
}
