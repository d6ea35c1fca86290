package dev.headwater.examples.shop.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.DomainEvent;
import dev.headwater.MessageType;
import dev.headwater.MessageTypes;
import dev.headwater.failure.RetryPolicy;
import dev.headwater.memory.InMemoryEventStorage;
import dev.headwater.memory.InMemorySubscriptionStorage;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StreamId;
import dev.headwater.subscription.StartFrom;
import dev.headwater.subscription.Subscription;
import dev.headwater.subscription.Subscriptions;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DeadLettersTextTest {

    @MessageType("parcel.sent")
    record ParcelSent(String failure) implements DomainEvent {}

    private final EventStore store = new EventStore(new InMemoryEventStorage(), MessageTypes.of(ParcelSent.class));
    private final InMemorySubscriptionStorage<Object> storage = new InMemorySubscriptionStorage<>(new Object());

    @Test
    void nothingIsSaidOfNoLetters() {
        assertThat(DeadLettersText.write(storage.deadLetters())).isEmpty();
    }

    @Test
    void whatFailedInTheSameWayStandsTogetherWithAFewExamplesOfOneLineEach() throws InterruptedException {
        for (int parcel = 1; parcel <= 4; parcel++) {
            append(parcel, "nobody opens\nthe door of parcel " + parcel);
        }
        append(4, "never tried");
        append(5, "");
        append(6, "x".repeat(1_000));
        try (var subscriptions = new Subscriptions<>(store, storage)) {
            var delivery = subscriptions.start(Subscription.named("delivery")
                    .startingAt(StartFrom.beginning())
                    .retrying(RetryPolicy.none())
                    .<Object>reacting(event -> deliver((ParcelSent) event.event())));
            assertThat(delivery.awaitPosition(store.headPosition(), Duration.ofSeconds(30)))
                    .isTrue();
        }

        assertThat(DeadLettersText.write(storage.deadLetters()))
                .isEqualToNormalizingNewlines("""
                  delivery, IllegalArgumentException: 1 events, such as
                    parcel.sent of parcel-6: %s…
                  delivery, IllegalStateException: 4 events, such as
                    parcel.sent of parcel-1: nobody opens
                    parcel.sent of parcel-2: nobody opens
                    parcel.sent of parcel-3: nobody opens
                  delivery, not tried: 1 events, such as
                    parcel.sent of parcel-4: waits behind another of parcel-4
                  Every run on the same database (--data DIR) tries them again; --mail-failures 0 takes away what makes\
                 mails fail
                """.formatted("x".repeat(200)));
    }

    private void append(int parcel, String failure) {
        store.append(StreamId.of("parcel", "" + parcel), ExpectedVersion.any(), new ParcelSent(failure));
    }

    private static void deliver(ParcelSent parcel) {
        if (parcel.failure().startsWith("x")) {
            throw new IllegalArgumentException(parcel.failure());
        }
        if (!parcel.failure().isEmpty()) {
            throw new IllegalStateException(parcel.failure());
        }
    }
}
