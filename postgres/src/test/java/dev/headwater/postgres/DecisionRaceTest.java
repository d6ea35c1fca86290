package dev.headwater.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.failure.Failure;
import dev.headwater.store.EventStore;
import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.DeadLetter;
import dev.headwater.subscription.DeadLetterFilter;
import dev.headwater.subscription.spi.Letter;
import dev.headwater.subscription.spi.PageTransaction;
import dev.headwater.subscription.spi.ParkedSequence;
import dev.headwater.testkit.Await;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Decisions that meet the owner of the sequence at work. */
@Timeout(60)
final class DecisionRaceTest {

    private static final String NAME = "orders";
    private static final Duration HOUR = Duration.ofHours(1);

    private final String schema = TestServers.freshSchema();
    private final PostgresDatabase database = TestServers.open(TestServers.newest(), schema);
    private final EventStore store = new EventStore(database.eventStorage(), Events.TYPES);

    @BeforeEach
    void parkASequence() throws Exception {
        database.subscriptionStorage().register(NAME, 1, 0);
        database.subscriptionStorage().renew("owner", Set.of(NAME), HOUR);
        var failed = event();
        var waiting = event();
        advance(transaction -> {
            transaction.park(new Letter(
                    0,
                    "a",
                    failed,
                    DeadLetter.State.RETRYING,
                    1,
                    Optional.of(HOUR),
                    Optional.of(Failure.of(new IllegalStateException("on purpose")))));
            transaction.park(
                    new Letter(0, "a", waiting, DeadLetter.State.WAITING, 0, Optional.empty(), Optional.empty()));
        });
    }

    private StoredEvent event() {
        return store.readEvent(store.append(Events.one("a", 1)).lastPosition());
    }

    private interface Work {
        void in(PageTransaction<Connection> page) throws Exception;
    }

    private void advance(Work work) throws Exception {
        var storage = database.subscriptionStorage();
        try (var page = storage.begin(NAME, storage.holding(NAME, "owner"), Map.of())) {
            work.in(page);
            page.commit();
        }
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void aFollowerThatIsDiscardedWhileTheOneBeforeItIsSettledStillHasItsTurn() throws Exception {
        var first =
                database.deadLetters().list(DeadLetterFilter.of(NAME).at(1), 1).getFirst();
        var discarding = new Thread[1];

        advance(transaction -> {
            assertThat(transaction.settle(first)).isTrue();
            discarding[0] = Thread.ofVirtual()
                    .start(() -> database.deadLetters()
                            .discard(DeadLetterFilter.of(NAME).at(2), "somebody", "of no use"));
            Await.until("the decision waits for the owner", HOUR, this::isSomebodyWaiting);
        });
        discarding[0].join();

        assertThat(database.deadLetters().list(DeadLetterFilter.of(NAME), 10))
                .extracting(DeadLetter::state)
                .containsExactly(DeadLetter.State.DISCARDED);
        assertThat(due()).extracting(ParkedSequence::sequenceKey).containsExactly("a");
    }

    private boolean isSomebodyWaiting() {
        try (var connection = database.dataSource().getConnection();
                var statement = connection.prepareStatement("""
                        SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE ?""")) {
            statement.setString(1, "%\"" + schema + "\".dead_letters%");
            try (var row = statement.executeQuery()) {
                return row.next();
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<ParkedSequence> due() {
        return database.subscriptionStorage().due(NAME, Set.of(0), 10);
    }
}
