package dev.headwater.workflow;

import dev.headwater.DomainEvent;
import java.lang.reflect.Modifier;
import java.util.LinkedHashSet;
import java.util.Set;

/** What a type of events stands for. */
final class EventTypes {

    private EventTypes() {}

    /** The concrete classes that a type stands for: itself, or what it permits if it is sealed. */
    static Set<Class<? extends DomainEvent>> concrete(Class<? extends DomainEvent> type) {
        var found = new LinkedHashSet<Class<? extends DomainEvent>>();
        if (!isAbstract(type)) {
            found.add(type);
        }
        if (type.isSealed()) {
            for (var permitted : type.getPermittedSubclasses()) {
                found.addAll(concrete(permitted.asSubclass(DomainEvent.class)));
            }
        }
        return found;
    }

    /** Whether nobody can tell which classes a type stands for. */
    static boolean isOpen(Class<? extends DomainEvent> type) {
        if (type.isSealed()) {
            for (var permitted : type.getPermittedSubclasses()) {
                if (isOpen(permitted.asSubclass(DomainEvent.class))) {
                    return true;
                }
            }
            return false;
        }
        return isAbstract(type);
    }

    private static boolean isAbstract(Class<?> type) {
        return Modifier.isAbstract(type.getModifiers());
    }
}
