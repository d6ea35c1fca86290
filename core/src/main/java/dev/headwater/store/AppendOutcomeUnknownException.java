package dev.headwater.store;

import dev.headwater.HeadwaterException;
import org.jspecify.annotations.Nullable;

/**
 * The connection was lost during an append and the store stayed out of reach, so whether the events are stored cannot
 * be told.
 *
 * <p>Repeating {@linkplain #append() that very append}, with the same event ids, is safe and tells: it returns the
 * original result if the first try was stored. Making the events anew, as executing a command again does, is not.
 *
 * <pre>{@code
 * try {
 *     orders.execute("4711", new PlaceOrder());
 * } catch (AppendOutcomeUnknownException e) {
 *     store.append(e.append()); // later, and again until there is an answer
 * }
 * }</pre>
 */
public final class AppendOutcomeUnknownException extends HeadwaterException {

    private static final long serialVersionUID = 1L;

    private final transient @Nullable Append append;

    /** Creates the exception for a storage; the message says how long the outcome was sought. */
    public AppendOutcomeUnknownException(String message, @Nullable Throwable cause) {
        super(message, cause);
        this.append = null;
    }

    AppendOutcomeUnknownException(Append append, AppendOutcomeUnknownException cause) {
        super(cause.getMessage() + "; this exception carries it: store.append(exception.append())", cause);
        this.append = append;
    }

    /**
     * The append, to be repeated as it is.
     *
     * @throws IllegalStateException when the exception comes from a storage rather than from an {@link EventStore}, or
     *     was serialized
     */
    public Append append() {
        if (append == null) {
            throw new IllegalStateException(
                    "This exception carries no append: expected the one that an EventStore has thrown in this process");
        }
        return append;
    }

    @Override
    public boolean isTransient() {
        return true;
    }
}
