package dev.headwater.subscription;

import dev.headwater.subscription.OwnedSegments.Keyed;
import dev.headwater.subscription.spi.Checkpoint;
import dev.headwater.subscription.spi.ClaimLostException;
import dev.headwater.subscription.spi.Letter;
import dev.headwater.subscription.spi.PageTransaction;
import dev.headwater.subscription.spi.SubscriptionStorage;
import java.util.List;
import java.util.Map;

/**
 * Hands events to the handler, together with the checkpoint, and puts aside what fails.
 *
 * <p>An event that fails becomes a dead letter in the transaction that moves the checkpoint over it, so it is never
 * lost between the two. Later events of the same key wait behind it. Used by one thread.
 */
abstract sealed class PageHandler<T> permits ProjectionHandler, ReactorHandler {

    final Subscription<T> subscription;
    final SubscriptionStorage<T> storage;
    final OwnedSegments owned;
    final HandlerWatch watch;
    final Blame blame;

    PageHandler(Subscription<T> subscription, SubscriptionStorage<T> storage, OwnedSegments owned, HandlerWatch watch) {
        this.subscription = subscription;
        this.storage = storage;
        this.owned = owned;
        this.watch = watch;
        this.blame = new Blame(subscription.retry());
    }

    static <T> PageHandler<T> of(
            Subscription<T> subscription, SubscriptionStorage<T> storage, OwnedSegments owned, HandlerWatch watch) {
        return switch (subscription.handler()) {
            case Subscription.Handler.Projecting<T>(var projection) ->
                new ProjectionHandler<>(projection, subscription, storage, owned, watch);
            case Subscription.Handler.Reacting<T>(var reactor) ->
                new ReactorHandler<>(reactor, subscription, storage, owned, watch);
        };
    }

    /** How much of a page shares a fate. */
    enum Care {
        /** The page is one call of the handler; the usual case, and the fastest. */
        TOGETHER,
        /** A part that fails is undone and halved until the event that fails stands alone. */
        HALVING,
        /** The page is one event, in a transaction of its own, since a handler has broken the shared one. */
        SINGLY
    }

    /**
     * Handles events and moves the checkpoints.
     *
     * @param through where the checkpoints stand afterwards
     * @return the letters written
     * @throws Exception when nothing was done, and the page has to come again
     */
    abstract List<Letter> handle(List<Keyed> events, long through, Care care) throws Exception;

    /** Handles the event of a letter once more and settles the letter; false when it was discarded meanwhile. */
    abstract boolean handleAgain(Keyed event, DeadLetter letter) throws Exception;

    /**
     * Puts one event aside without calling the handler, whose transaction could not be kept.
     *
     * @throws UnavailableException when so many events in a row have failed that none of them is to blame
     */
    final List<Letter> putAside(Keyed event, long through, Throwable failure) throws Exception {
        blame.requireClosedCircuit(failure);
        var letter = blame.failed(event, failure);
        var moves = owned.movesTo(through);
        try (var page = begin(moves)) {
            page.park(letter);
            commit(page, moves);
        }
        return List.of(letter);
    }

    /**
     * Tries the first letter of a sequence again.
     *
     * @param failures how often in a row the subscription could not go on
     * @return whether it is settled, so that the next one may follow
     */
    final boolean redrive(Keyed event, DeadLetter letter, int failures) throws Exception {
        if (letter.state() == DeadLetter.State.DISCARDED) {
            try (var page = begin(Map.of())) {
                page.settle(letter);
                page.forgetEffects(letter.position());
                commit(page, Map.of());
            }
            return true;
        }
        try {
            return handleAgain(event, letter);
        } catch (Exception | Error e) {
            if (e instanceof ClaimLostException || blame.isNobodysFault(e, failures)) {
                throw e;
            }
            try (var page = begin(Map.of())) {
                page.park(blame.failedAgain(event, letter, e));
                commit(page, Map.of());
            }
            return false;
        }
    }

    final PageTransaction<T> begin(Map<Integer, Checkpoint> moves) throws Exception {
        return storage.begin(subscription.name(), owned.holding(), moves);
    }

    final void commit(PageTransaction<T> page, Map<Integer, Checkpoint> moves) throws Exception {
        page.commit();
        owned.moved(moves);
    }
}
