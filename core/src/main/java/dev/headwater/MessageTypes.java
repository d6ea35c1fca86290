package dev.headwater;

import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The names and schema versions of an application's message classes, checked when it is built and immutable afterwards.
 *
 * <p>Only registered classes are ever made from stored or received data: a name from the wire is looked up here, so
 * nothing from outside chooses a class. Registering a sealed interface registers everything it permits; a permitted
 * class without a name, a name used twice or a class bound twice fails at once and names the culprits. Thread-safe.
 *
 * <pre>{@code
 * var types = MessageTypes.of(OrderEvent.class, PaymentEvent.class);
 * }</pre>
 */
public final class MessageTypes {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._-]{0,198}[A-Za-z0-9])?");

    private static final String BUILT_IN = "$";

    private static final List<Class<? extends Message>> KINDS =
            List.of(DomainEvent.class, IntegrationEvent.class, Command.class, Notification.class);

    private final Map<Class<?>, RegisteredType> byClass;
    private final Map<String, RegisteredType> byName;

    private MessageTypes(Map<Class<?>, RegisteredType> byClass, Map<String, RegisteredType> byName) {
        this.byClass = Collections.unmodifiableMap(byClass);
        this.byName = Collections.unmodifiableMap(byName);
    }

    /**
     * A concrete message class with the name and schema version it is bound to.
     *
     * @param type the concrete class
     * @param name the name on the wire and in the store
     * @param version the schema version that the class writes, from 1
     */
    public record RegisteredType(Class<? extends Message> type, String name, int version) {}

    /**
     * Registers annotated classes, and everything that sealed types among them permit.
     *
     * @throws IllegalArgumentException when a name is missing, malformed or used twice, or a type cannot be registered
     */
    @SafeVarargs
    public static MessageTypes of(Class<? extends Message>... types) {
        var builder = builder();
        for (var type : types) {
            builder.add(type);
        }
        return builder.build();
    }

    /** Starts an empty registry. */
    public static Builder builder() {
        return new Builder(false);
    }

    /**
     * Registers what a part of the toolkit records in reserved streams, under names that begin with {@code $}: a name
     * that no application can register, so that the two never meet.
     *
     * @throws IllegalArgumentException as {@link #of} does, and when a name does not begin with {@code $}
     */
    @SafeVarargs
    public static MessageTypes builtIn(Class<? extends Message>... types) {
        var builder = new Builder(true);
        for (var type : types) {
            builder.add(type);
        }
        return builder.build();
    }

    /** Whether a name is that of a type of the toolkit. */
    static boolean isBuiltIn(String name) {
        return name.startsWith(BUILT_IN);
    }

    /**
     * These types and others; a binding that both have counts once.
     *
     * @throws IllegalArgumentException when both bind a class or a name, and differently
     */
    MessageTypes and(MessageTypes others) {
        var both = new Builder(false);
        both.bindAll(all());
        both.bindAll(others.all().stream()
                .filter(type -> !type.equals(byClass.get(type.type())))
                .toList());
        return both.build();
    }

    /** The binding of a class; fails when it is not registered. */
    public RegisteredType require(Class<? extends Message> type) {
        var found = byClass.get(type);
        if (found == null) {
            throw unregistered(type);
        }
        return found;
    }

    static IllegalArgumentException unregistered(Class<?> type) {
        return new IllegalArgumentException("The message class " + type.getName()
                + " is not registered: pass it, or the sealed interface that permits it, to MessageTypes");
    }

    /** The binding of a name, if there is one. */
    public Optional<RegisteredType> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** Every binding, in the order of registration. */
    public Collection<RegisteredType> all() {
        return byClass.values();
    }

    /** The names of a class and of everything registered below it; fails when there is none. */
    public Set<String> namesOf(Class<? extends Message> type) {
        var names = new LinkedHashSet<String>();
        for (var registered : all()) {
            if (type.isAssignableFrom(registered.type())) {
                names.add(registered.name());
            }
        }
        if (names.isEmpty()) {
            require(type);
        }
        return Collections.unmodifiableSet(names);
    }

    /** Collects bindings; every problem found is reported together by {@link #build()}. Not thread-safe. */
    public static final class Builder {

        private final Map<Class<?>, RegisteredType> byClass = new LinkedHashMap<>();
        private final Map<String, RegisteredType> byName = new LinkedHashMap<>();
        private final List<Class<? extends Message>> annotated = new ArrayList<>();
        private final List<String> problems = new ArrayList<>();
        private final boolean builtIn;

        private Builder(boolean builtIn) {
            this.builtIn = builtIn;
        }

        /** Adds an annotated class, or everything that a sealed type permits. */
        public Builder add(Class<? extends Message> type) {
            annotated.add(type);
            return this;
        }

        /** Adds a concrete class that carries no annotation, or binds it to another name than its annotation says. */
        public Builder add(Class<? extends Message> type, String name, int version) {
            if (isAbstract(type)) {
                problems.add(
                        type.getName() + " is not a concrete class, so it cannot be bound to the name '" + name + "'");
            } else {
                bind(type, name, version);
            }
            return this;
        }

        /**
         * Checks everything and returns the registry.
         *
         * @throws IllegalArgumentException with one line per problem
         */
        public MessageTypes build() {
            var visited = new LinkedHashSet<Class<?>>();
            annotated.forEach(type -> addTree(type, visited));
            if (!problems.isEmpty()) {
                throw new IllegalArgumentException(
                        "The message types cannot be registered:\n  " + String.join("\n  ", problems));
            }
            return new MessageTypes(new LinkedHashMap<>(byClass), new LinkedHashMap<>(byName));
        }

        private void addTree(Class<? extends Message> type, Set<Class<?>> visited) {
            if (!visited.add(type)) {
                return;
            }
            if (type.isSealed()) {
                for (var permitted : type.getPermittedSubclasses()) {
                    addTree(permitted.asSubclass(Message.class), visited);
                }
            }
            if (isAbstract(type)) {
                if (!type.isSealed()) {
                    problems.add(type.getName() + " is neither sealed nor concrete: what implements it cannot be known;"
                            + " seal it, or register its implementations one by one");
                }
            } else if (!byClass.containsKey(type)) {
                bindAnnotated(type);
            }
        }

        private void bindAnnotated(Class<? extends Message> type) {
            var annotation = type.getAnnotation(MessageType.class);
            if (annotation == null) {
                problems.add(
                        type.getName()
                                + " has no name: annotate it with @MessageType(\"...\") or bind it with add(class, name, version)");
            } else {
                bind(type, annotation.value(), annotation.version());
            }
        }

        private void bindAll(Collection<RegisteredType> types) {
            types.forEach(this::bind);
        }

        private void bind(Class<? extends Message> type, String name, int version) {
            if (isBuiltIn(name) && !builtIn) {
                problems.add(type.getName() + " has the name '" + name
                        + "': names that begin with $ belong to the toolkit; choose another one");
                return;
            }
            if (builtIn && !isBuiltIn(name)) {
                problems.add(type.getName() + " has the name '" + name
                        + "': a type of the toolkit has one that begins with $");
                return;
            }
            if (!NAME.matcher(builtIn ? name.substring(1) : name).matches()) {
                problems.add(type.getName() + " has the name '" + name
                        + "': expected 1 to 200 letters, digits, dots, dashes or"
                        + " underscores, with a letter or digit at both ends");
                return;
            }
            if (KINDS.stream().filter(kind -> kind.isAssignableFrom(type)).count() > 1) {
                problems.add(type.getName()
                        + " is a message of two kinds: a domain event, integration event, command or notification is only one of"
                        + " them");
                return;
            }
            if (version < 1) {
                problems.add(type.getName() + " has the schema version " + version + ": versions count from 1");
                return;
            }
            bind(new RegisteredType(type, name, version));
        }

        private void bind(RegisteredType binding) {
            var type = binding.type();
            var name = binding.name();
            var sameClass = byClass.putIfAbsent(type, binding);
            if (sameClass != null) {
                problems.add(type.getName() + " is bound twice, to '" + sameClass.name() + "' and to '" + name + "'");
                return;
            }
            var sameName = byName.putIfAbsent(name, binding);
            if (sameName != null) {
                problems.add("the name '" + name + "' is used by "
                        + sameName.type().getName() + " and by " + type.getName());
            }
        }

        private static boolean isAbstract(Class<?> type) {
            return Modifier.isAbstract(type.getModifiers());
        }
    }
}
