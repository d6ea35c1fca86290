package dev.headwater.subscription;

import dev.headwater.failure.RetryPolicy;
import dev.headwater.store.StoredEvent;
import java.util.concurrent.atomic.AtomicBoolean;

/** What goes wrong in the tests of failures. */
abstract class FailureFixture extends SubscriptionFixture {

    static final RetryPolicy FOR_EVER = SOON.withAttempts(Integer.MAX_VALUE);

    final AtomicBoolean broken = new AtomicBoolean(true);

    /** Fails for the first event of the stream {@code a} while it is broken. */
    void failForFirstOfA(StoredEvent event) {
        if (isFirstOfA(event) && broken.get()) {
            throw new IllegalStateException("broken on purpose");
        }
    }

    /** The same, with an error, which no retry would help. */
    void breakForFirstOfA(StoredEvent event) {
        if (isFirstOfA(event) && broken.get()) {
            throw new AssertionError("broken on purpose");
        }
    }

    static boolean isFirstOfA(StoredEvent event) {
        return event.stream().name().equals("a") && event.version() == 1;
    }
}
