package dev.headwater.bus;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a method that {@link HandlerRegistry#addMethodsOf} takes as a handler; nothing scans for it.
 *
 * <p>The method has one parameter, an event or an {@link dev.headwater.Envelope} of one, returns nothing, and is
 * neither private nor static. It may throw anything.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Handles {}
