package dev.headwater.subscription;

import static java.util.Objects.requireNonNull;

import dev.headwater.PlainText;
import dev.headwater.failure.RetryPolicy;
import dev.headwater.store.EventQuery;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A named, durable reader of the log: which events it wants, where it begins and what it does with them. Immutable.
 *
 * <p>It begins with a {@linkplain #named name} and ends with its handler: {@link Builder#projecting a projection},
 * {@link Builder#reacting a reactor}, {@link Builder#recording one that records what is done}, or
 * {@link Builder#forwarding one that hands pages on}.
 *
 * @param <T> the transaction, such as {@code java.sql.Connection}
 */
public final class Subscription<T> {

    private static final int PROJECTION_BATCH = 500;
    private static final int REACTOR_BATCH = 1;
    private static final int FORWARDING_BATCH = 2000;
    private static final int MAX_NAME_LENGTH = 200;
    private static final int SEGMENTS = 16;
    private static final int MAX_SEGMENTS = 1024;

    private final Builder choices;
    private final Handler<T> handler;

    private Subscription(Builder choices, Handler<T> handler) {
        this.choices = choices;
        this.handler = handler;
    }

    /**
     * A subscription to every event, in the order of each stream.
     *
     * @param name identifies the subscription and its checkpoints for ever, 1 to 200 characters
     */
    public static Builder named(String name) {
        return new Builder(name);
    }

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

        /**
         * Hands pages of events on outside of any transaction, before the checkpoint moves.
         *
         * @param forwarder hands them on
         * @param <T> the transaction
         */
        record Forwarding<T>(Forwarder forwarder) implements Handler<T> {}
    }

    /** A subscription that has no handler yet. Immutable: each call returns another one. */
    public static final class Builder {

        private final String name;
        private EventQuery query = EventQuery.all();
        private @Nullable StartFrom start;
        private int batchSize;
        private SequenceKey sequenceKey = SequenceKey.stream();
        private int segments = SEGMENTS;
        private RetryPolicy retry = RetryPolicy.DEFAULT;

        private Builder(String name) {
            if (name.isBlank() || name.length() > MAX_NAME_LENGTH) {
                throw new IllegalArgumentException("The subscription name '" + name + "' has " + name.length()
                        + " characters: expected 1 to " + MAX_NAME_LENGTH + ", not all of them blank");
            }
            this.name = PlainText.require("subscription", name);
        }

        private Builder with(Consumer<Builder> choice) {
            var copy = copyTo(new Builder(name));
            choice.accept(copy);
            return copy;
        }

        private Builder copyTo(Builder copy) {
            copy.query = query;
            copy.start = start;
            copy.batchSize = batchSize;
            copy.sequenceKey = sequenceKey;
            copy.segments = segments;
            copy.retry = retry;
            return copy;
        }

        /** Only the events that a query wants. */
        public Builder events(EventQuery query) {
            requireNonNull(query, "query");
            return with(copy -> copy.query = query);
        }

        /**
         * Where it begins when it has no checkpoint; unless chosen, a projection with the first event of the log, and a
         * reactor with the first one that is appended after its first start.
         */
        public Builder startingAt(StartFrom start) {
            requireNonNull(start, "start");
            return with(copy -> copy.start = start);
        }

        /** Which events are kept in order with one another; those of a stream unless chosen. */
        public Builder orderedBy(SequenceKey sequenceKey) {
            requireNonNull(sequenceKey, "sequenceKey");
            return with(copy -> copy.sequenceKey = sequenceKey);
        }

        /**
         * Among how many parts its keys are divided, and so the most instances that work at once: 1 to 1,024, and 16
         * unless chosen. It is fixed when the subscription is first started.
         */
        public Builder segments(int segments) {
            if (segments < 1 || segments > MAX_SEGMENTS) {
                throw new IllegalArgumentException(
                        "The number of segments is " + segments + ": expected 1 to " + MAX_SEGMENTS);
            }
            return with(copy -> copy.segments = segments);
        }

        /** What happens when the handler fails; {@link RetryPolicy#DEFAULT} unless chosen. */
        public Builder retrying(RetryPolicy retry) {
            requireNonNull(retry, "retry");
            return with(copy -> copy.retry = retry);
        }

        /**
         * The most events that a projection gets in one call, which are one transaction; 500 unless chosen. A reactor
         * always gets one event at a time, and what it has done is stored for many events at once.
         */
        public Builder batchSize(int batchSize) {
            if (batchSize < 1) {
                throw new IllegalArgumentException("The batch size is " + batchSize + ": expected 1 or more");
            }
            return with(copy -> copy.batchSize = batchSize);
        }

        /** Writes a read model; a page of events is one transaction, and its effect happens once. */
        public <T> Subscription<T> projecting(Projection<T> projection) {
            requireNonNull(projection, "projection");
            return handledBy(new Handler.Projecting<>(projection), StartFrom.beginning(), PROJECTION_BATCH);
        }

        /**
         * Causes effects elsewhere, at least once. Keys are handled side by side, up to
         * {@link SubscriptionSettings#withConcurrency} of them, and the events of a key one after the other. What is
         * done is stored soon after, also beyond a key that is slow; after a crash what was not stored comes again.
         */
        public <T> Subscription<T> reacting(Reactor reactor) {
            requireNonNull(reactor, "reactor");
            return recording((event, effects) -> reactor.react(event));
        }

        /** Causes effects elsewhere, as a reactor does, and does not repeat those that are recorded as done. */
        public <T> Subscription<T> recording(RecordingReactor reactor) {
            requireNonNull(reactor, "reactor");
            return handledBy(new Handler.Reacting<>(reactor), StartFrom.end(), REACTOR_BATCH);
        }

        /**
         * Hands pages of events on to somebody who keeps them, in position order and at least once; 2,000 events at a
         * time unless chosen otherwise. It begins with the first event of the log unless chosen.
         */
        public <T> Subscription<T> forwarding(Forwarder forwarder) {
            requireNonNull(forwarder, "forwarder");
            return handledBy(new Handler.Forwarding<>(forwarder), StartFrom.beginning(), FORWARDING_BATCH);
        }

        private <T> Subscription<T> handledBy(Handler<T> handler, StartFrom usualStart, int usualBatch) {
            var complete = with(copy -> {
                copy.start = start == null ? usualStart : start;
                copy.batchSize = batchSize == 0 ? usualBatch : batchSize;
            });
            return new Subscription<>(complete, handler);
        }
    }

    /** Identifies the subscription and its checkpoints for ever. */
    public String name() {
        return choices.name;
    }

    /** The same subscription under another name, such as one for a part of what it reads. */
    public Subscription<T> withName(String name) {
        var renamed = new Builder(name);
        return new Subscription<>(choices.copyTo(renamed), handler);
    }

    /** The same subscription that begins elsewhere when it has no checkpoint. */
    public Subscription<T> withStart(StartFrom start) {
        return new Subscription<>(choices.startingAt(start), handler);
    }

    /** Which events it wants. */
    public EventQuery query() {
        return choices.query;
    }

    /** Where it begins when it has no checkpoint. */
    public StartFrom start() {
        return requireNonNull(choices.start);
    }

    /** The most events that a projection gets in one call. */
    public int batchSize() {
        return choices.batchSize;
    }

    /** What it does with events. */
    public Handler<T> handler() {
        return handler;
    }

    /** Which events are kept in order with one another. */
    public SequenceKey sequenceKey() {
        return choices.sequenceKey;
    }

    /** Among how many parts its keys are divided when it is first started. */
    public int segments() {
        return choices.segments;
    }

    /** What happens when the handler fails. */
    public RetryPolicy retry() {
        return choices.retry;
    }

    /** Names the subscription. */
    @Override
    public String toString() {
        return "subscription '" + name() + "'";
    }
}
