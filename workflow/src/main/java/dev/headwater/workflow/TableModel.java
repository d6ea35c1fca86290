package dev.headwater.workflow;

import dev.headwater.Command;
import dev.headwater.DomainEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a table as they were given. Types are erased here: {@link ProcessTable} lets only functions in that fit
 * their events and data.
 */
final class TableModel<S extends Enum<S>, D> {

    private final String name;
    private final int version;
    private final Class<S> stages;
    private final Class<D> data;
    private final List<Correlation> correlations = new ArrayList<>();
    private final List<Start<S>> starts = new ArrayList<>();
    private final List<StageModel<S>> rows = new ArrayList<>();
    private final List<Row<S>> unclaimed = new ArrayList<>();
    private final Map<String, Function<Object, String>> attributes = new LinkedHashMap<>();
    private boolean built;

    TableModel(String name, int version, Class<S> stages, Class<D> data) {
        this.name = name;
        this.version = version;
        this.stages = stages;
        this.data = data;
    }

    /** Which instance an event belongs to. */
    record Correlation(Class<? extends DomainEvent> type, Function<Object, String> id, boolean starts) {}

    /** How an instance begins. */
    record Start<S>(Class<? extends DomainEvent> type, Function<Object, Object> remembered, Row<S> row) {}

    /** Commands that a row sends. */
    record Send(Class<?> type, BiFunction<Object, Object, ? extends List<? extends Command<?>>> commands) {}

    /** A condition, with what it is in words. */
    record Guard(String inWords, BiPredicate<Object, Object> condition) {}

    /** How long a stage may last. */
    record Limit(String inWords, Function<Object, Duration> duration) {}

    /** What an event, or the end of the time, leads to. */
    static final class Row<S> {
        private final @Nullable Class<? extends DomainEvent> type;
        private final List<Send> sends = new ArrayList<>();
        private @Nullable Guard guard;
        private @Nullable S target;
        private @Nullable BiFunction<Object, Object, Object> remembered;
        private boolean ignored;

        Row(@Nullable Class<? extends DomainEvent> type) {
            this.type = type;
        }

        Row<S> to(S stage) {
            target = stage;
            return this;
        }

        void when(String inWords, BiPredicate<Object, Object> condition) {
            guard = guard == null
                    ? new Guard(inWords, condition)
                    : new Guard(
                            guard.inWords() + " and " + inWords,
                            guard.condition().and(condition));
        }

        void remember(BiFunction<Object, Object, Object> data) {
            remembered = data;
        }

        void send(Class<?> command, BiFunction<Object, Object, ? extends List<? extends Command<?>>> commands) {
            sends.add(new Send(command, commands));
        }

        void ignored() {
            ignored = true;
        }

        boolean isAbout(Class<?> event) {
            return type != null && type.isAssignableFrom(event);
        }

        boolean accepts(Object data, Object event) {
            return guard == null || guard.condition().test(data, event);
        }

        @Nullable
        Class<? extends DomainEvent> type() {
            return type;
        }

        @Nullable
        Guard guard() {
            return guard;
        }

        /** Where it leads to; nothing when it stays. */
        @Nullable
        S target() {
            return target;
        }

        boolean isIgnored() {
            return ignored;
        }

        List<Send> sends() {
            return sends;
        }

        Object remember(Object data, Object event) {
            return remembered == null ? data : remembered.apply(data, event);
        }

        List<Command<?>> commands(Object data, Object event) {
            return sends.stream()
                    .<Command<?>>flatMap(send -> send.commands().apply(data, event).stream())
                    .toList();
        }
    }

    /** What happens in a stage. */
    static final class StageModel<S> {
        private final S stage;
        private final boolean ending;
        private final List<Row<S>> rows = new ArrayList<>();
        private final List<Row<S>> expiry = new ArrayList<>();
        private @Nullable Limit limit;

        StageModel(S stage, boolean ending) {
            this.stage = stage;
            this.ending = ending;
        }

        void limit(String inWords, Function<Object, Duration> duration) {
            limit = new Limit(inWords, duration);
        }

        Row<S> on(Class<? extends DomainEvent> type) {
            var row = new Row<S>(type);
            rows.add(row);
            return row;
        }

        Row<S> onExpiry() {
            var row = new Row<S>(null);
            expiry.add(row);
            return row;
        }

        S stage() {
            return stage;
        }

        boolean isEnding() {
            return ending;
        }

        @Nullable
        Limit limit() {
            return limit;
        }

        List<Row<S>> rows() {
            return rows;
        }

        /** The rows that may take an event, in the order in which they are asked. */
        List<Row<S>> rowsFor(Class<?> event) {
            return rows.stream().filter(row -> row.isAbout(event)).toList();
        }

        List<Row<S>> expiry() {
            return expiry;
        }
    }

    void correlate(Class<? extends DomainEvent> type, Function<?, String> id, boolean starting) {
        requireUnbuilt();
        correlations.add(new Correlation(
                type, event -> TableModel.<Function<Object, String>>as(id).apply(event), starting));
    }

    Row<S> start(Class<? extends DomainEvent> type, Function<?, ?> remembered) {
        requireUnbuilt();
        var row = new Row<S>(type);
        starts.add(new Start<>(
                type,
                event -> TableModel.<Function<Object, Object>>as(remembered).apply(event),
                row));
        return row;
    }

    void show(String attribute, Function<?, String> value) {
        requireUnbuilt();
        attributes.put(
                attribute,
                data -> TableModel.<Function<Object, String>>as(value).apply(data));
    }

    StageModel<S> stage(S stage, boolean ending) {
        requireUnbuilt();
        var model = new StageModel<>(stage, ending);
        rows.add(model);
        return model;
    }

    Row<S> unclaimed(Class<? extends DomainEvent> type) {
        requireUnbuilt();
        var row = new Row<S>(type);
        unclaimed.add(row);
        return row;
    }

    /** The same, checked, and not to be changed any more. */
    TableModel<S, D> checked() {
        requireUnbuilt();
        var problems = new TableCheck<>(this).problems();
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(
                    "The table of the process '" + name + "' cannot be used:\n  " + String.join("\n  ", problems));
        }
        built = true;
        return this;
    }

    private void requireUnbuilt() {
        if (built) {
            throw new IllegalStateException(
                    "The table of the process '" + name + "' was built already: begin another one");
        }
    }

    String name() {
        return name;
    }

    int version() {
        return version;
    }

    Class<S> stages() {
        return stages;
    }

    Class<D> data() {
        return data;
    }

    List<Correlation> correlations() {
        return correlations;
    }

    List<Start<S>> starts() {
        return starts;
    }

    List<StageModel<S>> rows() {
        return rows;
    }

    List<Row<S>> unclaimed() {
        return unclaimed;
    }

    Map<String, Function<Object, String>> attributes() {
        return attributes;
    }

    /** Every row, wherever it stands. */
    Stream<Row<S>> allRows() {
        return Stream.of(
                        starts.stream().map(Start::row),
                        rows.stream().flatMap(stage -> stage.rows().stream()),
                        rows.stream().flatMap(stage -> stage.expiry().stream()),
                        unclaimed.stream())
                .flatMap(each -> each);
    }

    /** The value as what the types of {@link ProcessTable} have made sure that it is. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    static <T> T as(Object value) {
        return (T) value;
    }
}
