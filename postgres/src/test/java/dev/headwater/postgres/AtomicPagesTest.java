package dev.headwater.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.Command;
import dev.headwater.DomainEvent;
import dev.headwater.MessageType;
import dev.headwater.MessageTypes;
import dev.headwater.store.AppendResult;
import dev.headwater.store.EventQuery;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StoreUnavailableException;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.EncodedAppend;
import dev.headwater.store.spi.EventStorage;
import dev.headwater.store.spi.ForwardingEventStorage;
import dev.headwater.subscription.StartFrom;
import dev.headwater.subscription.Subscriptions;
import dev.headwater.testkit.Await;
import dev.headwater.workflow.Policy;
import dev.headwater.workflow.Workflows;
import dev.headwater.workflow.spi.ForwardingProcessStorage;
import dev.headwater.workflow.spi.ProcessStorage;
import java.sql.Connection;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a process sends and its checkpoint are one transaction. */
class AtomicPagesTest {

    private final PostgresDatabase database =
            Setting.NEWEST.builder(TestServers.freshSchema()).open();
    private final EventStore store =
            new EventStore(database.eventStorage(), MessageTypes.of(Asked.class, Answer.class));
    private final AtomicInteger failures = new AtomicInteger(3);

    @MessageType("asked")
    record Asked(String id) implements DomainEvent {}

    @MessageType("answer")
    record Answer(String id) implements Command<Void> {}

    private static final Policy ANSWERING = Policy.named("answering")
            .whenever(Asked.class)
            .send(Answer.class, asked -> new Answer(asked.id()))
            .build();

    /** The page fails after its commands were appended, three times. */
    private final class FailsAfterTheAppend extends ForwardingProcessStorage<Connection> {
        private final boolean inTransaction;

        private FailsAfterTheAppend(ProcessStorage<Connection> storage, boolean inTransaction) {
            super(storage);
            this.inTransaction = inTransaction;
        }

        @Override
        public EventStorage within(Connection transaction) {
            return new ForwardingEventStorage(inTransaction ? super.within(transaction) : database.eventStorage()) {
                @Override
                public AppendResult append(EncodedAppend append) {
                    var result = super.append(append);
                    if (failures.getAndDecrement() > 0) {
                        throw new StoreUnavailableException("The process dies", null);
                    }
                    return result;
                }
            };
        }
    }

    @AfterEach
    void close() {
        database.close();
    }

    private long answersAfterThreeDeaths(boolean inTransaction) {
        try (var subscriptions = new Subscriptions<>(store, database.subscriptionStorage());
                var workflows = Workflows.builder(
                                store, subscriptions, new FailsAfterTheAppend(database.processStorage(), inTransaction))
                        .run(ANSWERING, StartFrom.beginning())
                        .start()) {
            store.append(new StreamId("question-1"), ExpectedVersion.any(), new Asked("1"));
            Await.until(
                    "the event was handled",
                    Duration.ofSeconds(30),
                    () -> database.subscriptionStorage().segments("$answering").stream()
                            .allMatch(segment -> segment.position() >= 1));
            assertThat(workflows.countUnclaimed()).isEmpty();
        }
        return store.readLog(0, EventQuery.ofTypes(Set.of("answer")).withReserved())
                .count();
    }

    @Test
    void aCommandIsSentOnceHoweverOftenItsPageFailed() {
        assertThat(answersAfterThreeDeaths(true)).isEqualTo(1);
    }

    @Test
    void commandsInAnAppendOfTheirOwnWouldBeFoundOut() {
        assertThat(answersAfterThreeDeaths(false)).isGreaterThan(1);
    }
}
