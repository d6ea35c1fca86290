package dev.headwater.postgres.faults;

import dev.headwater.store.EventStore;
import dev.headwater.store.StoredEvent;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Follows the log from its beginning while it is written, as subscriptions do, and writes down what it sees. */
final class TailReader implements Runnable {

    private static final int POLL_MILLIS = 5;

    private final EventStore store;
    private final Journal seen;
    private final Semaphore hints = new Semaphore(0);
    private volatile long last = Long.MAX_VALUE;

    TailReader(EventStore store, Journal seen) {
        this.store = store;
        this.seen = seen;
    }

    /** An event as it is written down. */
    static String line(StoredEvent event) {
        return event.position() + " " + event.id() + " " + event.stream() + " " + event.version();
    }

    /** Lets it end when it has seen this position. */
    void readTo(long position) {
        last = position;
        hints.release();
    }

    @Override
    public void run() {
        var hinting = store.onAppend(hints::release);
        try {
            long position = 0;
            while (position < last) {
                var events = store.readLog(position).iterator();
                while (events.hasNext()) {
                    var event = events.next();
                    seen.write(line(event));
                    position = event.position();
                }
                hints.tryAcquire(POLL_MILLIS, TimeUnit.MILLISECONDS);
                hints.drainPermits();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } finally {
            hinting.close();
        }
    }
}
