package dev.headwater.examples.shop.notification;

import dev.headwater.examples.shop.ordering.OrderId;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A mail service that fails as often as it is told to.
 *
 * <p>Whether and how it fails for an order depends on the order's id alone, so it is the same in every process and
 * every run, and whoever fails at a low percentage fails at a higher one too. Of the failures three in four pass: the
 * first one or two attempts of a process fail, and the next one succeeds. The others stay for as long as the percentage
 * does. Thread-safe.
 */
public final class SimulatedMail implements NotificationService {

    private static final long SEED = 20_101_201;
    private static final int PERMANENT_ONE_IN = 4;
    private static final int MOST_TRANSIENT_FAILURES = 2;

    private final double failurePercent;
    private final Map<OrderId, Integer> attempts = new ConcurrentHashMap<>();
    private final AtomicLong sent = new AtomicLong();

    /** A service that fails for so many of a hundred orders, on average. */
    public SimulatedMail(double failurePercent) {
        this.failurePercent = failurePercent;
    }

    /**
     * Sends a confirmation.
     *
     * @throws TransientMailException when another attempt is worth it
     * @throws UnknownAddressException when it is not
     */
    @Override
    public void send(UUID id, OrderConfirmation confirmation) throws TransientMailException, UnknownAddressException {
        var luck = new SplittableRandom(SEED + confirmation.orderId().value().hashCode());
        if (luck.nextDouble() * 100 < failurePercent) {
            fail(confirmation, luck);
        }
        sent.incrementAndGet();
    }

    private void fail(OrderConfirmation confirmation, SplittableRandom luck)
            throws TransientMailException, UnknownAddressException {
        if (luck.nextInt(PERMANENT_ONE_IN) == 0) {
            throw new UnknownAddressException(confirmation);
        }
        int failures = 1 + luck.nextInt(MOST_TRANSIENT_FAILURES);
        if (attempts.merge(confirmation.orderId(), 1, Integer::sum) <= failures) {
            throw new TransientMailException(confirmation.orderId());
        }
    }

    /** How many confirmations this process has sent. */
    public long sent() {
        return sent.get();
    }
}
