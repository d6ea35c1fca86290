package dev.headwater.subscription;

import dev.headwater.HeadwaterException;
import dev.headwater.store.EventQuery;
import dev.headwater.store.EventStore;
import dev.headwater.store.LogPage;
import dev.headwater.store.StoredEvent;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The part of the log that a subscription has before it.
 *
 * @param after only what stands after this position is looked at
 * @param segments how far each of them has come; none when the subscription was forgotten, and waits for nothing
 */
record Backlog(Subscription<?> subscription, long after, List<SubscriptionStatus.Segment> segments) {

    private static final Logger LOG = LoggerFactory.getLogger(Backlog.class);

    private static final int PAGE = 100;

    /** The first wanted event up to a position that its segment has not come to. */
    Optional<StoredEvent> oldest(EventStore store, long upTo) {
        long from = after;
        while (from < upTo && !segments.isEmpty()) {
            int limit = (int) Math.min(PAGE, upTo - from);
            var page = store.readLogPage(from, subscription.query(), limit);
            var oldest = page.events().stream().filter(this::isWaiting).findFirst();
            if (oldest.isPresent()) {
                return oldest.filter(event -> event.position() <= upTo);
            }
            if (page.end()) {
                break;
            }
            from = page.through();
        }
        return Optional.empty();
    }

    /**
     * The first wanted event that its segment has not come to, if it is one of the next in the log; otherwise the last
     * one that was looked at, than which no wanted one is older. Costs the same however long the log is.
     *
     * @param pages gives the page behind a position, as {@link #pageBehind} reads it
     */
    Optional<StoredEvent> oldestNearby(EventStore store, LongFunction<LogPage> pages) {
        if (segments.isEmpty()) {
            return Optional.empty();
        }
        LogPage page;
        try {
            page = pages.apply(after);
        } catch (HeadwaterException e) {
            if (e.isTransient()) {
                throw e;
            }
            LOG.debug("What '{}' waits for cannot be read any more", subscription.name(), e);
            return Optional.empty();
        }
        var wanted = store.filter(subscription.query());
        return page.events().stream()
                .filter(event -> wanted.test(event) && isWaiting(event))
                .findFirst()
                .or(() -> page.end() || page.events().isEmpty()
                        ? Optional.empty()
                        : Optional.of(page.events().getLast()));
    }

    /** What comes next in the log, wanted or not, so that it is the same for all that stand at a position. */
    static LogPage pageBehind(EventStore store, long position) {
        return store.readLogPage(position, EventQuery.all().withReserved(), PAGE);
    }

    private boolean isWaiting(StoredEvent event) {
        try {
            var keyed = new SequenceKeys(subscription.name(), subscription.sequenceKey(), segments.size()).keyed(event);
            return event.position() > segments.get(keyed.segment()).position();
        } catch (UnknownKeyException e) {
            return true;
        }
    }
}
