package dev.headwater.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.DomainEvent;
import dev.headwater.Envelope;
import dev.headwater.MessageType;
import dev.headwater.MessageTypes;
import dev.headwater.failure.RetryPolicy;
import dev.headwater.memory.InMemoryEventStorage;
import dev.headwater.memory.InMemorySubscriptionStorage;
import dev.headwater.store.Append;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.NewEvent;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import dev.headwater.subscription.spi.SubscriptionStorage;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;

/** A log and a storage in memory, and subscriptions on them that are closed after the test. */
abstract class SubscriptionFixture {

    static final Instant NOON = Instant.parse("2026-02-28T12:00:00Z");

    static final Duration LIMIT = Duration.ofSeconds(20);

    static final SubscriptionSettings FAST = SubscriptionSettings.DEFAULT
            .withPollInterval(Duration.ofMillis(5))
            .withLease(Duration.ofMillis(150))
            .withHandlerLimit(LIMIT)
            .recoveringWith(RetryPolicy.DEFAULT.withAttempts(2).withPauses(Duration.ofMillis(1), Duration.ofMillis(2)));

    /** Leases and polls so long that only what wakes a subscription up brings it on. */
    static final SubscriptionSettings PATIENT =
            FAST.withPollInterval(Duration.ofDays(1)).withLease(Duration.ofDays(1));

    static final RetryPolicy SOON =
            RetryPolicy.DEFAULT.withAttempts(4).withPauses(Duration.ofMillis(1), Duration.ofMillis(2));

    @MessageType("noted")
    record Noted(int number) implements DomainEvent {}

    @MessageType("other")
    record Other() implements DomainEvent {}

    final InMemoryEventStorage log = new InMemoryEventStorage();
    final EventStore store = new EventStore(log, MessageTypes.of(Noted.class, Other.class));
    final List<StoredEvent> readModel = new CopyOnWriteArrayList<>();
    final InMemorySubscriptionStorage<List<StoredEvent>> storage = new InMemorySubscriptionStorage<>(readModel);

    final DeadLetters deadLetters = storage.deadLetters();

    private final List<AutoCloseable> opened = new CopyOnWriteArrayList<>();
    final Subscriptions<List<StoredEvent>> subscriptions = open(storage, FAST);

    @AfterEach
    void closeAll() throws Exception {
        for (var each : opened) {
            each.close();
        }
    }

    /** Another instance. */
    final Subscriptions<List<StoredEvent>> open(
            SubscriptionStorage<List<StoredEvent>> with, SubscriptionSettings settings) {
        return open(store, with, settings);
    }

    /** Another instance, whose code reads the log in its own way. */
    final Subscriptions<List<StoredEvent>> open(
            EventStore reading, SubscriptionStorage<List<StoredEvent>> with, SubscriptionSettings settings) {
        var another = new Subscriptions<>(reading, with, settings);
        opened.add(another);
        return another;
    }

    static Subscription.Builder named(String name) {
        return Subscription.named(name);
    }

    /** A projection that only keeps what it got. */
    static Subscription<List<StoredEvent>> keeping(String name) {
        return keeping(named(name));
    }

    static Subscription<List<StoredEvent>> keeping(Subscription.Builder choices) {
        return choices.projecting((events, model) -> model.addAll(events));
    }

    /** A projection that asks about every event of a page before it keeps them all, as a transaction would. */
    static Subscription<List<StoredEvent>> projecting(String name, Reactor before) {
        return projecting(named(name), before);
    }

    static Subscription<List<StoredEvent>> projecting(Subscription.Builder choices, Reactor before) {
        return choices.projecting((events, model) -> {
            for (var event : events) {
                before.react(event);
            }
            model.addAll(events);
        });
    }

    /** A reactor from the beginning of the log that keeps the events it did not fail for. */
    final Subscription<List<StoredEvent>> reacting(String name, Reactor before) {
        return reacting(named(name), before);
    }

    final Subscription<List<StoredEvent>> reacting(Subscription.Builder choices, Reactor before) {
        return choices.startingAt(StartFrom.beginning()).reacting(event -> {
            before.react(event);
            readModel.add(event);
        });
    }

    final void append(int count) {
        append("s", count);
    }

    final void append(String stream, int count) {
        var events = new ArrayList<DomainEvent>();
        for (int i = 0; i < count; i++) {
            events.add(new Noted(i));
        }
        store.append(new StreamId(stream), ExpectedVersion.any(), events);
    }

    /** Appends events of so many streams in turn. */
    final void appendInTurn(int streams, int rounds) {
        for (int round = 0; round < rounds; round++) {
            for (int stream = 0; stream < streams; stream++) {
                append("s-" + stream, 1);
            }
        }
    }

    static List<Long> upTo(long last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }

    /** Appends an event for each of these times. */
    final void appendAt(Instant... times) {
        for (var time : times) {
            var event = NewEvent.of(Envelope.of(new Noted(0), Clock.fixed(time, ZoneOffset.UTC)));
            store.append(Append.to(new StreamId("s"), ExpectedVersion.any(), List.of(event)));
        }
    }

    final List<Long> positions() {
        return readModel.stream().map(StoredEvent::position).toList();
    }

    /** The versions of the events of a stream in the order in which they were handled. */
    final List<Long> versions(String stream) {
        return readModel.stream()
                .filter(event -> event.stream().name().equals(stream))
                .map(StoredEvent::version)
                .toList();
    }

    final List<DeadLetter> letters(String subscription) {
        return deadLetters.list(DeadLetterFilter.of(subscription), 1000);
    }

    final List<DeadLetter.State> states(String subscription) {
        return letters(subscription).stream().map(DeadLetter::state).toList();
    }

    static void await(CountDownLatch latch) throws InterruptedException {
        assertThat(latch.await(LIMIT.toSeconds(), TimeUnit.SECONDS))
                .as("latch opened in time")
                .isTrue();
    }

    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time: " + what).isLessThan(deadline);
            LockSupport.parkNanos(1_000_000);
        }
    }
}
