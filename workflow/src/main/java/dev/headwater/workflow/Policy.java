package dev.headwater.workflow;

import dev.headwater.Command;
import dev.headwater.DomainEvent;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Whenever this happens, send that: services that react to each other's events, without anybody in the middle. And
 * unless that follows in time, send this. Immutable and thread-safe.
 *
 * <pre>{@code
 * Policy.named("payment")
 *         .whenever(OrderPlaced.class)
 *             .send(TakePayment.class, placed -> new TakePayment(placed.orderId(), placed.total()))
 *         .build();
 *
 * Policy.named("late_payment")
 *         .whenever(OrderPlaced.class, OrderPlaced::orderId)
 *             .unless(PaymentOutcome.class, PaymentOutcome::orderId).within(ofMinutes(15))
 *             .send(CancelOrder.class, placed -> new CancelOrder(placed.orderId(), "no answer from payment"))
 *         .build();
 * }</pre>
 *
 * <p>The functions are pure. Each event counts exactly once: commands and checkpoint are one transaction. Events of a
 * stream are taken in order; where a policy has a time limit, so are those of an id.
 */
public final class Policy {

    private final String name;
    private final List<Rule> rules;
    private final @Nullable TableModel<Waiting, ?> limit;

    private Policy(String name, List<Rule> rules, @Nullable TableModel<Waiting, ?> limit) {
        this.name = name;
        this.rules = List.copyOf(rules);
        this.limit = limit;
    }

    /** What follows at once. */
    record Rule(Class<? extends DomainEvent> type, List<TableModel.Send> sends) {}

    /** The stages of waiting for what has to follow in time. */
    enum Waiting {
        /** It may still come in time. */
        WAITING,
        /** It came in time. */
        FOLLOWED,
        /** The time ended first. */
        EXPIRED
    }

    /**
     * Begins a policy.
     *
     * @param name identifies it for ever: letters, digits, dots and underscores, without a dash
     */
    public static Builder named(String name) {
        return new Builder(name);
    }

    /** The name of the policy. */
    public String name() {
        return name;
    }

    List<Rule> rules() {
        return rules;
    }

    /** How it waits for what has to follow in time, if it does. */
    @Nullable
    TableModel<Waiting, ?> limit() {
        return limit;
    }

    /** Names the policy. */
    @Override
    public String toString() {
        return "policy '" + name + "'";
    }

    /** A {@link Policy} in the making. Not thread-safe, and used no further once it was built. */
    public static sealed class Builder permits Whenever, LimitRow {

        final Draft draft;

        private Builder(String name) {
            this(new Draft(name));
        }

        private Builder(Draft draft) {
            this.draft = draft;
        }

        /** Whenever an event of this type happens, or, if it is sealed, of those that it permits. */
        public <E extends DomainEvent> Whenever<E> whenever(Class<E> type) {
            var rule = new Rule(type, new ArrayList<>());
            draft.rules.add(rule);
            return new Whenever<>(draft, rule);
        }

        /**
         * Whenever an event of this type is not followed in time; one such rule for a policy.
         *
         * @param type a concrete class
         * @param id the same for the event and for what follows it
         */
        public <E extends DomainEvent> Unless<E> whenever(Class<E> type, Function<? super E, String> id) {
            return new Unless<>(draft, type, id);
        }

        /**
         * Checks the policy.
         *
         * @throws IllegalArgumentException with one line per problem
         */
        public Policy build() {
            return draft.build();
        }
    }

    /** What follows an event at once. */
    public static final class Whenever<E extends DomainEvent> extends Builder {
        private final Rule rule;

        private Whenever(Draft draft, Rule rule) {
            super(draft);
            this.rule = rule;
        }

        /** Sends a command, made from the event. */
        public <C extends Command<?>> Whenever<E> send(Class<C> type, Function<? super E, ? extends C> command) {
            rule.sends().add(new TableModel.Send(type, (data, event) -> List.of(command.apply(TableModel.as(event)))));
            return this;
        }

        /** Sends any number of commands, made from the event. */
        public <C extends Command<?>> Whenever<E> sendEach(
                Class<C> type, Function<? super E, ? extends List<? extends C>> commands) {
            rule.sends().add(new TableModel.Send(type, (data, event) -> commands.apply(TableModel.as(event))));
            return this;
        }
    }

    /** What has to follow. */
    public static final class Unless<E extends DomainEvent> {
        private final Draft draft;
        private final Class<E> type;
        private final Function<? super E, String> id;

        private Unless(Draft draft, Class<E> type, Function<? super E, String> id) {
            this.draft = draft;
            this.type = type;
            this.id = id;
        }

        /** Unless an event of this type, or, if it is sealed, of those that it permits, follows with the same id. */
        public <F extends DomainEvent> Within<E, F> unless(Class<F> followed, Function<? super F, String> followedId) {
            return new Within<>(draft, type, id, followed, followedId);
        }
    }

    /** How much time it has. */
    public static final class Within<E extends DomainEvent, F extends DomainEvent> {
        private final Draft draft;
        private final Class<E> type;
        private final Function<? super E, String> id;
        private final Class<F> followed;
        private final Function<? super F, String> followedId;

        private Within(
                Draft draft,
                Class<E> type,
                Function<? super E, String> id,
                Class<F> followed,
                Function<? super F, String> followedId) {
            this.draft = draft;
            this.type = type;
            this.id = id;
            this.followed = followed;
            this.followedId = followedId;
        }

        /**
         * Within so long since the first event was handled, by the clock of the storage. What was in the log when the
         * time ended came in time.
         */
        public LimitRow<E, F> within(Duration limit) {
            var model = new TableModel<>(draft.name, 1, Waiting.class, type);
            model.correlate(type, id, true);
            model.correlate(followed, followedId, false);
            model.start(type, event -> event).to(Waiting.WAITING);
            var waiting = model.stage(Waiting.WAITING, false);
            waiting.limit(limit.toString(), data -> limit);
            waiting.on(followed).to(Waiting.FOLLOWED);
            waiting.on(type).ignored();
            var expired = waiting.onExpiry().to(Waiting.EXPIRED);
            for (var end : List.of(Waiting.FOLLOWED, Waiting.EXPIRED)) {
                var stage = model.stage(end, true);
                var again = stage.on(type).to(Waiting.WAITING);
                again.remember((former, event) -> event);
            }
            model.rows().get(1).on(followed).ignored();
            var late = model.rows().get(2).on(followed);
            draft.limits.add(model);
            return new LimitRow<>(draft, expired, late);
        }
    }

    /** What follows when the time ends. */
    public static final class LimitRow<E extends DomainEvent, F extends DomainEvent> extends Builder {
        private final TableModel.Row<Waiting> expired;
        private final TableModel.Row<Waiting> late;

        private LimitRow(Draft draft, TableModel.Row<Waiting> expired, TableModel.Row<Waiting> late) {
            super(draft);
            this.expired = expired;
            this.late = late;
        }

        /** When the time ends, sends a command, made from the first event. */
        public <C extends Command<?>> LimitRow<E, F> send(Class<C> type, Function<? super E, ? extends C> command) {
            expired.send(type, (data, event) -> List.of(command.apply(TableModel.as(data))));
            return this;
        }

        /** When what should have followed comes after the time has ended, sends a command, made from both events. */
        public <C extends Command<?>> LimitRow<E, F> sendWhenLate(
                Class<C> type, BiFunction<? super E, ? super F, ? extends C> command) {
            late.send(type, (data, event) -> List.of(command.apply(TableModel.as(data), TableModel.as(event))));
            return this;
        }
    }

    /** The rules so far. */
    static final class Draft {
        private final String name;
        private final List<Rule> rules = new ArrayList<>();
        private final List<TableModel<Waiting, ?>> limits = new ArrayList<>();

        private Draft(String name) {
            this.name = name;
        }

        private Policy build() {
            var problems = new ArrayList<>(TableCheck.checkName(name));
            if (rules.isEmpty() && limits.isEmpty()) {
                problems.add("it has no rule: begin one with whenever");
            }
            if (limits.size() > 1) {
                problems.add("it has " + limits.size() + " time limits: make a policy of each");
            }
            for (var rule : rules) {
                requireKnown(rule.type(), problems);
                if (rule.sends().isEmpty()) {
                    problems.add("nothing follows " + rule.type().getSimpleName() + ": say what with send");
                }
            }
            limits.forEach(limit -> problems.addAll(problems(limit)));
            if (!problems.isEmpty()) {
                throw new IllegalArgumentException(
                        "The policy '" + name + "' cannot be used:\n  " + String.join("\n  ", problems));
            }
            return new Policy(name, rules, limits.isEmpty() ? null : limits.getFirst());
        }

        private static List<String> problems(TableModel<Waiting, ?> limit) {
            var problems = new ArrayList<String>();
            var seen = new HashSet<Class<?>>();
            for (var correlation : limit.correlations()) {
                requireKnown(correlation.type(), problems);
                for (var type : EventTypes.concrete(correlation.type())) {
                    if (!seen.add(type)) {
                        problems.add(type.getSimpleName() + " cannot follow itself: name another event with unless");
                    }
                }
            }
            if (Modifier.isAbstract(limit.data().getModifiers())) {
                problems.add(limit.data().getSimpleName()
                        + " is not a concrete class, and is remembered until the time ends: name one event");
            }
            return problems;
        }

        private static void requireKnown(Class<? extends DomainEvent> type, List<String> problems) {
            if (EventTypes.isOpen(type)) {
                problems.add(type.getSimpleName()
                        + " is neither sealed nor concrete, so nobody knows which events it stands for: seal it, or"
                        + " give its events one by one");
            }
        }
    }
}
