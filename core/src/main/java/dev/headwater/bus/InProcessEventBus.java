package dev.headwater.bus;

import dev.headwater.Command;
import dev.headwater.Envelope;
import dev.headwater.Message;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * An event bus within the process: what it has accepted is lost when the process ends; durable delivery is what
 * subscriptions to the event store are for.
 *
 * <p><b>Synchronous delivery</b> (the default) invokes the handlers on the publisher's thread, in the order of
 * subscription; {@code publish} returns when all of them are done. What a handler publishes is delivered when the event
 * that it handles has reached all its handlers, so every handler sees the events of one thread in the order in which
 * they were published, and a cause before its effect; the outermost {@code publish} returns after all of it. Several
 * publishing threads invoke a handler at the same time.
 *
 * <p><b>{@linkplain Builder#asynchronous() Asynchronous delivery}</b> invokes the handlers on virtual threads. A
 * handler gets the events of one key one after the other, in the order in which they were accepted, which is the same
 * for all handlers and for one publishing thread the order of its calls; different keys and different handlers run in
 * parallel. Without {@link Builder#orderedBy} all events share one key. Each handler has its own queue, so a slow one
 * holds up the others only once its queue is full: then publishing to it blocks until there is room, and throws
 * {@link PublishInterruptedException} when it is interrupted. A handler that publishes never blocks, because handlers
 * that wait for each other's room would wait for ever: its events are accepted beyond the bound. Threads that a handler
 * starts count as ordinary publishers; a handler that waits for them can wait for itself.
 *
 * <p><b>Failures</b>, exceptions and errors alike, {@link StackOverflowError} and {@link OutOfMemoryError} included, go
 * to the listener given to {@link Builder#onFailure}; the other handlers still get the event. After an
 * {@link InterruptedException} the thread's interrupt flag is set again; on the threads of asynchronous delivery it
 * does not outlast the event. There is no retry: whoever wants one decorates the handler.
 *
 * <p><b>Context</b>: a handler runs under {@link dev.headwater.MessageContext#handling}, so what it publishes carries
 * causation and correlation.
 *
 * <p>Thread-safe.
 */
public final class InProcessEventBus implements EventBus {

    private final HandlerTable handlers = new HandlerTable();
    private final Delivery delivery;
    private final FailureReporter failures;
    private volatile boolean closed;

    private InProcessEventBus(Delivery delivery, FailureReporter failures) {
        this.delivery = delivery;
        this.failures = failures;
    }

    /** Starts with synchronous delivery and a failure listener that logs. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public void publish(Envelope<?> envelope) {
        var message = envelope.message();
        if (message instanceof Command) {
            throw new IllegalArgumentException(message.getClass().getName()
                    + " is a command and has exactly one handler: send it with a CommandBus;"
                    + " the event bus is for events and notifications");
        }
        delivery.deliver(envelope, handlers.handlersOf(message.getClass()));
    }

    @Override
    public <M extends Message> Registration subscribe(Class<M> type, String name, MessageHandler<? super M> handler) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(handler, "handler");
        if (Command.class.isAssignableFrom(type)) {
            throw new IllegalArgumentException(type.getName()
                    + " is a command: give its handler to CommandBus.builder(...).handle; the event bus is for events"
                    + " and notifications");
        }
        if (closed) {
            throw new IllegalStateException("The event bus is closed: subscribe '" + name + "' before");
        }
        var registered = new RegisteredHandler(type, name, handler, failures);
        handlers.add(registered);
        return () -> end(registered);
    }

    private void end(RegisteredHandler registered) {
        registered.close();
        handlers.remove(registered);
        delivery.discard(registered);
        if (!delivery.onHandlerThread()) {
            registered.awaitIdle();
        }
    }

    /**
     * Refuses further events and waits without limit until those accepted are delivered; see {@link #close(Duration)}.
     */
    @Override
    public void close() {
        close(Long.MAX_VALUE);
    }

    /**
     * Refuses further events and waits until those accepted are delivered, and with them what their handlers publish
     * meanwhile.
     *
     * <p>When the time is up, or the calling thread is interrupted (which keeps its flag), asynchronous delivery
     * interrupts the handlers that are running and gives each event whose turn had not come to the failure listener;
     * synchronous delivery, which runs on the publishers' threads, is left to end by itself. A handler of this bus that
     * closes it does not wait; the events are delivered afterwards. Closing again waits again.
     *
     * @return whether everything accepted was delivered
     */
    public boolean close(Duration timeout) {
        return close(TimeUnit.NANOSECONDS.convert(timeout));
    }

    private boolean close(long nanos) {
        closed = true;
        return delivery.close(nanos);
    }

    /** How many keys have something to do; 0 with synchronous delivery, which has no keys. */
    int activeKeys() {
        return delivery instanceof AsynchronousDelivery asynchronous ? asynchronous.activeKeys() : 0;
    }

    /** Configures a bus. Not thread-safe. */
    public static final class Builder {

        /** How many events wait for one handler unless {@link #queueCapacity} says otherwise. */
        public static final int DEFAULT_QUEUE_CAPACITY = 1024;

        private boolean asynchronous;
        private @Nullable Function<? super Envelope<?>, ?> sequenceKey;
        private @Nullable Integer queueCapacity;
        private @Nullable Consumer<? super HandlerFailure> failureListener;

        private Builder() {}

        /** Invokes handlers on virtual threads instead of the publisher's. */
        public Builder asynchronous() {
            asynchronous = true;
            return this;
        }

        /**
         * Keeps order only among events of the same key, and handles different keys in parallel; for asynchronous
         * delivery.
         *
         * <p>Without it all events share one key, because no other default keeps the order of an aggregate's events:
         * the bus does not know their stream. Use the id of the aggregate, {@code Envelope::correlationId} for the
         * order within a conversation, or {@code Envelope::id} for no order at all. The function runs on the
         * publisher's thread, and what it throws goes to the publisher. A key is not null, and is told from others by
         * {@code equals} and {@code hashCode}.
         */
        public Builder orderedBy(Function<? super Envelope<?>, ?> newSequenceKey) {
            sequenceKey = newSequenceKey;
            return this;
        }

        /**
         * How many events, those being handled included, one handler may have before publishing to it blocks; for
         * asynchronous delivery. It also bounds on how many threads a handler runs at the same time.
         *
         * @param events at least 1; {@value #DEFAULT_QUEUE_CAPACITY} unless set
         */
        public Builder queueCapacity(int events) {
            if (events < 1) {
                throw new IllegalArgumentException("The queue capacity is " + events + ": expected 1 or more");
            }
            queueCapacity = events;
            return this;
        }

        /**
         * Tells a listener about every failure of a handler, instead of logging it at error level.
         *
         * <p>The listener runs on the handler's thread, before the handler's next event, and can be called by several
         * threads at once. What it throws is logged and otherwise ignored.
         */
        public Builder onFailure(Consumer<? super HandlerFailure> listener) {
            failureListener = listener;
            return this;
        }

        /**
         * Makes the bus.
         *
         * @throws IllegalStateException when an option for asynchronous delivery is set without it
         */
        public InProcessEventBus build() {
            if (!asynchronous && (sequenceKey != null || queueCapacity != null)) {
                throw new IllegalStateException("orderedBy and queueCapacity are for asynchronous delivery: call"
                        + " asynchronous() too, or leave them out");
            }
            return new InProcessEventBus(
                    asynchronous ? asynchronousDelivery() : new SynchronousDelivery(), failureReporter());
        }

        private AsynchronousDelivery asynchronousDelivery() {
            return new AsynchronousDelivery(
                    sequenceKey == null ? envelope -> InProcessEventBus.class : sequenceKey,
                    queueCapacity == null ? DEFAULT_QUEUE_CAPACITY : queueCapacity);
        }

        private FailureReporter failureReporter() {
            var log = LoggerFactory.getLogger(InProcessEventBus.class);
            return new FailureReporter(
                    failureListener == null ? new LoggingFailureListener(log) : failureListener, log);
        }
    }
}
