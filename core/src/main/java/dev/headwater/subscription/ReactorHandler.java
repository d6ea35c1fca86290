package dev.headwater.subscription;

import dev.headwater.MessageContext;
import dev.headwater.Metadata;
import dev.headwater.failure.FailureKind;
import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.OwnedSegments.Keyed;
import dev.headwater.subscription.spi.Letter;
import dev.headwater.subscription.spi.SubscriptionStorage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A reactor: it is called outside of any transaction, and what became of its events is written afterwards. */
final class ReactorHandler<T> extends PageHandler<T> {

    private final RecordingReactor reactor;

    ReactorHandler(
            RecordingReactor reactor,
            Subscription<T> subscription,
            SubscriptionStorage<T> storage,
            OwnedSegments owned,
            HandlerWatch watch) {
        super(subscription, storage, owned, watch);
        this.reactor = reactor;
    }

    @Override
    List<Letter> handle(List<Keyed> events, long through, Care care) throws Exception {
        var letters = new ArrayList<Letter>();
        var recorded = new ArrayList<Long>();
        Set<String> parked = new HashSet<>();
        long reached = through;
        @Nullable Throwable unavailable = null;
        for (var event : events) {
            if (owned.isParked(event) || parked.contains(event.key())) {
                letters.add(Blame.waiting(event));
                continue;
            }
            try {
                if (react(event.event())) {
                    recorded.add(event.event().position());
                }
                blame.succeeded();
            } catch (Exception | Error e) {
                if (blame.kindOf(e) == FailureKind.UNAVAILABLE || blame.opensCircuit(e)) {
                    unavailable = e;
                    reached = event.event().position() - 1;
                    break;
                }
                letters.add(blame.failed(event, e));
                parked.add(event.key());
            }
        }
        if (unavailable == null
                || !letters.isEmpty()
                || reached >= events.getFirst().event().position()) {
            write(letters, recorded, reached);
        }
        if (unavailable != null) {
            letters.forEach(letter -> owned.park(letter.segment(), letter.sequenceKey()));
            throw blame.unavailable(unavailable);
        }
        return letters;
    }

    private void write(List<Letter> letters, List<Long> recorded, long through) throws Exception {
        var moves = owned.movesTo(through);
        try (var page = begin(moves)) {
            letters.forEach(page::park);
            recorded.forEach(page::forgetEffects);
            commit(page, moves);
        }
    }

    /** Returns whether effects of the event may be recorded. */
    private boolean react(StoredEvent stored) throws Exception {
        boolean recorded = false;
        for (var event : stored.current(subscription.query())) {
            var effects = new RecordedEffects(storage, subscription.name(), event);
            watch.watch(() -> MessageContext.call(Metadata.causedBy(event.encoded()), () -> {
                reactor.react(event, effects);
                return null;
            }));
            recorded |= effects.areUsed();
        }
        return recorded;
    }

    @Override
    boolean handleAgain(Keyed event, DeadLetter letter) throws Exception {
        react(event.event());
        try (var page = begin(Map.of())) {
            if (!page.settle(letter)) {
                return false;
            }
            page.forgetEffects(letter.position());
            commit(page, Map.of());
            return true;
        }
    }
}
