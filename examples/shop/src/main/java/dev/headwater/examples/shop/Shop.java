package dev.headwater.examples.shop;

import dev.headwater.DomainEvent;
import dev.headwater.MessageSerializer;
import dev.headwater.MessageTypes;
import dev.headwater.examples.shop.analytics.ImportProjection;
import dev.headwater.examples.shop.analytics.OrderProjection;
import dev.headwater.examples.shop.analytics.ReadModels;
import dev.headwater.examples.shop.analytics.ReturnProjection;
import dev.headwater.examples.shop.analytics.SalesProjection;
import dev.headwater.examples.shop.importing.ImportEvent;
import dev.headwater.examples.shop.importing.Importer;
import dev.headwater.examples.shop.notification.Confirmations;
import dev.headwater.examples.shop.notification.NotificationService;
import dev.headwater.examples.shop.notification.UnknownAddressException;
import dev.headwater.examples.shop.ordering.OrderDesk;
import dev.headwater.examples.shop.ordering.OrderEvent.OrderPlaced;
import dev.headwater.examples.shop.ordering.OrderEvent.OrderShipped;
import dev.headwater.examples.shop.ordering.OrderEvent;
import dev.headwater.examples.shop.ordering.OrderVersions;
import dev.headwater.examples.shop.ordering.Shipping;
import dev.headwater.examples.shop.returns.ReturnEvent.ReturnRecorded;
import dev.headwater.examples.shop.returns.ReturnEvent;
import dev.headwater.failure.FailureKind;
import dev.headwater.failure.RetryPolicy;
import dev.headwater.postgres.PostgresDatabase;
import dev.headwater.store.EventQuery;
import dev.headwater.store.EventStore;
import dev.headwater.store.StoreUnavailableException;
import dev.headwater.store.spi.EventStorage;
import dev.headwater.subscription.DeadLetter;
import dev.headwater.subscription.DeadLetterFilter;
import dev.headwater.subscription.DeadLetters;
import dev.headwater.subscription.Projection;
import dev.headwater.subscription.RunningSubscription;
import dev.headwater.subscription.StartFrom;
import dev.headwater.subscription.Subscription;
import dev.headwater.subscription.SubscriptionSettings;
import dev.headwater.subscription.SubscriptionStatus;
import dev.headwater.subscription.Subscriptions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/**
 * The order system at work: an event store, the handlers of commands, and a subscription for everything that follows.
 */
final class Shop implements AutoCloseable {

    /** What the shop stores. */
    static final MessageTypes TYPES = MessageTypes.of(OrderEvent.class, ReturnEvent.class, ImportEvent.class);

    static final MessageSerializer SERIALIZER =
            MessageSerializer.builder(TYPES).upcasters(OrderVersions.UPCASTERS).build();

    /** Somebody is waiting: work moves on soon when an instance is gone, and failures are known soon. */
    private static final SubscriptionSettings SETTINGS = SubscriptionSettings.DEFAULT
            .withLease(Duration.ofSeconds(3))
            .recoveringWith(Duration.ofMillis(100), Duration.ofSeconds(2));

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

    private static final Duration LONGEST_OUTAGE = Duration.ofMinutes(1);
    private static final Duration GLANCE = Duration.ofMillis(200);

    private final EventStore store;
    private final DeadLetters deadLetters;
    private final Subscriptions<Connection> subscriptions;
    private final List<RunningSubscription<Connection>> running;

    private Shop(
            EventStore store,
            DeadLetters deadLetters,
            Subscriptions<Connection> subscriptions,
            List<RunningSubscription<Connection>> running) {
        this.store = store;
        this.deadLetters = deadLetters;
        this.subscriptions = subscriptions;
        this.running = running;
    }

    /** Opens the shop on a database, which stays open when the shop closes, and goes on where it was left. */
    static Shop open(PostgresDatabase database, NotificationService notifications) throws SQLException {
        return open(database, database.eventStorage(), notifications, StartFrom.beginning());
    }

    /**
     * Opens the shop as well.
     *
     * @param log the log of the database, or what stands in front of it
     * @param confirmFrom which orders are confirmed when no shop on this database has confirmed any
     */
    static Shop open(
            PostgresDatabase database, EventStorage log, NotificationService notifications, StartFrom confirmFrom)
            throws SQLException {
        ReadModels.create(database.dataSource());
        var store = new EventStore(log, SERIALIZER);
        var desk = new OrderDesk(store, database.snapshotStore());
        var subscriptions = new Subscriptions<>(store, database.subscriptionStorage(), SETTINGS);
        List<Subscription<Connection>> reactors = List.of(
                reactor("shipping", eventsOf(OrderPlaced.class))
                        .startingAt(StartFrom.beginning())
                        .reacting(new Shipping(desk.commandBus())),
                reactor("confirmations", eventsOf(OrderPlaced.class))
                        .startingAt(confirmFrom)
                        .retrying(MAIL)
                        .reacting(new Confirmations(notifications)));
        var running = Stream.concat(projections().stream(), reactors.stream())
                .map(subscriptions::start)
                .toList();
        return new Shop(store, database.deadLetters(), subscriptions, running);
    }

    /** What keeps the read models. */
    static List<Subscription<Connection>> projections() {
        return List.of(
                projection("orders", new OrderProjection(), eventsOf(OrderEvent.class)),
                projection("returns", new ReturnProjection(), eventsOf(ReturnEvent.class)),
                projection(
                        "sales",
                        new SalesProjection(),
                        eventsOf(OrderShipped.class).or(eventsOf(ReturnRecorded.class))),
                projection("imports", new ImportProjection(), eventsOf(ImportEvent.class)));
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
     * How things are when there is nothing left to do.
     *
     * @param events the number of events in the log
     * @param deadLetters what stays aside until somebody decides
     * @param subscriptions how far each has come
     */
    record Quiet(long events, DeadLetters.Count deadLetters, List<SubscriptionStatus> subscriptions) {}

    /**
     * Waits until every subscription has handled everything on whichever instance, also what the others appended
     * meanwhile, and nothing is to be tried again. A database that is away for a while is waited for.
     *
     * @param progress is told now and then how many events of the log every subscription has handled
     * @throws StalledException when a subscription has given up
     */
    Quiet awaitQuiet(LongConsumer progress) throws InterruptedException {
        long awaySince = 0;
        boolean away = false;
        while (true) {
            try {
                var quiet = lookForQuiet(progress);
                if (quiet.isPresent()) {
                    return quiet.get();
                }
                away = false;
            } catch (StoreUnavailableException e) {
                if (!away) {
                    away = true;
                    awaySince = System.nanoTime();
                } else if (System.nanoTime() - awaySince > LONGEST_OUTAGE.toNanos()) {
                    throw e;
                }
            }
        }
    }

    private Optional<Quiet> lookForQuiet(LongConsumer progress) throws InterruptedException {
        long head = store.headPosition();
        awaitPosition(head, progress);
        awaitRetries(head);
        var statuses = subscriptions.status();
        boolean caughtUp = statuses.stream().allMatch(status -> status.lag() == 0);
        return caughtUp && store.headPosition() == head
                ? Optional.of(new Quiet(head, deadLetters.count(DeadLetterFilter.all()), statuses))
                : Optional.empty();
    }

    private void awaitPosition(long head, LongConsumer progress) throws InterruptedException {
        for (var subscription : running) {
            while (!subscription.awaitPosition(head, GLANCE)) {
                requireHealthy(subscription.status());
                progress.accept(handledByAll());
            }
        }
    }

    /** Waits until no letter is tried again by itself, or there are new events. */
    private void awaitRetries(long head) throws InterruptedException {
        var retrying = DeadLetterFilter.all().in(DeadLetter.State.RETRYING);
        while (deadLetters.count(retrying).letters() > 0 && store.headPosition() == head) {
            subscriptions.status().forEach(Shop::requireHealthy);
            running.getFirst().awaitPosition(head + 1, GLANCE);
        }
    }

    private static Subscription<Connection> projection(
            String name, Projection<Connection> projection, EventQuery events) {
        return Subscription.named(name).events(events).projecting(projection);
    }

    private static Subscription.Builder reactor(String name, EventQuery events) {
        return Subscription.named(name).events(events).batchSize(REACTOR_BATCH);
    }

    private static EventQuery eventsOf(Class<? extends DomainEvent> type) {
        return EventQuery.ofTypes(TYPES.namesOf(type));
    }

    private long handledByAll() {
        return running.stream()
                .mapToLong(subscription -> subscription.status().position())
                .min()
                .orElse(0);
    }

    private static void requireHealthy(SubscriptionStatus status) {
        if (status.state() == SubscriptionStatus.State.FAILED) {
            throw new StalledException(status);
        }
    }

    /** Stops the subscriptions, each after what it has at hand. */
    @Override
    public void close() {
        subscriptions.close();
        store.close();
    }
}
