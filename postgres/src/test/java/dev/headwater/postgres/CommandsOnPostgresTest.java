package dev.headwater.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.Command;
import dev.headwater.Envelope;
import dev.headwater.MessageType;
import dev.headwater.MessageTypes;
import dev.headwater.aggregate.Decider;
import dev.headwater.aggregate.DeciderRepository;
import dev.headwater.aggregate.Execution;
import dev.headwater.command.CommandDelivery;
import dev.headwater.command.CommandLog;
import dev.headwater.postgres.Events.Counted;
import dev.headwater.store.Append;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import dev.headwater.store.ToolkitStore;
import dev.headwater.subscription.DeadLetterFilter;
import dev.headwater.subscription.Subscription;
import dev.headwater.subscription.Subscriptions;
import java.sql.Connection;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Commands in the log, and reserved streams, where a database has a part in it. */
class CommandsOnPostgresTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final MessageTypes TYPES = MessageTypes.of(Counted.class, Count.class);
    private static final StreamId COUNTER = new StreamId("counter-a");

    @MessageType("count")
    private record Count(String counter, int number) implements Command<Void> {}

    /** Refuses numbers below zero. */
    private static final class Counter implements Decider<Count, Integer, Counted> {
        @Override
        public Integer initial() {
            return 0;
        }

        @Override
        public List<Counted> decide(Count command, Integer state) {
            if (command.number() < 0) {
                throw new IllegalArgumentException("below zero");
            }
            return List.of(new Counted(command.number()));
        }

        @Override
        public Integer evolve(Integer state, Counted event) {
            return state + event.number();
        }
    }

    private final PostgresDatabase database = TestServers.open(TestServers.newest(), TestServers.freshSchema());
    private final EventStore store = new EventStore(database.eventStorage(), TYPES);
    private final Subscriptions<Connection> subscriptions = new Subscriptions<>(store, database.subscriptionStorage());

    @AfterEach
    void close() {
        subscriptions.close();
        database.close();
    }

    private static DeciderRepository<Count, Integer, Counted> counters(EventStore in) {
        return DeciderRepository.of(in, "counter", Counted.class, new Counter());
    }

    private void record(int entries) {
        ToolkitStore.of(store, MessageTypes.builtIn())
                .append(
                        new StreamId("$journal-1"),
                        ExpectedVersion.any(),
                        Collections.nCopies(entries, new Counted(0)));
    }

    @Test
    void commandsAreDeliveredOnce() throws Exception {
        var outcomes = new CopyOnWriteArrayList<Execution>();
        var commands = new CommandLog(store);
        for (int i = 0; i < 100; i++) {
            commands.send("c" + i, new Count("a", i % 10 == 0 ? -1 : 1));
        }

        Subscription<Connection> delivery = CommandDelivery.named("commands", TYPES)
                .toAggregate(Count.class, counters(store), Count::counter)
                .telling((command, outcome) -> outcomes.add(outcome))
                .build();
        assertThat(subscriptions.start(delivery).awaitPosition(100, LIMIT)).isTrue();

        assertThat(outcomes).hasSize(100);
        assertThat(outcomes).filteredOn(Execution.Refused.class::isInstance).hasSize(10);
        assertThat(counters(store).load("a").state()).isEqualTo(90);
        assertThat(database.deadLetters().count(DeadLetterFilter.all()).letters())
                .isZero();
    }

    @Test
    void aCommandIsRecordedAndCarriedOutInATransactionOrNotAtAll() throws Exception {
        var command = Envelope.of(new Count("a", 1));
        var refused = Envelope.of(new Count("a", -1));
        try (var connection = database.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            var inside = store.over(database.eventStorage().within(connection));
            new CommandLog(inside).send("a", command);
            var accepted = counters(inside).execute("a", command.withId(new UUID(1, 2)));
            assertThat(accepted).isEqualTo(new Execution.Accepted(COUNTER, 1));
            assertThat(counters(inside).execute("a", refused)).isInstanceOf(Execution.Refused.class);
            connection.rollback();
        }

        assertThat(store.headPosition()).isZero();
        assertThat(counters(store).outcome("a", refused.id())).isEqualTo(Optional.empty());
    }

    @Test
    void projectionsInTheAppendGetNothingOfReservedStreams() {
        var seen = new CopyOnWriteArrayList<StoredEvent>();
        var projecting = new EventStore(
                database.eventStorage().projecting(store.serializer(), List.of((events, connection) -> {
                    assertThat(events).isNotEmpty();
                    seen.addAll(events);
                })),
                store.serializer());

        new CommandLog(projecting).send("a", new Count("a", 1));
        var counted = counters(projecting).decide("a", Envelope.of(new Count("a", 1)));
        ToolkitStore.of(projecting, MessageTypes.builtIn())
                .append(new Append(List.of(counted.part()), Optional.empty())
                        .and(new StreamId("$journal-1"), ExpectedVersion.any(), new Counted(7)));

        assertThat(seen).extracting(StoredEvent::stream).containsExactly(COUNTER);
    }

    @Test
    void aStatusLooksBeyondAStretchOfReservedStreams() throws Exception {
        store.append(COUNTER, ExpectedVersion.any(), new Counted(1));
        var hold = new CountDownLatch(1);
        var running = subscriptions.start(Subscription.named("held")
                .batchSize(1)
                .<Connection>projecting((events, connection) -> {
                    if (events.getFirst().position() > 1) {
                        assertThat(hold.await(LIMIT.toSeconds(), TimeUnit.SECONDS))
                                .isTrue();
                    }
                }));
        assertThat(running.awaitPosition(1, LIMIT)).isTrue();
        store.append(COUNTER, ExpectedVersion.any(), new Counted(2));
        record(300);
        store.append(COUNTER, ExpectedVersion.any(), new Counted(3));

        assertThat(running.status().lag()).isEqualTo(302);
        assertThat(running.status().oldestWaiting()).isPresent();

        hold.countDown();
        assertThat(running.awaitPosition(303, LIMIT)).isTrue();
        assertThat(running.status().lag()).isZero();
    }

    @Test
    void onlyTheToolkitAppendsToReservedStreamsInATransactionToo() throws Exception {
        try (var connection = database.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            var inside = store.over(database.eventStorage().within(connection));
            assertThatThrownBy(() -> inside.append(new StreamId("$journal-1"), ExpectedVersion.any(), new Counted(1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("$journal-1");
            connection.rollback();
        }
    }
}
