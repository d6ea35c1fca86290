package dev.headwater.postgres.append;

import dev.headwater.failure.Failure;
import dev.headwater.store.AppendListener;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells of appends; what those throw who are told concerns no append. Thread-safe. */
public final class AppendEvents {

    private static final Logger LOG = LoggerFactory.getLogger(AppendEvents.class);

    private static final long SECOND = 1_000_000_000;

    private final Runnable committed;
    private final Optional<AppendListener> listener;
    /** When a failure of the listener was logged last. */
    private final AtomicLong said = new AtomicLong(System.nanoTime() - SECOND);

    /**
     * Tells these.
     *
     * @param committed is run after something was stored
     */
    public AppendEvents(Runnable committed, Optional<AppendListener> listener) {
        this.committed = committed;
        this.listener = listener;
    }

    void committed() {
        try {
            committed.run();
        } catch (Throwable e) { // what is stored is stored
            LOG.warn("New events could not be announced", e);
        }
    }

    void flushed(AppendBatch batch, int queued, long nanos) {
        tell(told -> told.flushed(
                new AppendListener.Flush(batch.appends().size(), batch.events(), queued, Duration.ofNanos(nanos))));
    }

    void held(long nanos) {
        tell(told -> told.held(Duration.ofNanos(nanos)));
    }

    private void tell(Consumer<AppendListener> what) {
        try {
            listener.ifPresent(what);
        } catch (Throwable e) {
            say(e);
        }
    }

    private void say(Throwable failure) {
        long now = System.nanoTime();
        long before = said.get();
        if (now - before >= SECOND && said.compareAndSet(before, now)) {
            LOG.warn("A listener of appends has failed, which is ignored: {}", Failure.inBrief(failure));
        }
    }
}
