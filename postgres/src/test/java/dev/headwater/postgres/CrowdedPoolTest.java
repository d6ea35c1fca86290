package dev.headwater.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.DomainEvent;
import dev.headwater.MessageSerializer;
import dev.headwater.MessageType;
import dev.headwater.MessageTypes;
import dev.headwater.privacy.DataSubject;
import dev.headwater.privacy.PersonalData;
import dev.headwater.privacy.PersonalDataModule;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import dev.headwater.subscription.Projection;
import dev.headwater.subscription.Reactor;
import dev.headwater.subscription.RunningSubscription;
import dev.headwater.subscription.StartFrom;
import dev.headwater.subscription.Subscription;
import dev.headwater.subscription.Subscriptions;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** More handlers at work than there are connections, each of which needs more than its own. */
@Timeout(120)
final class CrowdedPoolTest {

    private static final Duration LIMIT = Duration.ofSeconds(100);
    private static final MessageTypes TYPES = MessageTypes.of(Met.class, Seen.class);
    private static final int PEOPLE = 100;

    private final String schema = TestServers.freshSchema();
    private final Queue<Throwable> complaints = new ConcurrentLinkedQueue<>();
    private final List<AutoCloseable> opened = new ArrayList<>();

    @MessageType("met")
    record Met(
            @DataSubject String person,
            @PersonalData(replacement = "somebody") String name) implements DomainEvent {}

    @MessageType("seen")
    record Seen(long position) implements DomainEvent {}

    /** An application with its subscriptions, and with memories of its own. */
    private final class Application {
        final PostgresDatabase database;
        final EventStore store;
        final Subscriptions<Connection> subscriptions;

        Application(PostgresDatabase.Builder settings) {
            database =
                    settings.url(TestServers.newest().jdbcUrl()).schema(schema).open();
            opened.addFirst(database);
            var mapper = MessageSerializer.defaultMapper()
                    .addModule(new PersonalDataModule(database.subjectKeys()))
                    .build();
            store = new EventStore(
                    database.eventStorage(),
                    MessageSerializer.builder(TYPES).mapper(mapper).build());
            opened.addFirst(store);
            subscriptions = new Subscriptions<>(store, database.subscriptionStorage());
            opened.addFirst(subscriptions);
        }

        private void meet() {
            for (int i = 0; i < PEOPLE; i++) {
                var person = "person-" + i;
                store.append(StreamId.of("person", person), ExpectedVersion.any(), new Met(person, "Anna"));
            }
        }
    }

    @AfterEach
    void close() throws Exception {
        for (var each : opened) {
            each.close();
        }
    }

    @Test
    void projectionsThatDecodePersonalDataGoOnAndLeaveRoomForAppends() throws Exception {
        new Application(PostgresDatabase.builder()).meet();
        var application = new Application(PostgresDatabase.builder());

        requireProjected(application, 10, (events, transaction) -> events.forEach(StoredEvent::event));
    }

    @Test
    void projectionsThatReadTheStoreInTheirHandlersGoOnAndLeaveRoomForAppends() throws Exception {
        var application = new Application(PostgresDatabase.builder());
        application.meet();

        requireProjected(
                application, 12, (events, transaction) -> application.store.readStream(events.getFirst().stream()));
    }

    private void requireProjected(Application application, int projections, Projection<Connection> handler)
            throws Exception {
        var all = new ArrayList<RunningSubscription<Connection>>();
        for (int i = 0; i < projections; i++) {
            all.add(application.subscriptions.start(Subscription.named("projection-" + i)
                    .batchSize(10)
                    .projecting((events, transaction) -> {
                        try {
                            handler.project(events, transaction);
                        } catch (RuntimeException e) {
                            complaints.add(e);
                            throw e;
                        }
                    })));
        }
        application.meet();
        for (var each : all) {
            assertThat(each.awaitPosition(application.store.headPosition(), LIMIT))
                    .isTrue();
        }
        assertThat(complaints).isEmpty();
        assertThat(application.store.headPosition()).isEqualTo(2 * PEOPLE);
    }

    @Test
    void reactorsThatAppendGoOnWithTheSmallestPool() throws Exception {
        var application = new Application(PostgresDatabase.builder().poolSize(4));
        application.meet();
        var reactors = 3;
        var appended = new CountDownLatch(reactors * PEOPLE);
        Reactor reactor = event -> {
            if (event.event() instanceof Met) {
                try {
                    application.store.append(
                            StreamId.of("seen", Integer.toString(event.stream().hashCode())),
                            ExpectedVersion.any(),
                            new Seen(event.position()));
                } catch (RuntimeException e) {
                    complaints.add(e);
                    throw e;
                }
                appended.countDown();
            }
        };
        var all = new ArrayList<RunningSubscription<Connection>>();
        for (int i = 0; i < reactors; i++) {
            all.add(application.subscriptions.start(Subscription.named("reactor-" + i)
                    .startingAt(StartFrom.beginning())
                    .reacting(reactor)));
        }

        appended.await();
        for (var each : all) {
            assertThat(each.awaitPosition(application.store.headPosition(), LIMIT))
                    .isTrue();
        }
        assertThat(complaints).isEmpty();
    }
}
