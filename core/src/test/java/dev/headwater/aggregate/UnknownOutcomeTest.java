package dev.headwater.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.headwater.MessageTypes;
import dev.headwater.aggregate.Counter.CounterCommand;
import dev.headwater.aggregate.Counter.CounterDecider;
import dev.headwater.aggregate.Counter.CounterEvent;
import dev.headwater.aggregate.Counter.CounterObject;
import dev.headwater.memory.InMemoryEventStorage;
import dev.headwater.store.AppendOutcomeUnknownException;
import dev.headwater.store.EventStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnknownOutcomeTest {

    private final UnansweredStorage storage = new UnansweredStorage(new InMemoryEventStorage());
    private final EventStore store = new EventStore(storage, MessageTypes.of(CounterEvent.class));

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCommandTakesEffectOnceWhenTheAppendThatTheExceptionCarriesIsRepeated(boolean stored) {
        var counters = DeciderRepository.of(store, "counter", CounterEvent.class, new CounterDecider());
        storage.leaveUnanswered(2, stored);

        var first = unknown(() -> counters.execute("a", new CounterCommand.Increase(5, 1)));
        var second = unknown(() -> store.append(first.append()));
        store.append(second.append());

        assertThat(counters.load("a").state().value()).isEqualTo(5);
        assertThat(store.headPosition()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anAggregateIsSavedOnceWhenItIsSavedAgain(boolean stored) {
        var counters = counters();
        var counter = CounterObject.named("a");
        counter.increase(5);
        storage.leaveUnanswered(2, stored);

        unknown(() -> counters.save(counter));
        unknown(() -> counters.save(counter));

        assertThat(counters.save(counter))
                .hasValueSatisfying(result -> assertThat(result.firstPosition()).isEqualTo(1));
        assertThat(counters.save(counter)).isEmpty();
        assertThat(counters.load("a").value()).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatHappensToAnAggregateAfterAnUnansweredSaveIsSavedBehindIt(boolean stored) {
        var counters = counters();
        var counter = CounterObject.named("a");
        counter.increase(5);
        storage.leaveUnanswered(1, stored);
        unknown(() -> counters.save(counter));

        counter.increase(7);
        counters.save(counter);

        assertThat(counters.load("a").value()).isEqualTo(12);
        assertThat(store.headPosition()).isEqualTo(2);
    }

    @Test
    void theMessageTellsWhatToRepeat() {
        storage.leaveUnanswered(1, true);
        var counter = CounterObject.named("a");
        counter.increase(5);

        assertThat(unknown(() -> counters().save(counter)))
                .hasMessageContaining("The connection was lost")
                .hasMessageContaining("store.append(exception.append())");
    }

    @Test
    void anExceptionOfAStorageItselfSaysThatItCarriesNothing() {
        assertThatThrownBy(() -> new AppendOutcomeUnknownException("lost", null).append())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("EventStore");
    }

    private AggregateRepository<CounterObject, CounterEvent> counters() {
        return AggregateRepository.of(store, "counter", CounterEvent.class, () -> CounterObject.named("a"));
    }

    private static AppendOutcomeUnknownException unknown(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        var thrown = catchThrowableOfType(AppendOutcomeUnknownException.class, call);
        assertThat(thrown).isNotNull();
        return thrown;
    }
}
