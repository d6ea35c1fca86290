package dev.headwater.examples.shop;

import dev.headwater.DomainEvent;
import dev.headwater.MessageSerializer;
import dev.headwater.MessageTypes;
import dev.headwater.examples.shop.analytics.ImportProjection;
import dev.headwater.examples.shop.analytics.OrderProjection;
import dev.headwater.examples.shop.analytics.PaymentProjection;
import dev.headwater.examples.shop.analytics.ReadModels;
import dev.headwater.examples.shop.analytics.ReturnProjection;
import dev.headwater.examples.shop.analytics.SalesProjection;
import dev.headwater.examples.shop.importing.ImportEvent;
import dev.headwater.examples.shop.importing.Importer;
import dev.headwater.examples.shop.inventory.InventoryCommand;
import dev.headwater.examples.shop.inventory.InventoryEvent;
import dev.headwater.examples.shop.notification.Confirmations;
import dev.headwater.examples.shop.notification.NotificationService;
import dev.headwater.examples.shop.notification.UnknownAddressException;
import dev.headwater.examples.shop.ordering.OrderCommand;
import dev.headwater.examples.shop.ordering.OrderEvent;
import dev.headwater.examples.shop.ordering.OrderEvent.OrderPlaced;
import dev.headwater.examples.shop.ordering.OrderEvent.OrderShipped;
import dev.headwater.examples.shop.ordering.OrderVersions;
import dev.headwater.examples.shop.payment.PaymentCommand;
import dev.headwater.examples.shop.payment.PaymentEvent;
import dev.headwater.examples.shop.returns.ReturnEvent;
import dev.headwater.examples.shop.returns.ReturnEvent.ReturnRecorded;
import dev.headwater.examples.shop.shipping.ShippingCommand;
import dev.headwater.examples.shop.shipping.ShippingEvent;
import dev.headwater.failure.FailureKind;
import dev.headwater.failure.RetryPolicy;
import dev.headwater.postgres.PostgresDatabase;
import dev.headwater.store.EventQuery;
import dev.headwater.store.EventStore;
import dev.headwater.store.spi.EventStorage;
import dev.headwater.subscription.DeadLetter;
import dev.headwater.subscription.DeadLetterFilter;
import dev.headwater.subscription.DeadLetters;
import dev.headwater.subscription.Projection;
import dev.headwater.subscription.StartFrom;
import dev.headwater.subscription.Subscription;
import dev.headwater.subscription.SubscriptionSettings;
import dev.headwater.subscription.Subscriptions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The order system at work: an event store, services that carry out commands, the process that joins them, and a
 * subscription for everything else that follows.
 */
final class Shop implements AutoCloseable {

    /** What the shop stores. */
    static final MessageTypes TYPES = MessageTypes.of(
            OrderEvent.class,
            OrderCommand.class,
            PaymentEvent.class,
            PaymentCommand.class,
            InventoryEvent.class,
            InventoryCommand.class,
            ShippingEvent.class,
            ShippingCommand.class,
            ReturnEvent.class,
            ImportEvent.class);

    static final MessageSerializer SERIALIZER =
            MessageSerializer.builder(TYPES).upcasters(OrderVersions.UPCASTERS).build();

    /** Somebody is waiting: work moves on soon when an instance is gone, and failures are known soon. */
    static final SubscriptionSettings SETTINGS = SubscriptionSettings.DEFAULT
            .withLease(Duration.ofSeconds(3))
            .recoveringWith(Duration.ofMillis(100), Duration.ofSeconds(2));

    /** What is confirmed to the customer. */
    static final EventQuery CONFIRMED = eventsOf(OrderPlaced.class);

    /** After a crash, at most so many events come again to a reactor. */
    private static final int REACTOR_BATCH = 100;

    /**
     * Somebody is waiting for this as well. Another process may begin anew with a mail that has failed before, so there
     * are more attempts than one process needs.
     */
    private static final RetryPolicy MAIL = RetryPolicy.DEFAULT
            .withAttempts(20)
            .withPauses(Duration.ofMillis(50), Duration.ofSeconds(1))
            .treating(UnknownAddressException.class, FailureKind.PERMANENT);

    private final EventStore store;
    private final DeadLetters deadLetters;
    private final Subscriptions<Connection> subscriptions;
    private final Processes processes;
    private final Quietness quietness;

    private Shop(
            EventStore store,
            DeadLetters deadLetters,
            Subscriptions<Connection> subscriptions,
            Processes processes,
            Quietness quietness) {
        this.store = store;
        this.deadLetters = deadLetters;
        this.subscriptions = subscriptions;
        this.processes = processes;
        this.quietness = quietness;
    }

    /** Opens the shop on a database, which stays open when the shop closes, and goes on where it was left. */
    static Shop open(PostgresDatabase database, NotificationService notifications, ShopSettings settings)
            throws SQLException {
        return open(database, database.eventStorage(), notifications, StartFrom.beginning(), settings);
    }

    /**
     * Opens the shop as well.
     *
     * @param log the log of the database, or what stands in front of it
     * @param confirmFrom which orders are confirmed when no shop on this database has confirmed any
     */
    static Shop open(
            PostgresDatabase database,
            EventStorage log,
            NotificationService notifications,
            StartFrom confirmFrom,
            ShopSettings settings)
            throws SQLException {
        ReadModels.create(database.dataSource());
        ProcessChoice.make(settings.process(), database.dataSource());
        var store = new EventStore(log, SERIALIZER);
        var subscriptions = new Subscriptions<>(
                store,
                database.subscriptionStorage(),
                settings.instanceName().map(SETTINGS::withInstanceName).orElse(SETTINGS));
        var services = new Services(store, database.snapshotStore(), settings);
        var running = Stream.of(
                        projections(),
                        List.of(confirmations(notifications, confirmFrom)),
                        services.<Connection>deliveries())
                .flatMap(List::stream)
                .map(subscriptions::start)
                .toList();
        var processes = Processes.start(
                store, subscriptions, database.processStorage(), services, settings, EnumSet.allOf(Service.class));
        var quietness = new Quietness(database, store, subscriptions, running, processes, settings);
        return new Shop(store, database.deadLetters(), subscriptions, processes, quietness);
    }

    /** What keeps the read models. */
    static List<Subscription<Connection>> projections() {
        return List.of(
                projection("orders", new OrderProjection(), eventsOf(OrderEvent.class)),
                projection("payments", new PaymentProjection(), eventsOf(PaymentEvent.class)),
                projection("returns", new ReturnProjection(), eventsOf(ReturnEvent.class)),
                projection(
                        "sales",
                        new SalesProjection(),
                        eventsOf(OrderShipped.class).or(eventsOf(ReturnRecorded.class))),
                projection("imports", new ImportProjection(), eventsOf(ImportEvent.class)));
    }

    /** What confirms orders. */
    static Subscription<Connection> confirmations(NotificationService notifications, StartFrom from) {
        return Subscription.named("confirmations")
                .events(CONFIRMED)
                .batchSize(REACTOR_BATCH)
                .startingAt(from)
                .retrying(MAIL)
                .reacting(new Confirmations(notifications));
    }

    /** The name under which this process takes its share of the work. */
    String name() {
        return subscriptions.instance();
    }

    EventStore store() {
        return store;
    }

    /** What takes invoices. */
    Importer importer() {
        return new Importer(store);
    }

    /**
     * Has everything tried again that earlier runs have set aside.
     *
     * @return how many events that are
     */
    int retryParked() {
        int retried = deadLetters.retry(DeadLetterFilter.all().in(DeadLetter.State.PARKED), "demo");
        if (retried > 0) {
            subscriptions.renewSoon();
        }
        return retried;
    }

    /**
     * Waits until every order has ended and nothing else is left to do.
     *
     * @param progress is told now and then how many events of the log every subscription has handled
     * @throws StalledException when that will not come to an end by itself
     */
    Quietness.Found awaitQuiet(LongConsumer progress) throws InterruptedException, SQLException {
        return quietness.await(progress);
    }

    /** The same with another limit on how long nothing may happen to orders that have not ended. */
    Quietness.Found awaitQuiet(LongConsumer progress, Duration standstill) throws InterruptedException, SQLException {
        return quietness.await(progress, standstill);
    }

    private static Subscription<Connection> projection(
            String name, Projection<Connection> projection, EventQuery events) {
        return Subscription.named(name).events(events).projecting(projection);
    }

    private static EventQuery eventsOf(Class<? extends DomainEvent> type) {
        return EventQuery.ofTypes(TYPES.namesOf(type));
    }

    /** The types that a query asks for. */
    static Set<String> typesOf(EventQuery query) {
        return query.anyOf().stream()
                .flatMap(criterion -> criterion.types().stream())
                .collect(Collectors.toSet());
    }

    /** Stops the processes and the subscriptions, each after what it has at hand. */
    @Override
    public void close() {
        processes.close();
        subscriptions.close();
        store.close();
    }
}
