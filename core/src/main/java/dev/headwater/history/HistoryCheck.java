package dev.headwater.history;

import dev.headwater.UndecodableMessageException;
import dev.headwater.history.HistoryFailure.Stage;
import dev.headwater.store.EventQuery;
import dev.headwater.store.EventStore;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import dev.headwater.subscription.Subscription;
import dev.headwater.subscription.spi.PageTransaction;
import dev.headwater.subscription.spi.SubscriptionStorage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Runs real stored events through the present code, before it is deployed: every one is checked, upcast and decoded,
 * folded into its aggregate and handed to the projections that want it. Nothing is changed.
 *
 * <p>A failure does not end the check: of each kind of failure the first event is reported. Projections run in a
 * transaction that is rolled back in the end; reactors do not run, since their effects could not be undone. Memory is
 * bounded by the number of kinds. Immutable.
 *
 * <pre>{@code
 * var report = HistoryCheck.<Connection>of(store)
 *         .aggregate("order", orders::replay)
 *         .projections(database.subscriptionStorage(), EmptyTables.in("orders", "sales"), subscriptions)
 *         .run();
 * }</pre>
 *
 * @param <T> what projections write through, such as {@code java.sql.Connection}
 */
public final class HistoryCheck<T> {

    /** How many parts the streams are divided into for taking a sample. */
    private static final int PARTS = 10_000;

    private final EventStore store;
    private final int parts;
    private final Map<String, Replay> aggregates;
    private final List<ProjectionCheck<T>> projections;

    private HistoryCheck(
            EventStore store, int parts, Map<String, Replay> aggregates, List<ProjectionCheck<T>> projections) {
        this.store = store;
        this.parts = parts;
        this.aggregates = aggregates;
        this.projections = projections;
    }

    /** A check of a store's events, at first of whether they can be decoded. */
    public static <T> HistoryCheck<T> of(EventStore store) {
        return new HistoryCheck<>(store, PARTS, Map.of(), List.of());
    }

    /** The same check of a sample: of so large a share of the streams, always the same ones, with all their events. */
    public HistoryCheck<T> ofStreams(double share) {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException(
                    "The share of streams is " + share + ": expected more than 0, at most 1");
        }
        return new HistoryCheck<>(store, (int) Math.ceil(share * PARTS), aggregates, projections);
    }

    /** The same check, and whether the streams of a category can be folded. */
    public HistoryCheck<T> aggregate(String category, Replay replay) {
        var more = new LinkedHashMap<>(aggregates);
        more.put(category, replay);
        return new HistoryCheck<>(store, parts, more, projections);
    }

    /**
     * The same check, and whether projections can handle the events they want; reactors among them are left out.
     *
     * @param storage where they write, in a transaction for each that is rolled back
     * @param prepare is done first in each transaction, so that they begin on empty read models
     */
    public HistoryCheck<T> projections(
            SubscriptionStorage<T> storage, PageTransaction.Part<T> prepare, List<Subscription<T>> subscriptions) {
        var more = new ArrayList<>(projections);
        for (var subscription : subscriptions) {
            if (subscription.handler() instanceof Subscription.Handler.Projecting<T>(var projection)) {
                more.add(
                        new ProjectionCheck<>(subscription.name(), subscription.query(), projection, storage, prepare));
            }
        }
        return new HistoryCheck<>(store, parts, aggregates, more);
    }

    /** Runs the check. */
    public HistoryReport run() {
        var failures = new FailuresByKind();
        var eventsByType = new TreeMap<String, Long>();
        store.readLogAsStored(0, EventQuery.all()).filter(this::isInSample).forEach(stored -> {
            eventsByType.merge(stored.type(), 1L, Long::sum);
            decode(stored, failures);
            var replay = aggregates.get(stored.stream().category());
            if (replay != null && stored.version() == 1) {
                fold(stored.stream(), replay, failures);
            }
        });
        for (var projection : projections) {
            projection.run(store, this::isInSample, failures);
        }
        long events = eventsByType.values().stream().mapToLong(Long::longValue).sum();
        return new HistoryReport(events, eventsByType, failures.list());
    }

    private boolean isInSample(StoredEvent stored) {
        return Math.floorMod(stored.stream().name().hashCode() * 0x9E3779B9, PARTS) < parts;
    }

    private static void decode(StoredEvent stored, FailuresByKind failures) {
        try {
            stored.current().forEach(StoredEvent::event);
        } catch (RuntimeException e) {
            failures.add(Stage.DECODING, "", stored, e);
        }
    }

    /** What cannot be decoded was reported already, so only what fails in the fold itself is one more failure. */
    private static void fold(StreamId stream, Replay replay, FailuresByKind failures) {
        var last = new StoredEvent[1];
        try {
            replay.replay(stream.id(), event -> {
                last[0] = event;
                event.event();
            });
        } catch (RuntimeException e) {
            if (last[0] != null && !(e instanceof UndecodableMessageException)) {
                failures.add(Stage.FOLDING, "'" + stream.category() + "'", last[0], e);
            }
        }
    }
}
