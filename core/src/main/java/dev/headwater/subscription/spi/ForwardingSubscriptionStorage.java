package dev.headwater.subscription.spi;

import dev.headwater.subscription.DeadLetter;
import dev.headwater.subscription.SubscriptionOverview;
import dev.headwater.subscription.SubscriptionStatus;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A storage that does what another one does: extend it to observe or to disturb some of that. As thread-safe as the
 * other one.
 *
 * @param <T> what handlers write through
 */
public class ForwardingSubscriptionStorage<T> implements SubscriptionStorage<T> {

    private final SubscriptionStorage<T> storage;

    /** Forwards everything. */
    protected ForwardingSubscriptionStorage(SubscriptionStorage<T> storage) {
        this.storage = storage;
    }

    @Override
    public int register(String subscription, int segments, long initialPosition) {
        return storage.register(subscription, segments, initialPosition);
    }

    @Override
    public Map<String, Assignment> renew(String instance, Set<String> subscriptions, Duration lease) {
        return storage.renew(instance, subscriptions, lease);
    }

    @Override
    public Holding holding(String subscription, String instance) {
        return storage.holding(subscription, instance);
    }

    @Override
    public void release(String subscription, String instance, Collection<Claim> claims) {
        storage.release(subscription, instance, claims);
    }

    @Override
    public void leave(String subscription, String instance) {
        storage.leave(subscription, instance);
    }

    @Override
    public void succeed(String subscription, String former, String successor) {
        storage.succeed(subscription, former, successor);
    }

    @Override
    public PageTransaction<T> begin(String subscription, Holding holding, Map<Integer, Checkpoint> to)
            throws Exception {
        return storage.begin(subscription, holding, to);
    }

    @Override
    public void recordEffect(String subscription, long position, String name) {
        storage.recordEffect(subscription, position, name);
    }

    @Override
    public Set<String> effects(String subscription, long position) {
        return storage.effects(subscription, position);
    }

    @Override
    public List<ParkedSequence> parked(String subscription, Set<Integer> segments) {
        return storage.parked(subscription, segments);
    }

    @Override
    public List<ParkedSequence> due(String subscription, Set<Integer> segments, int limit) {
        return storage.due(subscription, segments, limit);
    }

    @Override
    public List<DeadLetter> sequence(String subscription, String sequenceKey, int limit) {
        return storage.sequence(subscription, sequenceKey, limit);
    }

    @Override
    public Optional<byte[]> record(String subscription, long position) {
        return storage.record(subscription, position);
    }

    @Override
    public List<SubscriptionStatus.Segment> segments(String subscription) {
        return storage.segments(subscription);
    }

    @Override
    public void pause(String subscription, String who) {
        storage.pause(subscription, who);
    }

    @Override
    public void resume(String subscription) {
        storage.resume(subscription);
    }

    @Override
    public List<SubscriptionOverview> overview(Optional<String> subscription) {
        return storage.overview(subscription);
    }

    @Override
    public int concurrentTransactions() {
        return storage.concurrentTransactions();
    }

    @Override
    public void reset(String subscription, long position) {
        storage.reset(subscription, position);
    }

    @Override
    public void replace(String former, String successor, PageTransaction.Part<T> work) throws Exception {
        storage.replace(former, successor, work);
    }

    @Override
    public void forget(String subscription) {
        storage.forget(subscription);
    }

    @Override
    public List<String> rehearse(PageTransaction.Part<T> part) throws Exception {
        return storage.rehearse(part);
    }

    /**
     * A transaction that does what another one does.
     *
     * @param <T> what handlers write through
     */
    public static class Transaction<T> implements PageTransaction<T> {

        private final PageTransaction<T> transaction;

        /** Forwards everything. */
        protected Transaction(PageTransaction<T> transaction) {
            this.transaction = transaction;
        }

        @Override
        public T transaction() {
            return transaction.transaction();
        }

        @Override
        public Mark mark() throws Exception {
            return transaction.mark();
        }

        @Override
        public void commit() throws Exception {
            transaction.commit();
        }

        @Override
        public void abort() {
            transaction.abort();
        }

        @Override
        public void close() {
            transaction.close();
        }

        @Override
        public void park(Letter letter) {
            transaction.park(letter);
        }

        @Override
        public boolean settle(DeadLetter letter) throws Exception {
            return transaction.settle(letter);
        }

        @Override
        public void forgetEffects(long position) {
            transaction.forgetEffects(position);
        }
    }
}
