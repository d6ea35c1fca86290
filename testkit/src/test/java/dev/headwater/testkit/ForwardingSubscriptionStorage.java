package dev.headwater.testkit;

import dev.headwater.memory.InMemorySubscriptionStorage;
import dev.headwater.subscription.DeadLetter;
import dev.headwater.subscription.DeadLetterFilter;
import dev.headwater.subscription.DeadLetters;
import dev.headwater.subscription.SubscriptionStatus;
import dev.headwater.subscription.spi.Assignment;
import dev.headwater.subscription.spi.Claim;
import dev.headwater.subscription.spi.Letter;
import dev.headwater.subscription.spi.PageTransaction;
import dev.headwater.subscription.spi.ParkedSequence;
import dev.headwater.subscription.spi.SubscriptionStorage;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A correct storage with its dead letters, to be spoiled in one method. */
class ForwardingSubscriptionStorage implements SubscriptionStorage<List<String>>, DeadLetters {

    final InMemorySubscriptionStorage<List<String>> correct;

    ForwardingSubscriptionStorage(InMemorySubscriptionStorage<List<String>> correct) {
        this.correct = correct;
    }

    @Override
    public int register(String subscription, int segments, long initialPosition) {
        return correct.register(subscription, segments, initialPosition);
    }

    @Override
    public Map<String, Assignment> renew(String instance, Set<String> subscriptions, Duration lease) {
        return correct.renew(instance, subscriptions, lease);
    }

    @Override
    public List<Claim> claims(String subscription, String instance) {
        return correct.claims(subscription, instance);
    }

    @Override
    public void release(String subscription, String instance, Collection<Claim> claims) {
        correct.release(subscription, instance, claims);
    }

    @Override
    public void leave(String subscription, String instance) {
        correct.leave(subscription, instance);
    }

    @Override
    public void advance(String subscription, Collection<Claim> claims, long to, Work<List<String>> work)
            throws Exception {
        correct.advance(subscription, claims, to, work);
    }

    @Override
    public List<ParkedSequence> parked(String subscription, Set<Integer> segments) {
        return correct.parked(subscription, segments);
    }

    @Override
    public List<ParkedSequence> due(String subscription, Set<Integer> segments, int limit) {
        return correct.due(subscription, segments, limit);
    }

    @Override
    public List<DeadLetter> sequence(String subscription, String sequenceKey, int limit) {
        return correct.sequence(subscription, sequenceKey, limit);
    }

    @Override
    public List<SubscriptionStatus.Segment> segments(String subscription) {
        return correct.segments(subscription);
    }

    @Override
    public void setPaused(String subscription, boolean paused) {
        correct.setPaused(subscription, paused);
    }

    @Override
    public void reset(String subscription, long position) {
        correct.reset(subscription, position);
    }

    @Override
    public void replace(String former, String successor, PageTransaction.Part<List<String>> work) throws Exception {
        correct.replace(former, successor, work);
    }

    @Override
    public List<String> rehearse(PageTransaction.Part<List<String>> part) throws Exception {
        return correct.rehearse(part);
    }

    @Override
    public void forget(String subscription) {
        correct.forget(subscription);
    }

    @Override
    public List<DeadLetter> list(DeadLetterFilter filter, DeadLetter after, int limit) {
        return correct.list(filter, after, limit);
    }

    @Override
    public List<DeadLetter> list(DeadLetterFilter filter, int limit) {
        return correct.list(filter, limit);
    }

    @Override
    public Count count(DeadLetterFilter filter) {
        return correct.count(filter);
    }

    @Override
    public Map<String, Long> countByFingerprint(DeadLetterFilter filter) {
        return correct.countByFingerprint(filter);
    }

    @Override
    public int retry(DeadLetterFilter filter, String who) {
        return correct.retry(filter, who);
    }

    @Override
    public int discard(DeadLetterFilter filter, String who, String reason) {
        return correct.discard(filter, who, reason);
    }

    @Override
    public List<Decision> history(String subscription, long position) {
        return correct.history(subscription, position);
    }

    /** A transaction that does what another one does. */
    static class ForwardingTransaction implements PageTransaction<List<String>> {
        private final PageTransaction<List<String>> correct;

        ForwardingTransaction(PageTransaction<List<String>> correct) {
            this.correct = correct;
        }

        @Override
        public List<String> transaction() {
            return correct.transaction();
        }

        @Override
        public void attempt(Part<List<String>> part) throws Exception {
            correct.attempt(part);
        }

        @Override
        public void park(Letter letter) {
            correct.park(letter);
        }

        @Override
        public void settle(long position) {
            correct.settle(position);
        }
    }
}
