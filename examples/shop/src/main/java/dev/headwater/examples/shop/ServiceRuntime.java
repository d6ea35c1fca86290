package dev.headwater.examples.shop;

import dev.headwater.broker.BrokerEventBus;
import dev.headwater.broker.Intake;
import dev.headwater.broker.Relay;
import dev.headwater.broker.spi.LogBroker;
import dev.headwater.examples.shop.analytics.DeadLettersText;
import dev.headwater.examples.shop.analytics.ReadModels;
import dev.headwater.examples.shop.analytics.Summary;
import dev.headwater.examples.shop.notification.NotificationService;
import dev.headwater.postgres.PostgresDatabase;
import dev.headwater.store.EventQuery;
import dev.headwater.store.EventStore;
import dev.headwater.store.spi.EventStorage;
import dev.headwater.subscription.DeadLetter;
import dev.headwater.subscription.DeadLetterFilter;
import dev.headwater.subscription.StartFrom;
import dev.headwater.subscription.Subscription;
import dev.headwater.subscription.SubscriptionStatus;
import dev.headwater.subscription.SubscriptionStatus.State;
import dev.headwater.subscription.Subscriptions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One service at work in a process of its own: the parts of the {@link Shop} that belong to it, on a log of its own. It
 * tells others what happens there, takes into it what it hears of them, and reads models from their topics.
 */
final class ServiceRuntime implements AutoCloseable {

    /** The streams of what was heard. */
    private static final String HEARD = "heard";

    private static final String PROCESS = "process";
    private static final Set<State> NORMAL =
            EnumSet.of(State.RUNNING, State.CATCHING_UP, State.DEGRADED, State.STOPPED);

    private final Service service;
    private final PostgresDatabase database;
    private final EventStore store;
    private final Subscriptions<Connection> subscriptions;
    private final BrokerEventBus<Connection> bus;
    private Optional<Relay> relay = Optional.empty();
    private Optional<Processes> processes = Optional.empty();

    private ServiceRuntime(Service service, PostgresDatabase database, EventStorage log, LogBroker broker) {
        this.service = service;
        this.database = database;
        this.store = new EventStore(log, Shop.SERIALIZER);
        this.subscriptions = new Subscriptions<>(store, database.subscriptionStorage(), Shop.SETTINGS);
        this.bus = BrokerEventBus.builder(broker, Shop.SERIALIZER, database.subscriptionStorage())
                .source(Topics.source(service))
                .topics(Topics::of)
                .orderedBy(envelope -> envelope.id().toString())
                .besides(subscriptions)
                .build();
    }

    /**
     * Starts a service, which goes on where it was left.
     *
     * @param database its own, which stays open, as the broker does
     * @param log the log of the database, or what stands in front of it
     * @param mail takes confirmations
     */
    static ServiceRuntime open(
            Service service,
            PostgresDatabase database,
            EventStorage log,
            LogBroker broker,
            NotificationService mail,
            ShopSettings settings)
            throws SQLException {
        var opened = new ServiceRuntime(service, database, log, broker);
        try {
            switch (service) {
                case NOTIFICATION -> opened.hear(Shop.confirmations(mail, StartFrom.beginning()));
                case ANALYTICS -> {
                    ReadModels.create(database.dataSource());
                    Shop.projections().forEach(opened::hear);
                }
                case ORDERING, PAYMENT, INVENTORY, SHIPPING -> opened.decide(broker, settings);
            }
            return opened;
        } catch (RuntimeException | SQLException e) {
            opened.close();
            throw e;
        }
    }

    /** Reads a topic directly; what it wants stands in one. */
    private void hear(Subscription<Connection> subscription) {
        var anyType = Shop.typesOf(subscription.query()).iterator().next();
        bus.start(Topics.of(anyType), subscription);
    }

    private void decide(LogBroker broker, ShopSettings settings) {
        var services = new Services(store, database.snapshotStore(), settings);
        services.<Connection>delivery(service).ifPresent(subscriptions::start);
        processes = Optional.of(Processes.start(
                store, subscriptions, database.processStorage(), services, settings, EnumSet.of(service)));
        var events = database.eventStorage();
        Topics.heardBy(service, settings.process()).forEach((topic, types) -> {
            Intake<Connection> intake = Intake.into(HEARD, transaction -> store.over(events.within(transaction)));
            bus.start(
                    topic,
                    Subscription.named(HEARD).events(EventQuery.ofTypes(types)).projecting(intake));
        });
        var telling = Topics.relay(service, broker);
        relay = Optional.of(telling);
        subscriptions.start(telling.<Connection>subscription());
    }

    EventStore store() {
        return store;
    }

    /**
     * Has everything tried again that earlier runs have set aside.
     *
     * @return how many events that are
     */
    int retryParked() {
        int retried = database.deadLetters().retry(DeadLetterFilter.all().in(DeadLetter.State.PARKED), "demo");
        if (retried > 0) {
            subscriptions.renewSoon();
            bus.renewSoon();
        }
        return retried;
    }

    /** How it is doing; {@code isBroughtIn} is what it is not for this to know. */
    ServiceReport report(boolean isBroughtIn) {
        var inTopics = bus.status();
        var inLog = subscriptions.status();
        // What is unfinished is looked at after what was handled: handling may leave something to do.
        long unfinished = processes.map(Processes::unfinished).orElse(0L);
        var letters = database.deadLetters();
        var all = Stream.concat(inLog.stream(), inTopics.stream()).toList();
        return new ServiceReport(
                store.headPosition(),
                inTopics.stream().mapToLong(SubscriptionStatus::position).sum(),
                all.stream().mapToLong(SubscriptionStatus::position).sum(),
                all.stream().mapToLong(SubscriptionStatus::lag).sum(),
                letters.count(DeadLetterFilter.all()).letters(),
                letters.count(DeadLetterFilter.all().in(DeadLetter.State.RETRYING))
                        .letters(),
                unfinished,
                isBroughtIn,
                all.stream().anyMatch(status -> status.state() == State.FAILED),
                inWords(all));
    }

    private static String inWords(List<SubscriptionStatus> statuses) {
        return statuses.stream()
                .filter(status -> !NORMAL.contains(status.state()))
                .map(status -> status.name() + " " + status.state()
                        + (status.reason().isEmpty() ? "" : ": " + status.reason()))
                .collect(Collectors.joining("; "));
    }

    /** What it has done, for the summary. */
    ServiceAccount account() throws SQLException {
        var letters = database.deadLetters().count(DeadLetterFilter.all());
        return new ServiceAccount(
                ownEvents(),
                letters.letters(),
                letters.sequences(),
                lag(),
                processes.map(Processes::summary).orElse(new Summary.Workflows(0, 0, 0, 0)),
                DeadLettersText.write(database.deadLetters()));
    }

    /** What takes part in the order process is one; topics are read under the name of their reader. */
    private SortedMap<String, Long> lag() {
        var lag = new TreeMap<String, Long>();
        for (var status : subscriptions.status()) {
            lag.merge(
                    service.commands().isEmpty() || !status.name().equals(service.toString()) ? PROCESS : status.name(),
                    status.lag(),
                    Math::max);
        }
        for (var status : bus.status()) {
            var name = status.name().substring(0, status.name().indexOf('/'));
            lag.merge(name.equals(HEARD) ? PROCESS : name, status.lag(), Math::max);
        }
        return lag;
    }

    /** Without what it has heard, and without the records of the toolkit. */
    private long ownEvents() throws SQLException {
        try (var connection = database.dataSource().getConnection();
                var count = connection.prepareStatement("SELECT count(*) FROM " + service
                        + ".events WHERE stream NOT LIKE '$%' AND stream NOT LIKE '" + HEARD + "-%'");
                var row = count.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    /** Stops everything after what is at hand. */
    @Override
    public void close() {
        processes.ifPresent(Processes::close);
        bus.close();
        subscriptions.close();
        relay.ifPresent(Relay::close);
        store.close();
    }
}
