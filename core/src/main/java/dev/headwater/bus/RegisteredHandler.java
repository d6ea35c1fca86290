package dev.headwater.bus;

import dev.headwater.Envelope;
import dev.headwater.Message;
import dev.headwater.MessageContext;

/** A handler as a bus knows it: its type, its name, whether it is still wanted, and who hears of its failures. */
final class RegisteredHandler {

    private final Class<? extends Message> type;
    private final String name;
    private final MessageHandler<Message> handler;
    private final FailureReporter failures;
    private final Gate gate = new Gate();

    /** The unchecked cast holds because an envelope is immutable and {@link #takes} is asked before. */
    @SuppressWarnings("unchecked")
    <M extends Message> RegisteredHandler(
            Class<M> type, String name, MessageHandler<? super M> handler, FailureReporter failures) {
        this.type = type;
        this.name = name;
        this.handler = (MessageHandler<Message>) handler;
        this.failures = failures;
    }

    String name() {
        return name;
    }

    boolean takes(Class<?> messageClass) {
        return type.isAssignableFrom(messageClass);
    }

    /** Invokes the handler unless it is closed; whatever it throws goes to the failure listener. */
    @SuppressWarnings("unchecked")
    void invoke(Envelope<?> envelope) {
        if (!gate.enter()) {
            return;
        }
        try {
            MessageContext.handling(envelope, () -> {
                handler.handle((Envelope<Message>) envelope);
                return null;
            });
        } catch (Throwable e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            report(envelope, e);
        } finally {
            gate.leave();
        }
    }

    void report(Envelope<?> envelope, Throwable exception) {
        failures.report(envelope, name, exception);
    }

    /** Lets no further invocation begin. */
    void close() {
        gate.close();
    }

    boolean isClosed() {
        return gate.isClosed();
    }

    /** Waits for the invocations under way in a closed handler, unless the thread is interrupted. */
    void awaitIdle() {
        gate.awaitEmpty(Long.MAX_VALUE);
    }
}
