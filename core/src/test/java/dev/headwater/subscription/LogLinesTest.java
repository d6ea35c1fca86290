package dev.headwater.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.RecordedLog;
import dev.headwater.aggregate.Decider;
import dev.headwater.aggregate.DeciderRepository;
import dev.headwater.aggregate.Memento;
import dev.headwater.aggregate.SnapshotPolicy;
import dev.headwater.aggregate.Snapshots;
import dev.headwater.memory.InMemorySnapshotStore;
import dev.headwater.store.StoreUnavailableException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A log line outlives everything that could be forgotten, so it never repeats what a handler says. */
class LogLinesTest extends SubscriptionFixture {

    private static final String SECRET = "Ada Secret Lovelace";

    private final RecordedLog.Recording recorded = RecordedLog.record();

    @AfterEach
    void stopRecording() {
        recorded.close();
    }

    @Test
    void aHandlerThatFailsIsLoggedWithoutWhatItSays() {
        subscriptions.start(reacting(named("mail").retrying(SOON), event -> fail()));
        append(1);

        await("the letter is parked", () -> states("mail").equals(List.of(DeadLetter.State.PARKED)));

        assertThat(letters("mail").getFirst().failure().orElseThrow().message()).contains(SECRET);
        requireLogged("'mail' could not handle", "java.lang.IllegalStateException at");
    }

    @Test
    void aPageThatFailsIsLoggedWithoutWhatItSays() {
        subscriptions.start(
                projecting(named("names").startingAt(StartFrom.beginning()).retrying(SOON), event -> fail()));
        append(3);

        await("the letter is parked", () -> states("names").contains(DeadLetter.State.PARKED));

        requireLogged("handled again with more care", "java.lang.IllegalStateException at");
    }

    @Test
    void anOpenCircuitIsLoggedWithoutWhatTheLastHandlerSaid() {
        subscriptions.start(reacting("mail", event -> fail()));
        appendInTurn(30, 1);

        await("the circuit is open", () -> recorded.lines().stream().anyMatch(line -> line.contains("cannot go on")));

        requireLogged("presumed to be down", "java.lang.IllegalStateException at");
    }

    @Test
    void whatHeadwaterSaysItselfIsLogged() {
        subscriptions.start(reacting("mail", event -> {
            throw new StoreUnavailableException("The store is away", new IllegalStateException(SECRET));
        }));
        append(1);

        await("it is logged", () -> recorded.lines().stream().anyMatch(line -> line.contains("cannot go on")));

        requireLogged("The store is away", "caused by java.lang.IllegalStateException at");
    }

    @Test
    void aSnapshotThatCannotBeSavedOrRestoredIsLoggedWithoutWhatItHolds() {
        var snapshots = new InMemorySnapshotStore();
        var fails = new Memento<String, String>("name", 1, String.class, name -> name, name -> {
            throw new IllegalStateException(name);
        });
        var repository = names().withSnapshots(new Snapshots<>(snapshots, fails, SnapshotPolicy.every(1)));

        repository.execute("1", new Noted(1));
        repository.load("1");

        requireLogged("cannot be restored (java.lang.IllegalStateException)");
    }

    private DeciderRepository<Noted, String, Noted> names() {
        return DeciderRepository.of(store, "name", Noted.class, new Decider<Noted, String, Noted>() {
            @Override
            public String initial() {
                return SECRET;
            }

            @Override
            public List<Noted> decide(Noted command, String state) {
                return List.of(command);
            }

            @Override
            public String evolve(String state, Noted event) {
                return state;
            }
        });
    }

    private static void fail() {
        throw new IllegalStateException("Cannot write to " + SECRET);
    }

    private void requireLogged(String... parts) {
        assertThat(recorded.lines()).anySatisfy(line -> assertThat(line).contains(parts));
        assertThat(recorded.lines()).noneMatch(line -> line.contains("Secret"));
    }
}
