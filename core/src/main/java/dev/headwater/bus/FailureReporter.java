package dev.headwater.bus;

import dev.headwater.Envelope;
import java.util.function.Consumer;
import org.slf4j.Logger;

/** Tells the application's listener about failures, and never fails itself. */
record FailureReporter(Consumer<? super HandlerFailure> listener, Logger log) {

    void report(Envelope<?> envelope, String handler, Throwable exception) {
        try {
            tellListener(new HandlerFailure(envelope, handler, exception));
        } catch (Throwable nobodyLeftToTell) {
            // The listener failed and so did the log; the other handlers still have to get the event.
        }
    }

    private void tellListener(HandlerFailure failure) {
        try {
            listener.accept(failure);
        } catch (Throwable e) {
            new LoggingFailureListener(log).accept(failure);
            log.error(
                    "The failure listener {} itself failed on it",
                    listener.getClass().getName(),
                    e);
        }
    }
}
