package dev.headwater.testkit;

import dev.headwater.memory.InMemoryEventStorage;
import dev.headwater.memory.InMemorySubscriptionStorage;
import dev.headwater.store.spi.EventStorage;
import dev.headwater.subscription.DeadLetters;
import dev.headwater.subscription.spi.SubscriptionStorage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/** The storage in memory on a clock that the tests set, perhaps spoiled. */
final class InMemorySubject implements SubscriptionStorageContract.Subject<List<String>> {

    private final EventStorage log = new InMemoryEventStorage();
    private final List<String> written = new CopyOnWriteArrayList<>();
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-02-28T12:34:56Z"));
    private final SubscriptionStorage<List<String>> storage;
    private final DeadLetters letters;

    InMemorySubject(Function<InMemorySubscriptionStorage<List<String>>, SpoilableStorage> implementation) {
        var made = implementation.apply(new InMemorySubscriptionStorage<>(written, now::get));
        this.storage = made;
        this.letters = made;
    }

    @Override
    public EventStorage log() {
        return log;
    }

    @Override
    public SubscriptionStorage<List<String>> storage() {
        return storage;
    }

    @Override
    public DeadLetters letters() {
        return letters;
    }

    @Override
    public void write(List<String> transaction, String text) {
        transaction.add(text);
    }

    @Override
    public List<String> written() {
        return List.copyOf(written);
    }

    @Override
    public boolean undoesWriting() {
        return false;
    }

    /** A little more, since what ends at a moment may last until it is over. */
    @Override
    public void letTimePass(Duration duration) {
        now.updateAndGet(time -> time.plus(duration).plusMillis(1));
    }

    @Override
    public void close() {}
}
