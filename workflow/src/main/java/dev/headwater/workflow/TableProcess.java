package dev.headwater.workflow;

import dev.headwater.Command;
import dev.headwater.DomainEvent;
import dev.headwater.Message;
import dev.headwater.MessageTypes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A process manager or a policy, as it is run: what events lead to at once, and what they lead to by way of an
 * instance. Thread-safe.
 */
final class TableProcess {

    private final String name;
    private final int version;
    private final Map<Class<?>, List<TableModel.Send>> atOnce = new HashMap<>();
    private final @Nullable Table<?> table;
    /** Whether what no instance takes matters: a policy claims nothing that is not about it. */
    private final boolean claims;

    private final List<Class<?>> commands;

    private TableProcess(
            String name, int version, @Nullable TableModel<?, ?> model, boolean claims, List<Policy.Rule> rules) {
        this.name = name;
        this.version = version;
        this.table = model == null ? null : new Table<>(model);
        this.claims = claims;
        for (var rule : rules) {
            for (var type : EventTypes.concrete(rule.type())) {
                atOnce.computeIfAbsent(type, each -> new ArrayList<>()).addAll(rule.sends());
            }
        }
        var sends = Stream.concat(
                rules.stream().flatMap(rule -> rule.sends().stream()),
                model == null ? Stream.empty() : model.allRows().flatMap(row -> row.sends().stream()));
        this.commands = sends.<Class<?>>map(TableModel.Send::type).distinct().toList();
    }

    static TableProcess of(TableModel<?, ?> model) {
        return new TableProcess(model.name(), model.version(), model, true, List.of());
    }

    static TableProcess of(Policy policy) {
        return new TableProcess(policy.name(), 1, policy.limit(), false, policy.rules());
    }

    String name() {
        return name;
    }

    int version() {
        return version;
    }

    boolean claims() {
        return claims;
    }

    /** The table of its instances; nothing for a policy without a time limit. */
    @Nullable
    Table<?> table() {
        return table;
    }

    /** Which instance an event belongs to; nothing when it belongs to none. */
    @Nullable
    String id(DomainEvent event) {
        return table == null ? null : table.id(event);
    }

    /** The commands that follow an event at once. */
    List<Command<?>> atOnce(DomainEvent event) {
        return atOnce.getOrDefault(event.getClass(), List.of()).stream()
                .<Command<?>>flatMap(send -> send.commands().apply(event, event).stream())
                .toList();
    }

    /** The concrete events that it is about. */
    Set<Class<? extends DomainEvent>> types() {
        var types = new LinkedHashSet<Class<? extends DomainEvent>>();
        Stream.concat(atOnce.keySet().stream(), table == null ? Stream.empty() : table.types().stream())
                .forEach(type -> types.add(type.asSubclass(DomainEvent.class)));
        return types;
    }

    /** What keeps it from running with these types. */
    List<String> problems(MessageTypes types) {
        var problems = new ArrayList<String>();
        Stream.concat(types().stream(), commands.stream())
                .map(type -> type.asSubclass(Message.class))
                .filter(type -> !isRegistered(type, types))
                .forEach(type -> problems.add("'" + name + "' needs " + type.getName()
                        + ", which the store does not know: pass it, or the sealed interface that permits it, to"
                        + " MessageTypes"));
        return problems;
    }

    private static boolean isRegistered(Class<? extends Message> type, MessageTypes types) {
        return types.all().stream().anyMatch(registered -> type.isAssignableFrom(registered.type()));
    }
}
