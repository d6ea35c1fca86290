package dev.headwater.workflow;

import dev.headwater.Command;
import dev.headwater.DomainEvent;
import java.time.Duration;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * A {@link ProcessManager} in the making, from top to bottom. Not thread-safe, and used no further once it was built.
 *
 * @param <S> the stages
 * @param <D> what is remembered
 */
public sealed class ProcessTable<S extends Enum<S>, D>
        permits ProcessTable.StartRow, ProcessTable.Stage, ProcessTable.End, ProcessTable.UnclaimedRow {

    final TableModel<S, D> model;

    ProcessTable(TableModel<S, D> model) {
        this.model = model;
    }

    /**
     * An event that begins an instance, of this type or, if it is sealed, of those that it permits. One that comes
     * again for an instance that has begun is {@linkplain #unclaimed unclaimed}, unless a row of its stage takes it.
     *
     * @param id of the instance: 1 to 300 bytes of UTF-8; the same for the same event for ever
     * @param remembered what is remembered at first
     */
    public <E extends DomainEvent> StartChoice<S, D, E> startedBy(
            Class<E> type, Function<? super E, String> id, Function<? super E, ? extends D> remembered) {
        model.correlate(type, id, true);
        return new StartChoice<>(model, type, remembered);
    }

    /**
     * An event that may come, of this type or, if it is sealed, of those that it permits; every stage takes or ignores
     * it.
     *
     * @param id of the one instance that it belongs to; the same for the same event for ever
     */
    public <E extends DomainEvent> ProcessTable<S, D> expecting(Class<E> type, Function<? super E, String> id) {
        model.correlate(type, id, false);
        return this;
    }

    /** Shows a value of what is remembered, by which an instance is also found. */
    public ProcessTable<S, D> showing(String attribute, Function<? super D, String> value) {
        model.show(attribute, value);
        return this;
    }

    /** What happens in a stage; how long it may last is said first. */
    public LimitChoice<S, D> in(S stage) {
        return new LimitChoice<>(model, model.stage(stage, false));
    }

    /**
     * A stage in which an instance has ended. What still comes is {@linkplain #unclaimed unclaimed}, unless a row of
     * the stage answers it.
     */
    public End<S, D> endingIn(S stage) {
        return new End<>(model, model.stage(stage, true));
    }

    /**
     * Answers an event that no instance takes: it has ended, had not begun, or is kept no longer. Such events are also
     * counted and listed, answered or not.
     */
    public <E extends DomainEvent> UnclaimedRow<S, D, E> unclaimed(Class<E> type) {
        return new UnclaimedRow<>(model, model.unclaimed(type));
    }

    /**
     * Checks the table as a whole.
     *
     * @throws IllegalArgumentException with one line per problem, such as an event that a stage neither takes nor
     *     ignores, a stage that cannot be reached or from which no end can be reached, a row that is never used, and a
     *     time limit without consequence
     */
    public ProcessManager<S, D> build() {
        return new ProcessManager<>(model.checked());
    }

    /** Where an instance begins. */
    public static final class StartChoice<S extends Enum<S>, D, E extends DomainEvent> {
        private final TableModel<S, D> model;
        private final Class<E> type;
        private final Function<? super E, ? extends D> remembered;

        private StartChoice(TableModel<S, D> model, Class<E> type, Function<? super E, ? extends D> remembered) {
            this.model = model;
            this.type = type;
            this.remembered = remembered;
        }

        /** The instance begins in this stage. */
        public StartRow<S, D, E> to(S stage) {
            return new StartRow<>(model, model.start(type, remembered).to(stage));
        }
    }

    /** What follows when an instance begins. */
    public static final class StartRow<S extends Enum<S>, D, E extends DomainEvent> extends ProcessTable<S, D> {
        private final TableModel.Row<S> row;

        private StartRow(TableModel<S, D> model, TableModel.Row<S> row) {
            super(model);
            this.row = row;
        }

        /** Sends a command, made from what is remembered. */
        public <C extends Command<?>> StartRow<S, D, E> send(Class<C> type, Function<? super D, ? extends C> command) {
            row.send(type, (data, event) -> List.of(command.apply(TableModel.as(data))));
            return this;
        }

        /** Sends any number of commands, made from what is remembered. */
        public <C extends Command<?>> StartRow<S, D, E> sendEach(
                Class<C> type, Function<? super D, ? extends List<? extends C>> commands) {
            row.send(type, (data, event) -> commands.apply(TableModel.as(data)));
            return this;
        }
    }

    /** How long a stage may last. */
    public static final class LimitChoice<S extends Enum<S>, D> {
        private final TableModel<S, D> model;
        private final TableModel.StageModel<S> stage;

        private LimitChoice(TableModel<S, D> model, TableModel.StageModel<S> stage) {
            this.model = model;
            this.stage = stage;
        }

        /**
         * At most so long since the stage was entered, by the clock of the storage; then see {@link Stage#onExpiry}.
         */
        public Stage<S, D> atMost(Duration limit) {
            stage.limit(limit.toString(), data -> limit);
            return new Stage<>(model, stage);
        }

        /**
         * The same with a limit made from what is remembered.
         *
         * @param inWords what the limit is, to be read in the table
         */
        public Stage<S, D> atMost(String inWords, Function<? super D, Duration> limit) {
            stage.limit(inWords, data -> limit.apply(TableModel.as(data)));
            return new Stage<>(model, stage);
        }

        /** For as long as it takes. */
        public Stage<S, D> withoutLimit() {
            return new Stage<>(model, stage);
        }
    }

    /** A stage in which an instance waits. */
    public static sealed class Stage<S extends Enum<S>, D> extends ProcessTable<S, D> permits Row, ExpiryRow {
        final TableModel.StageModel<S> stage;

        private Stage(TableModel<S, D> model, TableModel.StageModel<S> stage) {
            super(model);
            this.stage = stage;
        }

        /** What an event leads to here, of this type or, if it is sealed, of those that it permits. */
        public <E extends DomainEvent> Choice<S, D, E> on(Class<E> type) {
            return new Choice<>(model, stage, stage.on(type));
        }

        /** Events that change nothing here. */
        @SafeVarargs
        public final Stage<S, D> ignoring(Class<? extends DomainEvent>... types) {
            for (var type : types) {
                stage.on(type).ignored();
            }
            return this;
        }

        /** What the end of the time leads to. */
        public ExpiryChoice<S, D> onExpiry() {
            return new ExpiryChoice<>(model, stage, stage.onExpiry());
        }
    }

    /** Where an event leads to. */
    public static final class Choice<S extends Enum<S>, D, E extends DomainEvent> {
        private final TableModel<S, D> model;
        private final TableModel.StageModel<S> stage;
        private final TableModel.Row<S> row;

        private Choice(TableModel<S, D> model, TableModel.StageModel<S> stage, TableModel.Row<S> row) {
            this.model = model;
            this.stage = stage;
            this.row = row;
        }

        /**
         * Only if this is so; otherwise the next row for the event is asked, of which the last one has no condition.
         *
         * @param inWords what the condition is, to be read in the table
         */
        public Choice<S, D, E> when(String inWords, BiPredicate<? super D, ? super E> condition) {
            row.when(inWords, (data, event) -> condition.test(TableModel.as(data), TableModel.as(event)));
            return this;
        }

        /** Goes to a stage and enters it, so that its time begins, also when it is the same one. */
        public Row<S, D, E> to(S next) {
            return new Row<>(model, stage, row.to(next));
        }

        /** Stays in the stage, whose time goes on. */
        public Row<S, D, E> staying() {
            return new Row<>(model, stage, row);
        }
    }

    /** What an event leads to in a stage. */
    public static final class Row<S extends Enum<S>, D, E extends DomainEvent> extends Stage<S, D> {
        private final TableModel.Row<S> row;

        private Row(TableModel<S, D> model, TableModel.StageModel<S> stage, TableModel.Row<S> row) {
            super(model, stage);
            this.row = row;
        }

        /** Remembers this from now on; the commands of the row are made from it. */
        public Row<S, D, E> remembering(BiFunction<? super D, ? super E, ? extends D> data) {
            row.remember((former, event) -> data.apply(TableModel.as(former), TableModel.as(event)));
            return this;
        }

        /** Sends a command, made from what is remembered. */
        public <C extends Command<?>> Row<S, D, E> send(Class<C> type, Function<? super D, ? extends C> command) {
            row.send(type, (data, event) -> List.of(command.apply(TableModel.as(data))));
            return this;
        }

        /** Sends a command, made from what is remembered and the event. */
        public <C extends Command<?>> Row<S, D, E> send(
                Class<C> type, BiFunction<? super D, ? super E, ? extends C> command) {
            row.send(type, (data, event) -> List.of(command.apply(TableModel.as(data), TableModel.as(event))));
            return this;
        }

        /** Sends any number of commands, made from what is remembered and the event. */
        public <C extends Command<?>> Row<S, D, E> sendEach(
                Class<C> type, BiFunction<? super D, ? super E, ? extends List<? extends C>> commands) {
            row.send(type, (data, event) -> commands.apply(TableModel.as(data), TableModel.as(event)));
            return this;
        }
    }

    /** Where the end of the time leads to. */
    public static final class ExpiryChoice<S extends Enum<S>, D> {
        private final TableModel<S, D> model;
        private final TableModel.StageModel<S> stage;
        private final TableModel.Row<S> row;

        private ExpiryChoice(TableModel<S, D> model, TableModel.StageModel<S> stage, TableModel.Row<S> row) {
            this.model = model;
            this.stage = stage;
            this.row = row;
        }

        /**
         * Only if this is so; otherwise the next row for the end of the time is asked, of which the last one has no
         * condition.
         *
         * @param inWords what the condition is, to be read in the table
         */
        public ExpiryChoice<S, D> when(String inWords, Predicate<? super D> condition) {
            row.when(inWords, (data, event) -> condition.test(TableModel.as(data)));
            return this;
        }

        /** Goes to a stage and enters it, so that its time begins, also when it is the same one. */
        public ExpiryRow<S, D> to(S next) {
            return new ExpiryRow<>(model, stage, row.to(next));
        }
    }

    /** What the end of the time leads to in a stage. */
    public static final class ExpiryRow<S extends Enum<S>, D> extends Stage<S, D> {
        private final TableModel.Row<S> row;

        private ExpiryRow(TableModel<S, D> model, TableModel.StageModel<S> stage, TableModel.Row<S> row) {
            super(model, stage);
            this.row = row;
        }

        /** Remembers this from now on; the commands of the row are made from it. */
        public ExpiryRow<S, D> remembering(UnaryOperator<D> data) {
            row.remember((former, event) -> data.apply(TableModel.as(former)));
            return this;
        }

        /** Sends a command, made from what is remembered. */
        public <C extends Command<?>> ExpiryRow<S, D> send(Class<C> type, Function<? super D, ? extends C> command) {
            row.send(type, (data, event) -> List.of(command.apply(TableModel.as(data))));
            return this;
        }

        /** Sends any number of commands, made from what is remembered. */
        public <C extends Command<?>> ExpiryRow<S, D> sendEach(
                Class<C> type, Function<? super D, ? extends List<? extends C>> commands) {
            row.send(type, (data, event) -> commands.apply(TableModel.as(data)));
            return this;
        }
    }

    /** A stage in which an instance has ended. */
    public static sealed class End<S extends Enum<S>, D> extends ProcessTable<S, D> permits LateRow {
        private final TableModel.StageModel<S> stage;

        private End(TableModel<S, D> model, TableModel.StageModel<S> stage) {
            super(model);
            this.stage = stage;
        }

        /** Answers an event that comes after the end; the instance stays where it is. */
        public <E extends DomainEvent> LateRow<S, D, E> on(Class<E> type) {
            return new LateRow<>(model, stage, stage.on(type));
        }

        /** Events that may come after the end and change nothing. */
        @SafeVarargs
        public final End<S, D> ignoring(Class<? extends DomainEvent>... types) {
            for (var type : types) {
                stage.on(type).ignored();
            }
            return this;
        }
    }

    /** What follows from an event that comes after the end. */
    public static final class LateRow<S extends Enum<S>, D, E extends DomainEvent> extends End<S, D> {
        private final TableModel.Row<S> row;

        private LateRow(TableModel<S, D> model, TableModel.StageModel<S> stage, TableModel.Row<S> row) {
            super(model, stage);
            this.row = row;
        }

        /** Sends a command, made from what is remembered. */
        public <C extends Command<?>> LateRow<S, D, E> send(Class<C> type, Function<? super D, ? extends C> command) {
            row.send(type, (data, event) -> List.of(command.apply(TableModel.as(data))));
            return this;
        }

        /** Sends a command, made from what is remembered and the event. */
        public <C extends Command<?>> LateRow<S, D, E> send(
                Class<C> type, BiFunction<? super D, ? super E, ? extends C> command) {
            row.send(type, (data, event) -> List.of(command.apply(TableModel.as(data), TableModel.as(event))));
            return this;
        }
    }

    /** What follows from an event that no instance takes. */
    public static final class UnclaimedRow<S extends Enum<S>, D, E extends DomainEvent> extends ProcessTable<S, D> {
        private final TableModel.Row<S> row;

        private UnclaimedRow(TableModel<S, D> model, TableModel.Row<S> row) {
            super(model);
            this.row = row;
        }

        /** Sends a command, made from the event. */
        public <C extends Command<?>> UnclaimedRow<S, D, E> send(
                Class<C> type, Function<? super E, ? extends C> command) {
            row.send(type, (data, event) -> List.of(command.apply(TableModel.as(event))));
            return this;
        }
    }
}
