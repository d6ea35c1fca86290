package dev.headwater.bus;

import dev.headwater.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

/** The handlers of a bus in the order of subscription. Reading takes no lock; a change copies. */
final class HandlerTable {

    private final AtomicReference<Snapshot> current = new AtomicReference<>(new Snapshot(List.of()));

    List<RegisteredHandler> handlersOf(Class<? extends Message> messageClass) {
        return current.get().handlersOf(messageClass);
    }

    void add(RegisteredHandler handler) {
        current.updateAndGet(snapshot -> snapshot.with(handler));
    }

    void remove(RegisteredHandler handler) {
        current.updateAndGet(snapshot -> snapshot.without(handler));
    }

    /**
     * Handlers that do not change any more, with what was looked up among them. The lookups live and die with the
     * snapshot, so a slow reader cannot leave a stale one behind in its successor.
     */
    private static final class Snapshot {

        private final List<RegisteredHandler> all;
        private final Map<Class<?>, List<RegisteredHandler>> byClass = new ConcurrentHashMap<>();

        Snapshot(List<RegisteredHandler> all) {
            this.all = all;
        }

        List<RegisteredHandler> handlersOf(Class<?> messageClass) {
            var known = byClass.get(messageClass);
            return known != null ? known : byClass.computeIfAbsent(messageClass, this::find);
        }

        private List<RegisteredHandler> find(Class<?> messageClass) {
            return all.stream().filter(handler -> handler.takes(messageClass)).toList();
        }

        Snapshot with(RegisteredHandler handler) {
            var more = new ArrayList<>(all);
            more.add(handler);
            return new Snapshot(List.copyOf(more));
        }

        Snapshot without(RegisteredHandler handler) {
            return new Snapshot(all.stream().filter(other -> other != handler).toList());
        }
    }
}
