package dev.headwater.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.Envelope;
import dev.headwater.IntegrationEvent;
import dev.headwater.MessageSerializer;
import dev.headwater.MessageType;
import dev.headwater.MessageTypes;
import dev.headwater.broker.BrokerEventBus;
import dev.headwater.broker.Relay;
import dev.headwater.broker.TopicNaming;
import dev.headwater.broker.spi.LogBroker;
import dev.headwater.broker.spi.Topic;
import dev.headwater.failure.RetryPolicy;
import dev.headwater.memory.InMemoryLogBroker;
import dev.headwater.store.EventStore;
import dev.headwater.subscription.DeadLetterFilter;
import dev.headwater.subscription.RunningSubscription;
import dev.headwater.subscription.SubscriptionSettings;
import dev.headwater.subscription.Subscriptions;
import dev.headwater.testkit.Await;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One service tells another of what it has committed; both keep what they know in PostgreSQL. */
@Timeout(120)
class TopicsOnPostgresTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    @MessageType("stock.taken")
    record Taken(String article, int number) implements IntegrationEvent {}

    private static final MessageSerializer SERIALIZER = new MessageSerializer(MessageTypes.of(Taken.class));
    private static final SubscriptionSettings SETTINGS =
            SubscriptionSettings.DEFAULT.withPollInterval(Duration.ofMillis(50)).withLease(Duration.ofSeconds(2));

    private final String schema = TestServers.freshSchema();
    private final String topic = schema;
    private final PostgresDatabase telling = TestServers.open(TestServers.newest(), schema + "_a");
    private final PostgresDatabase hearing = TestServers.open(TestServers.newest(), schema + "_b");
    private final EventStore store = new EventStore(telling.eventStorage(), SERIALIZER);
    private final PostgresLogBroker published = new PostgresLogBroker((name, publishing) ->
            PostgresDatabase.builder().url(TestServers.newest().jdbcUrl()).poolSize(4));
    private final InMemoryLogBroker memory = new InMemoryLogBroker();
    private final List<AutoCloseable> opened = new ArrayList<>(List.of(telling, hearing, published));

    @BeforeEach
    void makeTopicAndTable() {
        published.prepare(List.of(Topic.of(topic, 1)));
        memory.prepare(List.of(Topic.of(topic, 1)));
        Setting.execute(TestServers.newest(), "CREATE TABLE " + schema + "_b.shop_effects (text text NOT NULL)");
    }

    @AfterEach
    void closeAll() throws Exception {
        for (var each : opened.reversed()) {
            each.close();
        }
    }

    @Test
    void whatCommitsIsToldOnceAndWhatIsUndoneNever() throws Exception {
        var relay = opened(Relay.named("relay", published, SERIALIZER)
                .source(URI.create("/shop/stock"), "1")
                .outboxTo(Set.of(topic), TopicNaming.all(topic)));
        var relaying = opened(new Subscriptions<>(store, telling.subscriptionStorage(), SETTINGS))
                .start(relay.<Connection>subscription());
        var bus = bus(published, telling);
        bus(published, hearing).subscribe(Taken.class, "effects", this::write);

        inTransaction(connection -> bus.within(connection).publish(new Taken("tea", 1)), true);
        inTransaction(connection -> bus.within(connection).publish(new Taken("tea", 2)), false);
        inTransaction(connection -> bus.within(connection).publish(new Taken("tea", 3)), true);

        requireTold(relaying, 2);
        Await.until("both have their effect", LIMIT, () -> effects().size() >= 2);
        assertThat(effects()).containsExactly("tea 1", "tea 3");
    }

    @Test
    void anEffectHappensOnceHoweverOftenItIsToldAndWhoeverReads() throws Exception {
        var first = bus(memory, hearing);
        first.subscribe(Taken.class, "effects", this::write);
        for (int round = 0; round < 3; round++) {
            relayAll(20);
            if (round == 1) {
                first.close();
                bus(memory, hearing).subscribe(Taken.class, "effects", this::write);
            }
        }

        Await.until("all have their effect", LIMIT, () -> effects().size() >= 20);
        relayAll(21);
        Await.until("the last one has its effect", LIMIT, () -> effects().contains("tea 20"));
        assertThat(effects())
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(0, 20).mapToObj(i -> "tea " + i).toList());
    }

    /** Tells of the whole log from its beginning, as a relay does that has lost its checkpoint. */
    private void relayAll(int events) throws Exception {
        var outbox = bus(memory, telling);
        while (store.headPosition() < events) {
            int next = (int) store.headPosition();
            inTransaction(connection -> outbox.within(connection).publish(new Taken("tea", next)), true);
        }
        var relay = opened(Relay.named("relay", memory, SERIALIZER)
                .source(URI.create("/shop/stock"), "1")
                .outboxTo(Set.of(topic), TopicNaming.all(topic)));
        var subscriptions = opened(new Subscriptions<>(store, telling.subscriptionStorage(), SETTINGS));
        var relaying = subscriptions.start(relay.<Connection>subscription());
        requireTold(relaying, events);
        relaying.close();
        subscriptions.forget(relaying.name());
    }

    @Test
    void aLetterIsHandledThoughItsRecordIsGone() {
        var broken = new AtomicBoolean(true);
        var bus = bus(memory, hearing);
        bus.subscribe(Taken.class, "fragile", (envelope, connection) -> {
            if (broken.get()) {
                throw new IllegalStateException("broken");
            }
            write(envelope, connection);
        });
        bus.publish(new Taken("größer", 1));
        Await.until("it is a letter", LIMIT, () -> letters() == 1);
        memory.removeUpTo(topic, 0, 1);
        broken.set(false);

        hearing.deadLetters().retry(DeadLetterFilter.all(), "anna");
        bus.renewSoon();

        Await.until("the letter is handled", LIMIT, () -> letters() == 0);
        assertThat(effects()).containsExactly("größer 1");
    }

    private long letters() {
        return hearing.deadLetters().count(DeadLetterFilter.all()).letters();
    }

    private BrokerEventBus<Connection> bus(LogBroker broker, PostgresDatabase database) {
        return opened(BrokerEventBus.builder(broker, SERIALIZER, database.subscriptionStorage())
                .source(URI.create("/shop/stock"))
                .topics(TopicNaming.all(topic))
                .orderedBy(envelope -> ((Taken) envelope.message()).article())
                .appendingTo(connection -> store.over(database.eventStorage().within(connection)))
                .settings(SETTINGS)
                .retrying(RetryPolicy.none())
                .build());
    }

    private void write(Envelope<Taken> envelope, Connection connection) throws SQLException {
        try (var statement = connection.prepareStatement("INSERT INTO " + schema + "_b.shop_effects VALUES (?)")) {
            var taken = envelope.message();
            statement.setString(1, taken.article() + " " + taken.number());
            statement.executeUpdate();
        }
    }

    private List<String> effects() {
        var texts = new ArrayList<String>();
        try (var connection = hearing.dataSource().getConnection();
                var statement = connection.createStatement();
                var row = statement.executeQuery("SELECT text FROM " + schema + "_b.shop_effects ORDER BY ctid")) {
            while (row.next()) {
                texts.add(row.getString(1));
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return texts;
    }

    private static void requireTold(RunningSubscription<Connection> relaying, long position)
            throws InterruptedException {
        assertThat(relaying.awaitPosition(position, LIMIT)).isTrue();
    }

    private interface Work {
        void in(Connection connection) throws Exception;
    }

    private void inTransaction(Work work, boolean commits) throws Exception {
        try (var connection = telling.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            work.in(connection);
            if (commits) {
                connection.commit();
            } else {
                connection.rollback();
            }
            connection.setAutoCommit(true);
        }
    }

    private <R extends AutoCloseable> R opened(R resource) {
        opened.add(resource);
        return resource;
    }
}
