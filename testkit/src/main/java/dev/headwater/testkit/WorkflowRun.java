package dev.headwater.testkit;

import dev.headwater.aggregate.DeciderRepository;
import dev.headwater.command.CommandDelivery;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StreamId;
import dev.headwater.subscription.StartFrom;
import dev.headwater.subscription.SubscriptionSettings;
import dev.headwater.subscription.Subscriptions;
import dev.headwater.testkit.WorkflowOrders.Kind;
import dev.headwater.testkit.WorkflowOrders.OrderCommand;
import dev.headwater.testkit.WorkflowOrders.OrderEvent;
import dev.headwater.testkit.WorkflowOrders.PaymentEvent;
import dev.headwater.workflow.ProcessInstance;
import dev.headwater.workflow.ProcessState;
import dev.headwater.workflow.WorkflowDefinition;
import dev.headwater.workflow.Workflows;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Instances that run workflows on a database and come and go. */
final class WorkflowRun<T> implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(90);

    private static final SubscriptionSettings SETTINGS = SubscriptionSettings.DEFAULT
            .withPollInterval(Duration.ofMillis(100))
            .withLease(Duration.ofSeconds(2));

    private final ProcessSubject<T> subject;
    private final EventStore store;
    private final List<Instance<T>> instances = new ArrayList<>();

    private record Instance<T>(Subscriptions<T> subscriptions, Workflows workflows) {
        void close() {
            workflows.close();
            subscriptions.close();
        }
    }

    WorkflowRun(ProcessSubject<T> subject) {
        this.subject = subject;
        this.store = new EventStore(subject.log(), WorkflowOrders.TYPES);
    }

    ProcessSubject<T> subject() {
        return subject;
    }

    EventStore store() {
        return store;
    }

    WorkflowDefinition<OrderEvent.OrderCreated, String> orders() {
        return WorkflowOrders.process(subject.receipts().transaction(), subject::note);
    }

    /** Another process that runs these; it tries again what was stuck. */
    Workflows start(WorkflowDefinition<?, ?>... definitions) {
        var subscriptions = new Subscriptions<>(store, subject.subscriptions(), SETTINGS);
        var orders = DeciderRepository.of(store, "order", OrderEvent.class, new WorkflowOrders.Orders());
        var payments = DeciderRepository.of(store, "payment", PaymentEvent.class, new WorkflowOrders.Payments());
        var builder = Workflows.builder(store, subscriptions, subject.processes())
                .aggregates(OrderCommand.Ship.class, orders, OrderCommand::order)
                .aggregates(OrderCommand.Cancel.class, orders, OrderCommand::order)
                .transactionalSteps(subject.receipts())
                .deadLetters(subject.letters())
                .commands(CommandDelivery.named("commands", WorkflowOrders.TYPES)
                        .toAggregate(OrderCommand.Pay.class, payments, OrderCommand::order))
                .lookingEvery(Duration.ofMillis(20));
        for (var definition : definitions) {
            builder.run(definition, StartFrom.beginning());
        }
        var workflows = builder.start();
        instances.add(new Instance<>(subscriptions, workflows));
        return workflows;
    }

    /** The oldest process ends. */
    void stopOldest() {
        instances.removeFirst().close();
    }

    void create(int order) {
        create(String.valueOf(order), Kind.of(order));
    }

    void create(String order, Kind kind) {
        store.append(StreamId.of("order", order), ExpectedVersion.any(), new OrderEvent.OrderCreated(order, kind));
    }

    ProcessInstance await(String process, String id, ProcessState state) {
        var workflows = instances.getLast().workflows();
        Await.until(
                process + " " + id + " is " + state,
                PATIENCE,
                () -> workflows
                        .find(process, id)
                        .filter(instance -> instance.state() == state)
                        .isPresent());
        return workflows.find(process, id).orElseThrow();
    }

    @Override
    public void close() {
        instances.forEach(Instance::close);
        subject.close();
    }
}
