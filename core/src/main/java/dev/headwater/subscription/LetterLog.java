package dev.headwater.subscription;

import dev.headwater.subscription.spi.Letter;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs what is set aside, one line a second at most. Used by one thread. */
final class LetterLog {

    private static final Logger LOG = LoggerFactory.getLogger(SubscriptionWorker.class);

    private static final long SECOND = 1_000_000_000;

    private final String subscription;
    private final LongSupplier nanoTime;
    private long last;
    private @Nullable Letter latest;
    private long unsaid;

    LetterLog(String subscription, LongSupplier nanoTime) {
        this.subscription = subscription;
        this.nanoTime = nanoTime;
        this.last = nanoTime.getAsLong() - SECOND;
    }

    void parked(Letter letter) {
        if (letter.failure().isPresent()) {
            latest = letter;
            unsaid++;
            say();
        }
    }

    /** Says what was left unsaid, when a second has passed. */
    void say() {
        var letter = latest;
        if (letter == null || nanoTime.getAsLong() - last < SECOND) {
            return;
        }
        LOG.warn(
                "The subscription '{}' could not handle {} (attempt {}): {}; its key is set aside, {}{}",
                subscription,
                letter.event(),
                letter.attempts(),
                letter.failure().map(failure -> failure.fingerprint()).orElse(""),
                letter.retryIn().isPresent() ? "it is tried again later" : "until somebody decides",
                unsaid > 1 ? "; so were " + (unsaid - 1) + " more since the last such line" : "");
        last = nanoTime.getAsLong();
        latest = null;
        unsaid = 0;
    }

    /** Whether something waits to be said. */
    boolean hasMore() {
        return latest != null;
    }
}
