package dev.headwater.subscription;

import dev.headwater.subscription.spi.Assignment;
import dev.headwater.subscription.spi.Claim;
import dev.headwater.subscription.spi.PageTransaction;
import dev.headwater.subscription.spi.ParkedSequence;
import dev.headwater.subscription.spi.SubscriptionStorage;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A storage that does what another one does, to be disturbed in one method. */
class ForwardingSubscriptionStorage<T> implements SubscriptionStorage<T> {

    private final SubscriptionStorage<T> correct;

    ForwardingSubscriptionStorage(SubscriptionStorage<T> correct) {
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
    public void advance(String subscription, Collection<Claim> claims, long to, Work<T> work) throws Exception {
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
    public void replace(String former, String successor, PageTransaction.Part<T> work) throws Exception {
        correct.replace(former, successor, work);
    }

    @Override
    public void forget(String subscription) {
        correct.forget(subscription);
    }

    @Override
    public List<String> rehearse(PageTransaction.Part<T> part) throws Exception {
        return correct.rehearse(part);
    }
}
