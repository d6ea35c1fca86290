package dev.headwater.bus;

import dev.headwater.Envelope;
import dev.headwater.Message;
import dev.headwater.MessageContext;
import dev.headwater.failure.Failure;
import dev.headwater.failure.RetryPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Gives handlers of an in-process bus retries and dead letters, by the same {@link RetryPolicy} that subscriptions
 * have.
 *
 * <p>A wrapped handler is tried again on the thread of the delivery, so in asynchronous delivery a retry holds up only
 * the events of its key. What fails for good is kept here, per handler and message, until somebody retries or discards
 * it; later messages do not wait for it. All this lives in memory and ends with the process: what must not be lost, or
 * must keep its order behind a failure, is the work of a {@link dev.headwater.subscription.Subscription}. Thread-safe.
 */
public final class ResilientHandlers {

    private final RetryPolicy policy;
    private final int capacity;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Key, Entry<?>> entries = new LinkedHashMap<>();

    /**
     * Creates them with nothing kept.
     *
     * @param capacity the most dead letters kept; when it is reached, failures go to the error listener of the bus as
     *     they would without this
     */
    public ResilientHandlers(RetryPolicy policy, int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("The capacity is " + capacity + ": expected 1 or more");
        }
        this.policy = policy;
        this.capacity = capacity;
    }

    /**
     * A message that a handler could not handle.
     *
     * @param handler the name that the handler was wrapped with
     * @param envelope the message
     * @param attempts how often the handler was called with it
     * @param firstFailure when it failed first
     * @param lastFailure when it failed last
     * @param failure why
     */
    public record Letter(
            String handler,
            Envelope<?> envelope,
            int attempts,
            Instant firstFailure,
            Instant lastFailure,
            Failure failure) {}

    private record Key(String handler, UUID message) {}

    private record Entry<M extends Message>(Letter letter, Envelope<M> envelope, MessageHandler<M> handler) {}

    /**
     * A handler that is tried again when it fails, and whose failures are kept.
     *
     * @param name tells the letters of this handler from those of others
     */
    public <M extends Message> MessageHandler<M> wrap(String name, MessageHandler<M> handler) {
        return envelope -> {
            var started = Instant.now();
            var failed = call(envelope, handler, 0, started);
            if (failed != null) {
                keep(new Key(name, envelope.id()), envelope, handler, failed, started);
            }
        };
    }

    private record Failed(Throwable cause, int attempts) {}

    /** Calls the handler until it succeeds, then returns null, or until the policy gives up. */
    private <M extends Message> @Nullable Failed call(
            Envelope<M> envelope, MessageHandler<M> handler, int attemptsBefore, Instant started) {
        int attempts = attemptsBefore;
        while (true) {
            attempts++;
            try {
                handler.handle(envelope);
                return null;
            } catch (Exception | Error e) {
                var pause = policy.pauseAfter(
                        e,
                        attempts - attemptsBefore,
                        Duration.between(started, Instant.now()),
                        ThreadLocalRandom.current());
                if (pause.isEmpty() || Thread.currentThread().isInterrupted()) {
                    return new Failed(e, attempts);
                }
                LockSupport.parkNanos(pause.get().toNanos());
            }
        }
    }

    private <M extends Message> void keep(
            Key key, Envelope<M> envelope, MessageHandler<M> handler, Failed failed, Instant firstFailure)
            throws Exception {
        lock.lock();
        try {
            if (entries.size() < capacity || entries.containsKey(key)) {
                var letter = new Letter(
                        key.handler(),
                        envelope,
                        failed.attempts(),
                        firstFailure,
                        Instant.now(),
                        Failure.of(failed.cause()));
                entries.put(key, new Entry<>(letter, envelope, handler));
                return;
            }
        } finally {
            lock.unlock();
        }
        switch (failed.cause()) {
            case Exception e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException(failed.cause());
        }
    }

    /** What is kept, oldest first. */
    public List<Letter> letters() {
        lock.lock();
        try {
            var letters = new ArrayList<Letter>();
            entries.values().forEach(entry -> letters.add(entry.letter()));
            return letters;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Calls the handler that failed, and no other, with its message once more, on the thread of the caller; the policy
     * begins anew.
     *
     * @return whether it has succeeded now; otherwise the letter stays, with the latest failure
     * @throws IllegalArgumentException when there is no such letter
     */
    public boolean retry(String handler, UUID message) throws Exception {
        return retry(take(new Key(handler, message)));
    }

    private <M extends Message> boolean retry(Entry<M> entry) throws Exception {
        var letter = entry.letter();
        var failed = MessageContext.handling(
                entry.envelope(), () -> call(entry.envelope(), entry.handler(), letter.attempts(), Instant.now()));
        if (failed == null) {
            return true;
        }
        var key = new Key(letter.handler(), letter.envelope().id());
        keep(key, entry.envelope(), entry.handler(), failed, letter.firstFailure());
        return false;
    }

    /**
     * Forgets a letter.
     *
     * @throws IllegalArgumentException when there is no such letter
     */
    public void discard(String handler, UUID message) {
        take(new Key(handler, message));
    }

    private Entry<?> take(Key key) {
        lock.lock();
        try {
            var entry = entries.remove(key);
            if (entry == null) {
                throw new IllegalArgumentException("There is no dead letter of the handler '" + key.handler()
                        + "' for the message " + key.message());
            }
            return entry;
        } finally {
            lock.unlock();
        }
    }
}
