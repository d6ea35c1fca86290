package dev.headwater.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.aggregate.Memento;
import dev.headwater.aggregate.SnapshotPolicy;
import dev.headwater.aggregate.Snapshots;
import dev.headwater.command.Account.AccountCommand.Deposit;
import dev.headwater.memory.InMemoryEventStorage;
import dev.headwater.memory.InMemorySnapshotStore;
import dev.headwater.store.EventStore;
import dev.headwater.store.StreamId;
import org.junit.jupiter.api.Test;

class SnapshotsOfCommandsTest {

    @Test
    void aCommandThatIsCarriedOutOnceLeavesASnapshotOfWhatIsInTheLog() {
        var store = new EventStore(new InMemoryEventStorage(), Account.TYPES);
        var kept = new InMemorySnapshotStore();
        var accounts = Account.in(store)
                .withSnapshots(new Snapshots<>(kept, Memento.of("balance", 1, Long.class), SnapshotPolicy.every(2)));

        for (int i = 1; i <= 5; i++) {
            accounts.execute("a", store.envelope(new Deposit("a", i)));
        }

        var snapshot = kept.load(new StreamId("account-a"), "balance").orElseThrow();
        assertThat(snapshot.version()).isEqualTo(4);
        assertThat(new String(snapshot.state(), UTF_8)).isEqualTo("10");
        assertThat(accounts.load("a").state()).isEqualTo(15);
    }
}
