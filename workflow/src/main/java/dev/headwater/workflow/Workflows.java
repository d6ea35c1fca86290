package dev.headwater.workflow;

import dev.headwater.Command;
import dev.headwater.aggregate.DeciderRepository;
import dev.headwater.command.CommandDelivery;
import dev.headwater.store.EventStore;
import dev.headwater.subscription.DeadLetters;
import dev.headwater.subscription.StartFrom;
import dev.headwater.subscription.Subscription;
import dev.headwater.subscription.Subscriptions;
import dev.headwater.workflow.code.AggregateRoutes;
import dev.headwater.workflow.spi.ProcessStorage;
import dev.headwater.workflow.spi.StepReceipts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Runs workflows, process managers and policies, shared with every other process that does, and shows how they are
 * doing.
 *
 * <p>Each is a subscription of the name {@code $name}, which shares work, retries and puts aside what fails as others
 * do. What an event leads to, the commands and the checkpoint are one transaction, so each event counts once. Time
 * limits follow the clock of the storage; one that ends is itself a record in the log, so an event that was in the log
 * before it is always taken first. Thread-safe.
 *
 * <pre>{@code
 * var workflows = Workflows.builder(store, subscriptions, database.processStorage())
 *         .run(OrderProcess.TABLE)
 *         .start();
 * }</pre>
 */
public final class Workflows implements AutoCloseable {

    private final Engine<?> engine;
    private final Optional<DeadLetters> letters;
    private final Runnable lookForLetters;

    private Workflows(Engine<?> engine, Optional<DeadLetters> letters, Runnable lookForLetters) {
        this.engine = engine;
        this.letters = letters;
        this.lookForLetters = lookForLetters;
    }

    /**
     * Begins the settings.
     *
     * @param store the log, with the application's events and commands
     * @param subscriptions those of the application, over the same storage; closing these workflows leaves them open
     * @param storage keeps the instances
     */
    public static <T> Builder<T> builder(EventStore store, Subscriptions<T> subscriptions, ProcessStorage<T> storage) {
        return new Builder<>(store, subscriptions, storage);
    }

    /** The settings of {@link Workflows}. Not thread-safe. */
    public static final class Builder<T> {
        private static final Duration GLANCE = Duration.ofMillis(200);

        private final EventStore store;
        private final Subscriptions<T> subscriptions;
        private final ProcessStorage<T> storage;
        private final Map<String, TableProcess> processes = new LinkedHashMap<>();
        private final Map<String, CodeProcess> workflows = new LinkedHashMap<>();
        private final AggregateRoutes aggregates = new AggregateRoutes();
        private Optional<StepReceipts<T>> receipts = Optional.empty();
        private Optional<DeadLetters> letters = Optional.empty();
        private final Map<String, StartFrom> starts = new LinkedHashMap<>();
        private final List<Subscription<T>> deliveries = new ArrayList<>();
        private Duration glance = GLANCE;
        private boolean timed = true;

        private Builder(EventStore store, Subscriptions<T> subscriptions, ProcessStorage<T> storage) {
            this.store = store;
            this.subscriptions = subscriptions;
            this.storage = storage;
        }

        /** Runs a process manager here, from the first event on that is appended after its first start anywhere. */
        public Builder<T> run(ProcessManager<?, ?> process) {
            return run(process, StartFrom.end());
        }

        /** Runs a process manager here, which began, or begins, with its first start there. */
        public Builder<T> run(ProcessManager<?, ?> process, StartFrom from) {
            return run(TableProcess.of(process.model()), from);
        }

        /** Runs a policy here, from the first event on that is appended after its first start anywhere. */
        public Builder<T> run(Policy policy) {
            return run(policy, StartFrom.end());
        }

        /** Runs a policy here, which began, or begins, with its first start there. */
        public Builder<T> run(Policy policy, StartFrom from) {
            return run(TableProcess.of(policy), from);
        }

        /**
         * Runs a workflow here, from the first event on that is appended after its first start anywhere. Several
         * versions of one workflow run side by side; what begins, begins with the newest.
         */
        public Builder<T> run(WorkflowDefinition<?, ?> definition) {
            return run(definition, StartFrom.end());
        }

        /** Runs a workflow here, which began, or begins, with its first start there. */
        public Builder<T> run(WorkflowDefinition<?, ?> definition, StartFrom from) {
            var known = workflows.get(definition.name());
            if (known == null) {
                requireFree(definition.name());
                workflows.put(definition.name(), new CodeProcess(definition, from));
            } else {
                known.addVersion(definition);
            }
            return this;
        }

        /**
         * Commands of a type, and of all that it permits if it is sealed, are for these aggregates when workflows
         * {@linkplain WorkflowContext#execute execute} them.
         */
        public <C extends Command<?>> Builder<T> aggregates(
                Class<C> type, DeciderRepository<? super C, ?, ?> repository, Function<? super C, String> id) {
            aggregates.add(type, repository, id);
            return this;
        }

        /**
         * Where instances of workflows stand that are stuck. Each is tried again once with every start, in case that
         * its code is mended, and when somebody {@linkplain Workflows#retry asks} for it.
         */
        public Builder<T> deadLetters(DeadLetters newLetters) {
            letters = Optional.of(newLetters);
            return this;
        }

        /** Where steps of workflows are done that belong to the {@linkplain Step#transaction same database}. */
        public Builder<T> transactionalSteps(StepReceipts<T> newReceipts) {
            receipts = Optional.of(newReceipts);
            return this;
        }

        private void requireFree(String name) {
            if (processes.containsKey(name) || workflows.containsKey(name)) {
                throw new IllegalArgumentException("Two processes have the name '" + name
                        + "', by which their instances are kept: give one of them another");
            }
        }

        private Builder<T> run(TableProcess process, StartFrom from) {
            requireFree(process.name());
            processes.put(process.name(), process);
            starts.put(process.name(), from);
            return this;
        }

        /**
         * Delivers commands from the log here, those that processes send among them. Without, somebody else has to, as
         * another service does that runs its own.
         *
         * @throws IllegalStateException with one line per problem of the delivery
         */
        public Builder<T> commands(CommandDelivery.Builder delivery) {
            deliveries.add(delivery.build());
            return this;
        }

        /** How often it is looked whether a time limit has ended, while none is due; every 200 ms unless chosen. */
        public Builder<T> lookingEvery(Duration interval) {
            if (!interval.isPositive()) {
                throw new IllegalArgumentException("The interval is " + interval + ": expected more than zero");
            }
            this.glance = interval;
            return this;
        }

        /** Leaves time limits to whoever calls {@link #endTimes}, as a test that moves the clock does. */
        public Builder<T> withoutTimekeeper() {
            this.timed = false;
            return this;
        }

        /**
         * Begins; what was left unfinished goes on.
         *
         * @throws IllegalArgumentException with one line per problem, such as an event or command whose class the store
         *     does not know; nothing was started
         */
        public Workflows start() {
            var problems = new ArrayList<String>();
            processes
                    .values()
                    .forEach(process ->
                            problems.addAll(process.problems(store.serializer().types())));
            workflows.values().forEach(workflow -> problems.addAll(workflow.problems(store)));
            if (!problems.isEmpty()) {
                throw new IllegalArgumentException(
                        "The processes cannot run here:\n  " + String.join("\n  ", problems));
            }
            var engine = new Engine<>(store, storage, subscriptions);
            try {
                deliveries.forEach(delivery -> engine.start(delivery));
                for (var process : processes.values()) {
                    engine.start(process, starts.getOrDefault(process.name(), StartFrom.end()));
                }
                for (var workflow : workflows.values()) {
                    engine.start(workflow, aggregates, receipts);
                }
            } catch (RuntimeException e) {
                engine.close();
                throw e;
            }
            if (timed) {
                engine.keepTime(glance, subscriptions.settings().stepper());
            }
            letters.ifPresent(given ->
                    workflows.values().forEach(workflow -> given.retry(workflow.stuck(), "start of the process")));
            subscriptions.renewSoon();
            return new Workflows(engine, letters, subscriptions::renewSoon);
        }
    }

    /**
     * An instance of a workflow that was started.
     *
     * @param definition of the workflow
     * @param id the instance
     * @param isNew whether this call has started it
     * @param <R> what it ends with
     */
    public record Handle<R>(WorkflowDefinition<?, R> definition, String id, boolean isNew) {}

    /**
     * Starts an instance of a workflow and returns when that is durable; started again with the same input it is the
     * same instance. It may be run by any process that runs the workflow.
     *
     * @throws IllegalStateException when the id was started with another input, or by an event
     */
    public <I, R> Handle<R> start(WorkflowDefinition<I, R> definition, String id, I input) {
        return new Handle<>(definition, id, engine.calls().start(definition, id, input));
    }

    /** Waits for the end of an instance of a workflow; empty when it does not come in time. */
    public <R> Optional<Ending<R>> awaitEnd(Handle<R> handle, Duration atMost) throws InterruptedException {
        return engine.awaitEnd(handle.definition().name(), handle.id(), atMost)
                .flatMap(ended -> engine.calls().ending(handle.definition(), handle.id()));
    }

    /**
     * Asks an instance of a workflow to stop and to undo what it has done. What it does at the moment is still
     * recorded; asking again changes nothing.
     *
     * @return false when it has ended, or was never started
     */
    public boolean cancel(WorkflowDefinition<?, ?> definition, String id, String by, String reason) {
        return engine.calls().cancel(definition, id, by, reason);
    }

    /**
     * Has an instance of a workflow go on now, with the code as it is: one that is stuck, or that waits before another
     * attempt of a step or of a compensation, whose pause ends.
     *
     * @param by is kept in the history of the dead letter, or with the end of the pause
     * @return whether it was stuck, or waited before another attempt
     * @throws IllegalStateException when these workflows were not given the {@linkplain Builder#deadLetters dead
     *     letters}
     */
    public boolean retry(WorkflowDefinition<?, ?> definition, String id, String by) {
        var known = letters.orElseThrow(() -> new IllegalStateException(
                "These workflows do not know the dead letters: give them with deadLetters(…), or retry there"));
        boolean paused = engine.endPauses(definition.name(), id, by);
        int retried = known.retry(CodeProcess.stuck(definition.name()).ofKey(id), by);
        lookForLetters.run();
        return retried > 0 || paused;
    }

    /** Gives up one compensation that cannot succeed, which is recorded with who and why; the others go on. */
    public void skipCompensation(
            WorkflowDefinition<?, ?> definition, String id, String compensation, String by, String reason) {
        engine.calls().skipCompensation(definition, id, compensation, by, reason);
    }

    /**
     * How everything is doing that runs here or has instances here, and what needs somebody. An instance that could
     * have gone on, a time limit that has ended and an event that waits are alarms when nothing came of them within
     * three {@linkplain dev.headwater.subscription.SubscriptionSettings#lease leases}. Some statements, whose cost
     * grows with the number of unfinished instances.
     */
    public WorkflowsStatus status() {
        return engine.status();
    }

    /** An instance, if there is one. */
    public Optional<ProcessInstance> find(String process, String id) {
        return engine.storage().find(process, id);
    }

    /**
     * Instances that a filter wants, by process, and those of a process in the order in which they began.
     *
     * @param after the last one of the page before; empty for the first page
     * @param limit the most to return
     */
    public List<ProcessInstance> list(ProcessFilter filter, Optional<ProcessInstance> after, int limit) {
        return engine.storage().list(filter, after, limit);
    }

    /** How many instances there are, by process and state. */
    public Map<String, Map<ProcessState, Long>> count() {
        return engine.storage().count();
    }

    /**
     * Events that no instance took, answered or not, by process, and those of a process in the order of the log.
     *
     * @param process of this process, or of all
     * @param after the last one of the page before; empty for the first page
     * @param limit the most to return
     */
    public List<UnclaimedEvent> unclaimed(Optional<String> process, Optional<UnclaimedEvent> after, int limit) {
        return engine.storage().unclaimed(process, after, limit);
    }

    /** How many events no instance took, by process. */
    public Map<String, Long> countUnclaimed() {
        return engine.storage().countUnclaimed();
    }

    /**
     * Waits until an instance has ended; also one that has not begun yet.
     *
     * @return the instance; empty when it has not ended in time
     */
    public Optional<ProcessInstance> awaitEnd(String process, String id, Duration atMost) throws InterruptedException {
        return engine.awaitEnd(process, id, atMost);
    }

    /**
     * What an instance has sent and what is known of it, a line each, in the order of the log, as a story.
     *
     * @return no line when there is no such instance
     */
    public List<String> history(String process, String id) {
        return engine.history(process, id);
    }

    /**
     * Records now which time limits have ended, which is otherwise done by a thread of its own; what follows from it is
     * done by the subscriptions.
     *
     * @return how many were recorded
     */
    public int endTimes() {
        return engine.endTimes();
    }

    /**
     * Removes rows of instances that have ended so long ago, with the events that nobody took as long ago. The log
     * keeps what they did. What comes for such an instance is {@linkplain ProcessTable#unclaimed unclaimed}.
     *
     * @return how many rows were removed
     */
    public long removeEnded(Duration endedFor) {
        return engine.removeEnded(endedFor);
    }

    /** Stops taking events and returns when what is at hand is stored. */
    @Override
    public void close() {
        engine.close();
    }
}
