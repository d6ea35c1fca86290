package dev.headwater.history;

import dev.headwater.UndecodableMessageException;
import dev.headwater.history.HistoryFailure.Stage;
import dev.headwater.store.EventQuery;
import dev.headwater.store.EventStore;
import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.Projection;
import dev.headwater.subscription.spi.PageTransaction;
import dev.headwater.subscription.spi.SubscriptionStorage;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Hands the history to a projection, event by event, in one transaction that is rolled back.
 *
 * <p>A failure leaves the transaction unusable, so the history begins again without the kind of event that failed.
 */
record ProjectionCheck<T>(
        String name,
        EventQuery query,
        Projection<T> projection,
        SubscriptionStorage<T> storage,
        PageTransaction.Part<T> prepare) {

    void run(EventStore store, Predicate<StoredEvent> sample, FailuresByKind failures) {
        Set<String> failed = new HashSet<>();
        boolean finished = false;
        while (!finished) {
            finished = rehearse(store, sample.and(event -> !failed.contains(kind(event))), failed, failures);
        }
    }

    /** Whether all events were handled; otherwise the kind that failed has been added. */
    private boolean rehearse(
            EventStore store, Predicate<StoredEvent> wanted, Set<String> failed, FailuresByKind failures) {
        var last = new StoredEvent[1];
        try {
            storage.rehearse(transaction -> {
                prepare.in(transaction);
                for (var event : (Iterable<StoredEvent>) store.readLog(0, query).filter(wanted)::iterator) {
                    last[0] = event;
                    if (isDecodable(event)) {
                        projection.project(List.of(event), transaction);
                    }
                }
            });
            return true;
        } catch (Exception | Error e) {
            if (last[0] == null) {
                throw new IllegalStateException("The projection '" + name + "' could not be checked: " + e, e);
            }
            failed.add(kind(last[0]));
            failures.add(Stage.PROJECTING, "'" + name + "'", last[0], e);
            return false;
        }
    }

    /** What cannot be decoded was reported already. */
    private static boolean isDecodable(StoredEvent event) {
        try {
            event.message();
            return true;
        } catch (UndecodableMessageException e) {
            return false;
        }
    }

    private static String kind(StoredEvent event) {
        return event.encoded().type() + " " + event.encoded().schemaVersion();
    }
}
