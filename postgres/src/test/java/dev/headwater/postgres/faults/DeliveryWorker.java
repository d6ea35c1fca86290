package dev.headwater.postgres.faults;

import dev.headwater.subscription.SubscriptionSettings;
import dev.headwater.subscription.Subscriptions;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** An instance that runs {@link Deliveries} until it is told to finish, or its supervisor is gone. */
final class DeliveryWorker {

    static final Duration LEASE = Duration.ofSeconds(1);

    private static final SubscriptionSettings SETTINGS = SubscriptionSettings.DEFAULT
            .withPollInterval(Duration.ofMillis(200))
            .withLease(LEASE)
            .recoveringWith(Duration.ofMillis(20), Duration.ofMillis(200));

    private DeliveryWorker() {}

    public static void main(String[] arguments) {
        try {
            var patience = new Patience(new CountDownLatch(1));
            try (var application = patience.untilAvailable(
                            () -> Application.open(arguments[0], Application.SCHEMA, PlantedBug.NONE));
                    var subscriptions =
                            new Subscriptions<>(application.store(), application.subscriptions(), SETTINGS)) {
                patience.untilAvailable(() -> subscriptions.start(Deliveries.subscription()));
                System.out.println("ready");
                if (System.in.read() < 0) {
                    throw new IllegalStateException("The supervisor is gone");
                }
            }
        } catch (Throwable e) {
            e.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
    }
}
