package dev.headwater;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * The message that the current thread is handling, and what its descendants inherit from it.
 *
 * <p>Buses and subscriptions run every handler inside a context, so that correlation, causation, user, tenant and trace
 * pass on by themselves. Code that starts a conversation, such as a web filter, opens one with {@link #call(Metadata,
 * Callable)}. The context belongs to the thread and is not inherited by threads that a handler starts.
 */
public final class MessageContext {

    private static final ThreadLocal<@Nullable Metadata> CURRENT = new ThreadLocal<>();

    private MessageContext() {}

    /** What a message created on this thread now carries; {@link Metadata#NONE} outside of any context. */
    public static Metadata metadata() {
        var current = CURRENT.get();
        return current == null ? Metadata.NONE : current;
    }

    /**
     * Runs {@code work} so that the messages it creates carry {@code metadata}; the former context returns afterwards.
     */
    public static <T extends @Nullable Object> T call(Metadata metadata, Callable<T> work) throws Exception {
        var former = CURRENT.get();
        CURRENT.set(metadata);
        try {
            return work.call();
        } finally {
            if (former == null) {
                CURRENT.remove();
            } else {
                CURRENT.set(former);
            }
        }
    }

    /** Runs {@code work} as the handler of {@code cause}: the messages that it creates are caused by it. */
    public static <T extends @Nullable Object> T handling(Envelope<?> cause, Callable<T> work) throws Exception {
        return call(Metadata.causedBy(cause), work);
    }
}
