package dev.headwater.workflow;

import dev.headwater.DomainEvent;
import dev.headwater.failure.FailureKind;
import dev.headwater.failure.RetryPolicy;
import dev.headwater.store.EventStore;
import dev.headwater.subscription.DeadLetter;
import dev.headwater.subscription.DeadLetterFilter;
import dev.headwater.subscription.StartFrom;
import dev.headwater.subscription.Subscription;
import dev.headwater.workflow.code.Aggregates;
import dev.headwater.workflow.code.InstanceProjection;
import dev.headwater.workflow.code.WorkflowReactor;
import dev.headwater.workflow.code.WorkflowStuckException;
import dev.headwater.workflow.spi.ProcessStorage;
import dev.headwater.workflow.spi.StepReceipts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * A workflow written as code, as it is run: one subscription takes the turns, another one writes the rows of its
 * instances.
 */
final class CodeProcess {

    private final List<WorkflowDefinition<?, ?>> versions = new ArrayList<>();
    private final StartFrom from;

    CodeProcess(WorkflowDefinition<?, ?> definition, StartFrom from) {
        versions.add(definition);
        this.from = from;
    }

    String name() {
        return versions.getFirst().name();
    }

    Set<Integer> versions() {
        return versions.stream().map(WorkflowDefinition::version).collect(Collectors.toSet());
    }

    void addVersion(WorkflowDefinition<?, ?> definition) {
        if (versions.stream().anyMatch(each -> each.version() == definition.version())) {
            throw new IllegalArgumentException("The workflow '" + definition.name() + "' is given twice in version "
                    + definition.version() + ": give the new code a version of its own");
        }
        versions.add(definition);
    }

    List<String> problems(EventStore store) {
        return WorkflowReactor.problems(versions, store.serializer().types());
    }

    /** The letters of instances that do not go on, whatever they failed with. */
    DeadLetterFilter stuck() {
        return stuck(name());
    }

    static DeadLetterFilter stuck(String name) {
        return DeadLetterFilter.of("$" + name).in(DeadLetter.State.PARKED);
    }

    /** The subscription that takes the turns. */
    <T> Subscription<T> turns(
            EventStore store,
            Aggregates aggregates,
            Optional<StepReceipts<T>> receipts,
            Optional<? extends RandomGenerator> stepped) {
        var reactor = WorkflowReactor.of(
                versions, store, aggregates, receipts, TimeEnded.NAME, CodeProcess::timeEnded, stepped);
        return Subscription.named("$" + name())
                .events(reactor.query())
                .startingAt(from)
                .orderedBy(reactor::key)
                .retrying(RetryPolicy.DEFAULT
                        .openingCircuitAfter(Integer.MAX_VALUE)
                        .treating(WorkflowStuckException.class, FailureKind.PERMANENT))
                .reacting(reactor::react);
    }

    private static WorkflowReactor.TimeEnded timeEnded(DomainEvent event) {
        var ended = (TimeEnded) event;
        return new WorkflowReactor.TimeEnded(ended.process(), ended.instance(), ended.timer());
    }

    /** The subscription that writes the rows. */
    <T> Subscription<T> rows(EventStore store, ProcessStorage<T> storage, Optional<StepReceipts<T>> receipts) {
        var projection = new InstanceProjection<>(name(), store, storage, receipts);
        return Subscription.named("$" + name() + ".instances")
                .events(projection.query())
                .orderedBy(projection::key)
                .projecting(projection);
    }
}
