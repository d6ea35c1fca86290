package dev.headwater.workflow;

import dev.headwater.Command;
import dev.headwater.DomainEvent;
import dev.headwater.PlainText;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A table that is asked what events lead to. Thread-safe. */
final class Table<S extends Enum<S>> {

    /** The longest id of an instance, in bytes of UTF-8; with the name of the process it is that of a stream. */
    private static final int LONGEST_ID = 300;

    private final TableModel<S, ?> model;
    private final Map<Class<?>, TableModel.Correlation> correlations = new HashMap<>();
    private final Map<Class<?>, TableModel.Start<S>> starts = new HashMap<>();
    private final Map<String, TableModel.StageModel<S>> stages = new HashMap<>();
    private final Map<Class<?>, TableModel.Row<S>> unclaimed = new HashMap<>();

    Table(TableModel<S, ?> model) {
        this.model = model;
        for (var correlation : model.correlations()) {
            EventTypes.concrete(correlation.type()).forEach(type -> correlations.put(type, correlation));
        }
        for (var start : model.starts()) {
            EventTypes.concrete(start.type()).forEach(type -> starts.put(type, start));
        }
        for (var row : model.unclaimed()) {
            var type = row.type();
            if (type != null) {
                EventTypes.concrete(type).forEach(each -> unclaimed.put(each, row));
            }
        }
        model.rows().forEach(stage -> stages.put(stage.stage().name(), stage));
    }

    /**
     * What an event leads to.
     *
     * @param stage where the instance stands afterwards
     * @param isEntered whether it comes to that stage now
     * @param data what is remembered afterwards
     * @param commands what is sent
     */
    record Step(String stage, boolean isEntered, Object data, List<Command<?>> commands) {}

    /** The concrete events that belong to instances. */
    Set<Class<?>> types() {
        return correlations.keySet();
    }

    Class<?> dataType() {
        return model.data();
    }

    /** Which instance an event belongs to; nothing when it belongs to none by its type. */
    @Nullable
    String id(DomainEvent event) {
        var correlation = correlations.get(event.getClass());
        if (correlation == null) {
            return null;
        }
        @Nullable String id = correlation.id().apply(event);
        if (id == null || id.isEmpty() || !isShort(id)) {
            throw new IllegalArgumentException("The id that " + event.getClass().getSimpleName() + " belongs to "
                    + (id == null ? "is null" : "has " + id.length() + " characters") + ": expected 1 to " + LONGEST_ID
                    + " bytes of UTF-8; let the function given to startedBy or expecting return it");
        }
        return PlainText.require("instance", id);
    }

    static boolean isShort(String id) {
        return id.length() * 3L <= LONGEST_ID || id.getBytes(StandardCharsets.UTF_8).length <= LONGEST_ID;
    }

    /** How an event begins an instance; nothing when it does not. */
    @Nullable
    Step begin(DomainEvent event) {
        var start = starts.get(event.getClass());
        return start == null ? null : step(start.row(), "", start.remembered().apply(event), event);
    }

    /** Whether the table has a stage of that name. */
    boolean knows(String stage) {
        return stages.containsKey(stage);
    }

    boolean isEnding(String stage) {
        return stage(stage).isEnding();
    }

    /** What an event leads to in a stage; nothing when the stage does not take it. */
    @Nullable
    Step take(String stage, Object data, DomainEvent event) {
        return first(stage(stage).rowsFor(event.getClass()), stage, data, event);
    }

    /** What the end of the time leads to in a stage; nothing when that says nothing. */
    @Nullable
    Step expire(String stage, Object data) {
        return first(stage(stage).expiry(), stage, data, data);
    }

    private @Nullable Step first(List<TableModel.Row<S>> rows, String stage, Object data, Object event) {
        for (var row : rows) {
            if (row.accepts(data, event)) {
                return step(row, stage, data, event);
            }
        }
        return null;
    }

    private Step step(TableModel.Row<S> row, String stage, Object data, Object event) {
        @Nullable Object remembered = row.remember(data, event);
        if (remembered == null) {
            throw new IllegalArgumentException("A row of the process '" + model.name() + "' remembers null: let it"
                    + " return what is remembered from now on");
        }
        var target = row.target();
        var commands = row.commands(remembered, event);
        return target == null
                ? new Step(stage, false, remembered, commands)
                : new Step(target.name(), true, remembered, commands);
    }

    /** How long a stage may last; nothing when it may last as long as it takes. */
    Optional<Duration> limit(String stage, Object data) {
        return Optional.ofNullable(stage(stage).limit())
                .map(limit -> limit.duration().apply(data));
    }

    /** The commands that answer an event that no instance takes. */
    List<Command<?>> answer(DomainEvent event) {
        var row = unclaimed.get(event.getClass());
        return row == null ? List.of() : row.commands(event, event);
    }

    /** What a stage waits for, in words. */
    String waitingFor(String stage) {
        return stage(stage).rows().stream()
                .filter(row -> !row.isIgnored())
                .map(row -> Optional.<Class<?>>ofNullable(row.type())
                        .map(Class::getSimpleName)
                        .orElse(""))
                .distinct()
                .collect(Collectors.joining(" or "));
    }

    /** What an instance shows. */
    Map<String, String> attributes(Object data) {
        var shown = new LinkedHashMap<String, String>();
        for (Map.Entry<String, Function<Object, String>> attribute :
                model.attributes().entrySet()) {
            @Nullable String value = attribute.getValue().apply(data);
            if (value != null) {
                shown.put(attribute.getKey(), PlainText.require("attribute", value));
            }
        }
        return shown;
    }

    private TableModel.StageModel<S> stage(String name) {
        var stage = stages.get(name);
        if (stage == null) {
            throw new IllegalStateException("The process '" + model.name() + "' has no stage " + name);
        }
        return stage;
    }
}
