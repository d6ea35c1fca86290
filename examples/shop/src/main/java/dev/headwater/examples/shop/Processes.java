package dev.headwater.examples.shop;

import dev.headwater.examples.shop.analytics.Summary;
import dev.headwater.examples.shop.fulfilment.OrderTable;
import dev.headwater.examples.shop.fulfilment.OrderWorkflow;
import dev.headwater.examples.shop.inventory.InventoryReactions;
import dev.headwater.examples.shop.inventory.Warehouse;
import dev.headwater.examples.shop.ordering.OrderCommand;
import dev.headwater.examples.shop.ordering.OrderReactions;
import dev.headwater.examples.shop.payment.PaymentProvider;
import dev.headwater.examples.shop.payment.PaymentReactions;
import dev.headwater.examples.shop.shipping.ShippingReactions;
import dev.headwater.postgres.PostgresDatabase;
import dev.headwater.store.EventStore;
import dev.headwater.subscription.StartFrom;
import dev.headwater.subscription.Subscriptions;
import dev.headwater.workflow.ProcessFilter;
import dev.headwater.workflow.ProcessInstance;
import dev.headwater.workflow.ProcessState;
import dev.headwater.workflow.Workflows;
import dev.headwater.workflow.spi.ProcessStorage;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The order process, in the style that was chosen, and the services that are slow now and then. */
final class Processes implements AutoCloseable {

    private static final int PAGE = 1_000;

    private static final List<String> ORDER_PROCESSES = List.of(OrderWorkflow.NAME, OrderTable.NAME);

    private static final ProcessFilter UNFINISHED = ProcessFilter.ALL.in(
            ProcessState.RUNNING,
            ProcessState.WAITING,
            ProcessState.RETRYING,
            ProcessState.COMPENSATING,
            ProcessState.STUCK);

    private final Workflows workflows;

    private Processes(Workflows workflows) {
        this.workflows = workflows;
    }

    /**
     * Starts the processes, which know every order from its beginning.
     *
     * @param of the services whose part of the process runs here
     */
    static <T> Processes start(
            EventStore store,
            Subscriptions<T> subscriptions,
            ProcessStorage<T> storage,
            Services services,
            ShopSettings settings,
            Set<Service> of) {
        var builder = Workflows.builder(store, subscriptions, storage);
        of.forEach(service -> add(service, builder, services, settings));
        return new Processes(builder.start());
    }

    private static <T> void add(
            Service service, Workflows.Builder<T> builder, Services services, ShopSettings settings) {
        boolean isChoreography = settings.process() == ProcessStyle.CHOREOGRAPHY;
        switch (service) {
            case ORDERING -> addOrderProcess(builder, services, settings);
            case PAYMENT -> {
                builder.run(PaymentProvider.policy(), StartFrom.beginning());
                if (isChoreography) {
                    builder.run(PaymentReactions.policy(), StartFrom.beginning());
                }
            }
            case INVENTORY -> {
                builder.run(Warehouse.policy(), StartFrom.beginning());
                if (isChoreography) {
                    builder.run(InventoryReactions.process(), StartFrom.beginning());
                }
            }
            case SHIPPING -> {
                if (isChoreography) {
                    builder.run(ShippingReactions.process(), StartFrom.beginning());
                }
            }
            case NOTIFICATION, ANALYTICS -> {}
        }
    }

    private static <T> void addOrderProcess(Workflows.Builder<T> builder, Services services, ShopSettings settings) {
        switch (settings.process()) {
            case CODE ->
                builder.aggregates(
                                OrderCommand.class,
                                services.ordering().orders(),
                                command -> command.orderId().value())
                        .run(OrderWorkflow.definition(settings.timeLimit()), StartFrom.beginning());
            case TABLE -> builder.run(OrderTable.process(settings.timeLimit()), StartFrom.beginning());
            case CHOREOGRAPHY ->
                OrderReactions.policies(settings.timeLimit())
                        .forEach(policy -> builder.run(policy, StartFrom.beginning()));
        }
    }

    /** What the order process did for an order, a line each; none where services react to each other. */
    static List<String> history(PostgresDatabase database, EventStore store, String order) {
        var subscriptions = new Subscriptions<>(store, database.subscriptionStorage());
        try (var workflows = Workflows.builder(store, subscriptions, database.processStorage())
                .withoutTimekeeper()
                .start()) {
            return ORDER_PROCESSES.stream()
                    .flatMap(process -> workflows.history(process, order).stream())
                    .toList();
        }
    }

    /** How many instances have something ahead of them, services that are slow included. */
    long unfinished() {
        return workflows.count().values().stream()
                .flatMap(states -> states.entrySet().stream())
                .filter(entry -> !entry.getKey().isEnded())
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** The instance that has waited the longest. */
    Optional<ProcessInstance> oldestUnfinished() {
        return workflows.list(UNFINISHED, Optional.empty(), 1).stream().findFirst();
    }

    /** What has become of the instances of the order process. */
    Summary.Workflows summary() {
        var states = new EnumMap<ProcessState, Long>(ProcessState.class);
        var counts = workflows.count();
        ORDER_PROCESSES.forEach(process -> counts.getOrDefault(process, Map.of())
                .forEach((state, instances) -> states.merge(state, instances, Long::sum)));
        long all = states.values().stream().mapToLong(Long::longValue).sum();
        long cancelledByTable = cancelledByTable();
        long completed = states.getOrDefault(ProcessState.COMPLETED, 0L) - cancelledByTable;
        long compensated = states.getOrDefault(ProcessState.FAILED, 0L)
                + states.getOrDefault(ProcessState.CANCELLED, 0L)
                + cancelledByTable;
        long stuck = states.getOrDefault(ProcessState.STUCK, 0L);
        return new Summary.Workflows(completed, compensated, all - completed - compensated - stuck, stuck);
    }

    /** A table has ended in one of its stages, and does not tell good ends from bad ones. */
    private long cancelledByTable() {
        var filter = ProcessFilter.of(OrderTable.NAME).inStage(OrderTable.Stage.CANCELLED);
        long cancelled = 0;
        var page = workflows.list(filter, Optional.empty(), PAGE);
        while (!page.isEmpty()) {
            cancelled += page.size();
            page = workflows.list(filter, Optional.of(page.getLast()), PAGE);
        }
        return cancelled;
    }

    @Override
    public void close() {
        workflows.close();
    }
}
