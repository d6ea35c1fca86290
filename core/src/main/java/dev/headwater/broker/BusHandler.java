package dev.headwater.broker;

import dev.headwater.Envelope;
import dev.headwater.Message;
import dev.headwater.MessageContext;
import dev.headwater.bus.MessageHandler;
import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.StartFrom;
import dev.headwater.subscription.Subscription;
import java.util.function.Function;

/** Handlers of a bus as subscriptions, which begin with what is published from now on. */
final class BusHandler {

    private BusHandler() {}

    static <M extends Message, T> Function<Subscription.Builder, Subscription<T>> atLeastOnce(
            Class<M> type, MessageHandler<? super M> handler) {
        return builder -> builder.reacting(event -> {
            Envelope<M> envelope = envelope(type, event);
            handler.handle(narrowed(envelope));
        });
    }

    static <M extends Message, T> Function<Subscription.Builder, Subscription<T>> once(
            Class<M> type, TransactionalHandler<? super M, T> handler) {
        return builder -> builder.startingAt(StartFrom.end()).projecting((events, transaction) -> {
            for (var event : events) {
                Envelope<M> envelope = envelope(type, event);
                MessageContext.handling(envelope, () -> {
                    handler.handle(narrowed(envelope), transaction);
                    return Boolean.TRUE;
                });
            }
        });
    }

    private static <M extends Message> Envelope<M> envelope(Class<M> type, StoredEvent event) {
        var envelope = event.messageEnvelope();
        return new Envelope<>(envelope.id(), envelope.time(), envelope.metadata(), type.cast(envelope.message()));
    }

    /** The cast holds because an envelope is immutable. */
    @SuppressWarnings("unchecked")
    private static <S extends Message> Envelope<S> narrowed(Envelope<? extends S> envelope) {
        return (Envelope<S>) envelope;
    }
}
