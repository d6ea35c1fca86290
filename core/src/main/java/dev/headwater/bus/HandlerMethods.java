package dev.headwater.bus;

import dev.headwater.Command;
import dev.headwater.Envelope;
import dev.headwater.Message;
import dev.headwater.bus.HandlerRegistry.Entry;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes handlers of the methods of an object. */
final class HandlerMethods {

    private final Object object;
    private final List<String> problems = new ArrayList<>();

    private HandlerMethods(Object object) {
        this.object = object;
    }

    static List<Entry<?>> of(Object object) {
        return new HandlerMethods(object).find();
    }

    private List<Entry<?>> find() {
        var entries = new ArrayList<Entry<?>>();
        for (var method : annotatedMethods()) {
            var entry = entry(method);
            if (entry != null) {
                entries.add(entry);
            }
        }
        if (entries.isEmpty() && problems.isEmpty()) {
            problems.add(object.getClass().getName() + " has no method that is annotated with @Handles");
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(
                    "The methods cannot be made handlers:\n  " + String.join("\n  ", problems));
        }
        return entries;
    }

    private List<Method> annotatedMethods() {
        var bySignature = new LinkedHashMap<String, Method>();
        for (Class<?> type = object.getClass(); type != null; type = type.getSuperclass()) {
            for (var method : type.getDeclaredMethods()) {
                if (!method.isSynthetic()) {
                    bySignature.putIfAbsent(method.getName() + Arrays.toString(method.getParameterTypes()), method);
                }
            }
        }
        return bySignature.values().stream()
                .filter(method -> method.isAnnotationPresent(Handles.class))
                .sorted(Comparator.comparing(HandlerMethods::nameOf))
                .toList();
    }

    private @Nullable Entry<?> entry(Method method) {
        int modifiers = method.getModifiers();
        var type = method.getParameterCount() == 1 ? messageType(method.getGenericParameterTypes()[0]) : null;
        if (type == null) {
            return refuse(method, "must have exactly one parameter, an event class or Envelope<event class>");
        }
        if (Command.class.isAssignableFrom(type)) {
            return refuse(method, "takes a command: give it to CommandBus.builder(...).handle");
        }
        if (method.getReturnType() != void.class) {
            return refuse(method, "returns a value that nobody would get: make it void");
        }
        if (Modifier.isPrivate(modifiers) || Modifier.isStatic(modifiers)) {
            return refuse(method, "is private or static: make it an instance method of package visibility or more");
        }
        if (!method.trySetAccessible()) {
            return refuse(
                    method,
                    "cannot be called: make it and its class public in an exported package, or open the package to "
                            + HandlerMethods.class.getModule().getName());
        }
        boolean takesEnvelope = method.getParameterTypes()[0] == Envelope.class;
        return entry(type, method, takesEnvelope);
    }

    private <M extends Message> Entry<M> entry(Class<M> type, Method method, boolean takesEnvelope) {
        return new Entry<>(
                type,
                nameOf(method),
                envelope -> invoke(method, object, takesEnvelope ? envelope : envelope.message()));
    }

    private @Nullable Entry<?> refuse(Method method, String reason) {
        problems.add(nameOf(method) + " " + reason);
        return null;
    }

    private static String nameOf(Method method) {
        var parameters = Arrays.stream(method.getGenericParameterTypes())
                .map(HandlerMethods::shortName)
                .toList();
        return method.getDeclaringClass().getName() + "." + method.getName() + "(" + String.join(", ", parameters)
                + ")";
    }

    private static String shortName(Type type) {
        return switch (type) {
            case Class<?> plain -> plain.getSimpleName();
            case ParameterizedType generic ->
                generic.getRawType() == Envelope.class
                        ? "Envelope<" + shortName(generic.getActualTypeArguments()[0]) + ">"
                        : generic.getTypeName();
            default -> type.getTypeName();
        };
    }

    /** The messages that a parameter takes; null when it is neither a message nor an envelope of one. */
    private static @Nullable Class<? extends Message> messageType(Type parameter) {
        return switch (parameter) {
            case ParameterizedType generic
            when generic.getRawType() == Envelope.class ->
                messageClass(upperBound(generic.getActualTypeArguments()[0]));
            case ParameterizedType generic -> messageClass(generic.getRawType());
            default -> messageClass(parameter);
        };
    }

    private static Type upperBound(Type argument) {
        return argument instanceof WildcardType wildcard ? wildcard.getUpperBounds()[0] : argument;
    }

    private static @Nullable Class<? extends Message> messageClass(Type type) {
        return type instanceof Class<?> plain && Message.class.isAssignableFrom(plain)
                ? plain.asSubclass(Message.class)
                : null;
    }

    private static void invoke(Method method, Object object, Object argument) throws Exception {
        try {
            method.invoke(object, argument);
        } catch (InvocationTargetException e) {
            switch (e.getCause()) {
                case Exception exception -> throw exception;
                case Error error -> throw error;
                case null, default -> throw e;
            }
        }
    }
}
