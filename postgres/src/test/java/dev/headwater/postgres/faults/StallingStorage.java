package dev.headwater.postgres.faults;

import dev.headwater.store.StoreUnavailableException;
import dev.headwater.subscription.spi.Assignment;
import dev.headwater.subscription.spi.Checkpoint;
import dev.headwater.subscription.spi.ClaimLostException;
import dev.headwater.subscription.spi.ForwardingSubscriptionStorage;
import dev.headwater.subscription.spi.Holding;
import dev.headwater.subscription.spi.PageTransaction;
import dev.headwater.subscription.spi.SubscriptionStorage;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A storage in which workers stall beyond their lease now and then, and their instance renews none meanwhile: until
 * another instance has taken over, or, where that has to wait for them, for some leases. Thread-safe.
 */
final class StallingStorage extends ForwardingSubscriptionStorage<Connection> {

    /** Where a worker stalls. */
    private enum Place {
        /** The events are read, and a reactor has handled them; no transaction has begun. */
        BEFORE_THE_TRANSACTION,
        /** A projection has handled the events, and its transaction stands idle. */
        IDLE_IN_THE_TRANSACTION,
        /** The same, but the transaction is kept busy, so that the server does not end it. */
        BUSY_IN_THE_TRANSACTION
    }

    /** What became of the transactions of workers that had stalled, at all instances. Thread-safe. */
    static final class Tally {

        private final AtomicInteger stalls = new AtomicInteger();
        private final AtomicInteger refused = new AtomicInteger();
        private final AtomicInteger broken = new AtomicInteger();
        private final AtomicInteger committed = new AtomicInteger();

        /** Each place has its turn. */
        private Place next() {
            return PLACES.get(stalls.getAndIncrement() % PLACES.size());
        }

        private void failed(Exception failure) {
            (failure instanceof ClaimLostException ? refused : broken).incrementAndGet();
        }

        private void committed() {
            committed.incrementAndGet();
        }

        int stalls() {
            return stalls.get();
        }

        /** How many were refused because their number was taken. */
        int refused() {
            return refused.get();
        }

        @Override
        public String toString() {
            return "%d stalls beyond the lease: %d refused by their number, %d ended by the server, %d committed"
                    .formatted(stalls.get(), refused.get(), broken.get(), committed.get());
        }
    }

    private static final List<Place> PLACES = List.of(Place.values());
    private static final Duration LONGEST_STALL = Instance.LEASE.multipliedBy(4);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Tally tally;
    private final AtomicBoolean armed = new AtomicBoolean();
    private final AtomicInteger stalling = new AtomicInteger();

    StallingStorage(SubscriptionStorage<Connection> correct, Tally tally) {
        super(correct);
        this.tally = tally;
    }

    /** Lets the next worker stall. */
    void arm() {
        armed.set(true);
    }

    @Override
    public Map<String, Assignment> renew(String instance, Set<String> subscriptions, Duration lease) {
        if (stalling.get() > 0) {
            throw new StoreUnavailableException("A stalled instance renews nothing", null);
        }
        return super.renew(instance, subscriptions, lease);
    }

    @Override
    public PageTransaction<Connection> begin(String subscription, Holding holding, Map<Integer, Checkpoint> to)
            throws Exception {
        if (!armed.compareAndSet(true, false)) {
            return super.begin(subscription, holding, to);
        }
        var place = tally.next();
        try {
            if (place == Place.BEFORE_THE_TRANSACTION) {
                stall(subscription, holding, () -> {});
            }
            return stalling(super.begin(subscription, holding, to), place, subscription, holding);
        } catch (Exception e) {
            tally.failed(e);
            throw e;
        }
    }

    private PageTransaction<Connection> stalling(
            PageTransaction<Connection> page, Place place, String subscription, Holding holding) {
        return new Transaction<>(page) {
            @Override
            public void commit() throws Exception {
                try {
                    switch (place) {
                        case BEFORE_THE_TRANSACTION -> {}
                        case IDLE_IN_THE_TRANSACTION -> stall(subscription, holding, () -> {});
                        case BUSY_IN_THE_TRANSACTION -> stall(subscription, holding, () -> touch(transaction()));
                    }
                    super.commit();
                    tally.committed();
                } catch (Exception e) {
                    tally.failed(e);
                    throw e;
                }
            }
        };
    }

    /** What a worker does while it stalls. */
    private interface Meanwhile {
        void run() throws SQLException;
    }

    private void stall(String subscription, Holding holding, Meanwhile meanwhile) throws SQLException {
        stalling.incrementAndGet();
        try {
            long end = System.nanoTime() + LONGEST_STALL.toNanos();
            while (owns(subscription, holding.instance()) && System.nanoTime() < end) {
                meanwhile.run();
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } finally {
            stalling.decrementAndGet();
        }
    }

    private boolean owns(String subscription, String instance) {
        return segments(subscription).stream()
                .anyMatch(segment -> segment.owner().equals(Optional.of(instance)));
    }

    private static void touch(Connection transaction) throws SQLException {
        try (var statement = transaction.createStatement()) {
            statement.execute("SELECT 1");
        }
    }
}
