package dev.headwater.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.MessageTypes;
import dev.headwater.aggregate.Counter.CounterEvent;
import dev.headwater.aggregate.Counter.CounterObject;
import dev.headwater.aggregate.Counter.CounterState;
import dev.headwater.memory.InMemoryEventStorage;
import dev.headwater.memory.InMemorySnapshotStore;
import dev.headwater.store.ConcurrencyException;
import dev.headwater.store.EventStore;
import dev.headwater.store.StreamId;
import org.junit.jupiter.api.Test;

class AggregateRepositoryTest {

    private final EventStore store = new EventStore(new InMemoryEventStorage(), MessageTypes.of(CounterEvent.class));
    private final InMemorySnapshotStore snapshots = new InMemorySnapshotStore();
    private final AggregateRepository<CounterObject, CounterEvent> counters =
            AggregateRepository.of(store, "counter", CounterEvent.class, () -> CounterObject.named("a"));

    @Test
    void savesWhatHappenedAndLoadsItAgain() {
        save(1, 2);

        var loaded = counters.load("a");

        assertThat(loaded.value()).isEqualTo(3);
        assertThat(loaded.version()).isEqualTo(2);
        assertThat(loaded.uncommittedEvents()).isEmpty();
    }

    @Test
    void findsNothingWhereThereAreNoEvents() {
        assertThat(counters.find("a")).isEmpty();
        assertThatThrownBy(() -> counters.load("a"))
                .isInstanceOf(AggregateNotFoundException.class)
                .hasMessageContaining("counter-a");
        assertThatThrownBy(() -> counters.update("a", counter -> counter.increase(1)))
                .isInstanceOf(AggregateNotFoundException.class);
    }

    @Test
    void savesNothingTwice() {
        var counter = CounterObject.named("a");
        counter.increase(1);

        assertThat(counters.save(counter)).isPresent();
        assertThat(counters.save(counter)).isEmpty();
        counter.increase(1);
        counters.save(counter);

        assertThat(counters.load("a").version()).isEqualTo(2);
    }

    @Test
    void letsOneOfTwoWritersWin() {
        save(1);
        var first = counters.load("a");
        var second = counters.load("a");
        first.increase(1);
        second.increase(1);

        counters.save(first);

        assertThatThrownBy(() -> counters.save(second)).isInstanceOf(ConcurrencyException.class);
        assertThat(second.uncommittedEvents()).hasSize(1);
    }

    @Test
    void updatesAgainWhenAnotherWriterWasFirst() {
        save(1);
        var overtaken = new boolean[1];

        var updated = counters.update("a", counter -> {
            if (!overtaken[0]) {
                overtaken[0] = true;
                counters.update("a", other -> other.increase(10));
            }
            counter.increase(100);
        });

        assertThat(updated.value()).isEqualTo(111);
        assertThat(counters.load("a").value()).isEqualTo(111);
    }

    @Test
    void goesOnFromASnapshotAtItsVersion() {
        var memento = new Memento<CounterObject, CounterState>(
                "counter", 1, CounterState.class, counter -> new CounterState(counter.value()), state -> {
                    var counter = CounterObject.restore(state);
                    counter.name("a");
                    return counter;
                });
        var repository = counters.withSnapshots(new Snapshots<>(snapshots, memento, SnapshotPolicy.every(2)));
        save(1);
        repository.update("a", counter -> counter.increase(1));
        assertThat(snapshots
                        .load(StreamId.of("counter", "a"), "counter")
                        .orElseThrow()
                        .version())
                .isEqualTo(2);

        repository.update("a", counter -> counter.increase(1));

        var loaded = repository.load("a");
        assertThat(loaded.version()).isEqualTo(3);
        assertThat(loaded.value()).isEqualTo(3);
        assertThat(loaded.loading().replayedEvents()).isEqualTo(1);
    }

    private void save(int... increases) {
        var counter = CounterObject.named("a");
        for (int by : increases) {
            counter.increase(by);
        }
        counters.save(counter);
    }
}
