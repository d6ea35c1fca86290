package dev.headwater.schema.derivation;

import java.lang.reflect.AnnotatedArrayType;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.BeanProperty;
import tools.jackson.databind.JavaType;

/**
 * A place in a message where a value stands: a component, or an element of one.
 *
 * @param path where that is, such as {@code order.placed: items[].price}
 * @param declared the type as it was written down, with its annotations, where that is known
 * @param property the component, which may say how its values are written
 */
record Place(
        String path,
        JavaType type,
        @Nullable AnnotatedType declared,
        @Nullable BeanProperty property) {

    /** The place of a component below this one. */
    Place component(BeanProperty component) {
        var separator = path.endsWith(": ") ? "" : ".";
        return new Place(
                path + separator + component.getName(), component.getType(), declaredType(component), component);
    }

    /** What an optional, an array or a collection holds. */
    Place content(String suffix) {
        return new Place(path + suffix, type.getContentType(), contentDeclared(), property);
    }

    /** The same place, seen as another type. */
    Place as(JavaType other) {
        return new Place(path, other, null, property);
    }

    /** Whether null may stand here, by an annotation named {@code Nullable} of whatever library. */
    boolean isNullable() {
        return hasNullable(declared);
    }

    static boolean isNullable(BeanProperty component) {
        return hasNullable(declaredType(component))
                || hasNullable(component.getMember().getAnnotated());
    }

    private static @Nullable AnnotatedType declaredType(BeanProperty component) {
        return switch (component.getMember().getAnnotated()) {
            case Method accessor -> accessor.getAnnotatedReturnType();
            case Field field -> field.getAnnotatedType();
            case null, default -> null;
        };
    }

    private static boolean hasNullable(@Nullable AnnotatedElement element) {
        return element != null
                && Arrays.stream(element.getAnnotations())
                        .anyMatch(annotation ->
                                annotation.annotationType().getSimpleName().equals("Nullable"));
    }

    /** The last argument is the content: of a list the only one, of a map the value. */
    private @Nullable AnnotatedType contentDeclared() {
        return switch (declared) {
            case AnnotatedParameterizedType generic
            when generic.getAnnotatedActualTypeArguments().length == Math.max(1, type.containedTypeCount()) -> {
                var arguments = generic.getAnnotatedActualTypeArguments();
                yield arguments[arguments.length - 1];
            }
            case AnnotatedArrayType array -> array.getAnnotatedGenericComponentType();
            case null, default -> null;
        };
    }
}
