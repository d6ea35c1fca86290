package dev.headwater.subscription;

import dev.headwater.failure.FailureKind;
import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.OwnedSegments.Keyed;
import dev.headwater.subscription.spi.BrokenTransactionException;
import dev.headwater.subscription.spi.Letter;
import dev.headwater.subscription.spi.PageTransaction;
import dev.headwater.subscription.spi.SubscriptionStorage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/** A projection: what it writes, its checkpoint and its letters are one transaction. */
final class ProjectionHandler<T> extends PageHandler<T> {

    private final Projection<T> projection;

    ProjectionHandler(
            Projection<T> projection,
            Subscription<T> subscription,
            SubscriptionStorage<T> storage,
            OwnedSegments owned,
            HandlerWatch watch) {
        super(subscription, storage, owned, watch);
        this.projection = projection;
    }

    @Override
    List<Letter> handle(List<Keyed> events, long through, Care care) throws Exception {
        var letters = new ArrayList<Letter>();
        var moves = owned.movesTo(through);
        try (var page = begin(moves)) {
            handle(events, care, page, letters);
            commit(page, moves);
        }
        return letters;
    }

    private void handle(List<Keyed> events, Care care, PageTransaction<T> page, List<Letter> letters) throws Exception {
        var parked = new HashSet<String>();
        letters.forEach(letter -> parked.add(letter.sequenceKey()));
        var free = new ArrayList<Keyed>(events.size());
        for (var event : events) {
            if (owned.isParked(event) || parked.contains(event.key())) {
                park(Blame.waiting(event), page, letters);
            } else {
                free.add(event);
            }
        }
        if (free.isEmpty()) {
            return;
        }
        if (care == Care.HALVING) {
            halve(free, page, letters);
        } else {
            project(free, page);
        }
    }

    private void halve(List<Keyed> events, PageTransaction<T> page, List<Letter> letters) throws Exception {
        var mark = page.mark();
        try {
            project(events, page);
            mark.keep();
        } catch (Exception | Error e) {
            mark.undo(e);
            if (e instanceof BrokenTransactionException || blame.kindOf(e) == FailureKind.UNAVAILABLE) {
                throw e;
            }
            if (events.size() == 1) {
                blame.requireClosedCircuit(e);
                park(blame.failed(events.getFirst(), e), page, letters);
            } else {
                int middle = events.size() / 2;
                handle(events.subList(0, middle), Care.HALVING, page, letters);
                handle(events.subList(middle, events.size()), Care.HALVING, page, letters);
            }
        }
    }

    private static void park(Letter letter, PageTransaction<?> page, List<Letter> letters) {
        page.park(letter);
        letters.add(letter);
    }

    private void project(List<Keyed> events, PageTransaction<T> page) throws Exception {
        project(events.stream().map(Keyed::event).toList(), page.transaction());
        blame.succeeded();
    }

    /** Hands over what the stored events mean now; of one that upcasters have dropped nothing is left to handle. */
    private void project(List<StoredEvent> stored, T transaction) throws Exception {
        var events = stored.stream()
                .flatMap(event -> event.current(subscription.query()).stream())
                .toList();
        if (!events.isEmpty()) {
            watch.watch(() -> projection.project(events, transaction));
        }
    }

    @Override
    boolean handleAgain(Keyed event, DeadLetter letter) throws Exception {
        try (var page = begin(Map.of())) {
            project(List.of(event.event()), page.transaction());
            if (!page.settle(letter)) {
                return false;
            }
            commit(page, Map.of());
            return true;
        }
    }
}
