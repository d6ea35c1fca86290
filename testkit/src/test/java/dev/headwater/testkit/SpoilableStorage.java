package dev.headwater.testkit;

import dev.headwater.memory.InMemorySubscriptionStorage;
import dev.headwater.store.AppendResult;
import dev.headwater.store.StreamId;
import dev.headwater.subscription.DeadLetter;
import dev.headwater.subscription.DeadLetterFilter;
import dev.headwater.subscription.DeadLetters;
import dev.headwater.subscription.spi.ForwardingSubscriptionStorage;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** A correct storage with its dead letters, to be spoiled in one method. */
class SpoilableStorage extends ForwardingSubscriptionStorage<List<String>> implements DeadLetters {

    final InMemorySubscriptionStorage<List<String>> correct;

    SpoilableStorage(InMemorySubscriptionStorage<List<String>> correct) {
        super(correct);
        this.correct = correct;
    }

    @Override
    public List<DeadLetter> list(DeadLetterFilter filter, DeadLetter after, int limit) {
        return correct.deadLetters().list(filter, after, limit);
    }

    @Override
    public List<DeadLetter> list(DeadLetterFilter filter, int limit) {
        return correct.deadLetters().list(filter, limit);
    }

    @Override
    public Count count(DeadLetterFilter filter) {
        return correct.deadLetters().count(filter);
    }

    @Override
    public Map<String, Long> countByFingerprint(DeadLetterFilter filter) {
        return correct.deadLetters().countByFingerprint(filter);
    }

    @Override
    public int retry(DeadLetterFilter filter, String who) {
        return correct.deadLetters().retry(filter, who);
    }

    @Override
    public int retry(DeadLetterFilter filter, Pace pace, String who) {
        return correct.deadLetters().retry(filter, pace, who);
    }

    @Override
    public AppendResult correct(String subscription, long position, Correction correction, String who, String reason) {
        return correct.deadLetters().correct(subscription, position, correction, who, reason);
    }

    @Override
    public void replace(String subscription, long position, Replacement replacement, String who, String reason) {
        correct.deadLetters().replace(subscription, position, replacement, who, reason);
    }

    @Override
    public int discard(DeadLetterFilter filter, String who, String reason) {
        return correct.deadLetters().discard(filter, who, reason);
    }

    @Override
    public long countFailures(Collection<StreamId> streams) {
        return correct.deadLetters().countFailures(streams);
    }

    @Override
    public long redactFailures(Collection<StreamId> streams) {
        return correct.deadLetters().redactFailures(streams);
    }

    @Override
    public List<Decision> history(String subscription, long position) {
        return correct.deadLetters().history(subscription, position);
    }
}
