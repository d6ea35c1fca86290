package dev.headwater.subscription;

import dev.headwater.failure.RetryPolicy;
import dev.headwater.store.EventQuery;
import java.util.Objects;

/**
 * A named, durable reader of the log: which events it wants, where it begins and what it does with them. Immutable.
 *
 * @param name identifies the subscription and its checkpoint for ever, 1 to 200 characters
 * @param query which events it wants
 * @param start where it begins when it has no checkpoint
 * @param batchSize the most events handed over and committed at once
 * @param handler what it does with a page of events
 * @param sequenceKey which events are kept in order with one another
 * @param segments among how many parts its keys are divided, and so the most instances that work at once; fixed when it
 *     is first started
 * @param retry what happens when the handler fails
 * @param <T> the transaction, such as {@code java.sql.Connection}
 */
public record Subscription<T>(
        String name,
        EventQuery query,
        StartFrom start,
        int batchSize,
        Handler<T> handler,
        SequenceKey sequenceKey,
        int segments,
        RetryPolicy retry) {

    private static final int PROJECTION_BATCH = 500;
    private static final int REACTOR_BATCH = 1;
    private static final int MAX_NAME_LENGTH = 200;
    private static final int SEGMENTS = 16;
    private static final int MAX_SEGMENTS = 1024;

    /**
     * What a subscription does with events: a closed choice.
     *
     * @param <T> the transaction
     */
    public sealed interface Handler<T> {

        /**
         * Writes a read model in the transaction of the checkpoint.
         *
         * @param projection writes it
         * @param <T> the transaction
         */
        record Projecting<T>(Projection<T> projection) implements Handler<T> {}

        /**
         * Causes effects outside of any transaction, before the checkpoint moves.
         *
         * @param reactor causes them
         * @param <T> the transaction
         */
        record Reacting<T>(RecordingReactor reactor) implements Handler<T> {}
    }

    /** Checks name and batch size. */
    public Subscription {
        Objects.requireNonNull(query, "query");
        Objects.requireNonNull(start, "start");
        Objects.requireNonNull(handler, "handler");
        if (name.isBlank() || name.length() > MAX_NAME_LENGTH) {
            throw new IllegalArgumentException("The subscription name '" + name + "' has " + name.length()
                    + " characters: expected 1 to " + MAX_NAME_LENGTH + ", not all of them blank");
        }
        if (batchSize < 1) {
            throw new IllegalArgumentException("The batch size is " + batchSize + ": expected 1 or more");
        }
        if (segments < 1 || segments > MAX_SEGMENTS) {
            throw new IllegalArgumentException(
                    "The number of segments is " + segments + ": expected 1 to " + MAX_SEGMENTS);
        }
    }

    /** A projection of every event from the beginning of the log; a page is one transaction. */
    public static <T> Subscription<T> projection(String name, Projection<T> projection) {
        return of(name, StartFrom.beginning(), PROJECTION_BATCH, new Handler.Projecting<>(projection));
    }

    /** A reactor to every event that is appended after its first start; its checkpoint follows every single event. */
    public static <T> Subscription<T> reactor(String name, Reactor reactor) {
        return reactor(name, (event, effects) -> reactor.react(event));
    }

    /** The same for a reactor that records which of its effects are done. */
    public static <T> Subscription<T> reactor(String name, RecordingReactor reactor) {
        return of(name, StartFrom.end(), REACTOR_BATCH, new Handler.Reacting<>(reactor));
    }

    private static <T> Subscription<T> of(String name, StartFrom start, int batchSize, Handler<T> handler) {
        return new Subscription<>(
                name, EventQuery.all(), start, batchSize, handler, SequenceKey.stream(), SEGMENTS, RetryPolicy.DEFAULT);
    }

    /** The same subscription to the events that a query wants. */
    public Subscription<T> to(EventQuery newQuery) {
        return new Subscription<>(name, newQuery, start, batchSize, handler, sequenceKey, segments, retry);
    }

    /** The same subscription with another beginning. */
    public Subscription<T> from(StartFrom newStart) {
        return new Subscription<>(name, query, newStart, batchSize, handler, sequenceKey, segments, retry);
    }

    /** The same subscription with another batch size; a reactor with a larger one repeats more after a crash. */
    public Subscription<T> withBatchSize(int newBatchSize) {
        return new Subscription<>(name, query, start, newBatchSize, handler, sequenceKey, segments, retry);
    }

    /** The same subscription that keeps the order of other events than those of a stream. */
    public Subscription<T> orderedBy(SequenceKey newSequenceKey) {
        return new Subscription<>(name, query, start, batchSize, handler, newSequenceKey, segments, retry);
    }

    /** The same subscription with another number of segments, which counts only before it is first started. */
    public Subscription<T> withSegments(int newSegments) {
        return new Subscription<>(name, query, start, batchSize, handler, sequenceKey, newSegments, retry);
    }

    /** The same subscription with another way to treat failures. */
    public Subscription<T> retrying(RetryPolicy newRetry) {
        return new Subscription<>(name, query, start, batchSize, handler, sequenceKey, segments, newRetry);
    }
}
