package dev.headwater.subscription;

import dev.headwater.failure.Failure;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listeners whose failures concern nobody else. */
record GuardedListeners(List<SubscriptionListener> listeners) implements SubscriptionListener {

    private static final Logger LOG = LoggerFactory.getLogger(SubscriptionListener.class);

    private static final long SECOND = 1_000_000_000;

    /** When a failure was logged last. */
    private static final AtomicLong SAID = new AtomicLong(System.nanoTime() - SECOND);

    static final GuardedListeners NONE = new GuardedListeners(List.of());

    GuardedListeners and(SubscriptionListener another) {
        return new GuardedListeners(
                Stream.concat(listeners.stream(), Stream.of(another)).toList());
    }

    @Override
    public void handled(String subscription, int events, Duration took) {
        tell(listener -> listener.handled(subscription, events, took));
    }

    @Override
    public void failed(String subscription, Throwable failure) {
        tell(listener -> listener.failed(subscription, failure));
    }

    @Override
    public void parked(String subscription, long position, DeadLetter.State state, Optional<Failure> failure) {
        tell(listener -> listener.parked(subscription, position, state, failure));
    }

    @Override
    public void settled(String subscription, long position) {
        tell(listener -> listener.settled(subscription, position));
    }

    @Override
    public void gained(String subscription, Set<Integer> segments) {
        tell(listener -> listener.gained(subscription, segments));
    }

    @Override
    public void lost(String subscription, Set<Integer> segments) {
        tell(listener -> listener.lost(subscription, segments));
    }

    @Override
    public void committed(String subscription, long position) {
        tell(listener -> listener.committed(subscription, position));
    }

    private void tell(Consumer<SubscriptionListener> what) {
        for (var listener : listeners) {
            try {
                what.accept(listener);
            } catch (Throwable e) {
                say(e);
            }
        }
    }

    private static void say(Throwable failure) {
        long now = System.nanoTime();
        long before = SAID.get();
        if (now - before >= SECOND && SAID.compareAndSet(before, now)) {
            LOG.warn("A listener of subscriptions has failed, which is ignored: {}", Failure.inBrief(failure));
        }
    }
}
