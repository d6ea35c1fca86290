package dev.headwater.subscription;

import dev.headwater.subscription.spi.Checkpoint;
import dev.headwater.subscription.spi.Holding;
import dev.headwater.subscription.spi.Letter;
import dev.headwater.subscription.spi.PageTransaction;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Reads the log, hands events to the handler, moves the checkpoints, and puts aside what fails.
 *
 * <p>An event that fails becomes a dead letter in the transaction that moves the checkpoint over it, so it is never
 * lost between the two. Later events of the same key wait behind it. Used by one thread.
 */
abstract sealed class PageHandler<T> permits ProjectionHandler, ReactorHandler {

    /** How long the thread sleeps when there is nothing to do: whoever notices new events wakes it. */
    static final Duration SLEEP = Duration.ofMinutes(1);

    final WorkPlace<T> place;
    final OwnedSegments owned;
    final WorkerState shared;
    final Blame blame;
    final DueLetters due;
    final LetterLog log;
    final EmptyStretch<T> empty;

    PageHandler(WorkPlace<T> place) {
        this.place = place;
        this.owned = place.owned();
        this.shared = place.shared();
        this.blame = new Blame(place.subscription().retry(), place.settings()::random);
        this.due = new DueLetters(place);
        this.log = new LetterLog(place.name(), place.settings()::nanoTime);
        this.empty = new EmptyStretch<>(place);
    }

    static <T> PageHandler<T> of(WorkPlace<T> place) {
        return switch (place.subscription().handler()) {
            case Subscription.Handler.Projecting<T>(var projection) ->
                new ProjectionHandler<>(
                        (events, page) -> projection.project(events, page.transaction()),
                        moves -> place.storage()
                                .begin(place.name(), place.owned().holding(), moves),
                        place);
            case Subscription.Handler.Forwarding<T>(var forwarder) ->
                new ProjectionHandler<>(
                        (events, page) -> forwarder.forward(events),
                        moves -> new LateTransaction<>(() -> place.storage()
                                .begin(place.name(), place.owned().holding(), moves)),
                        place);
            case Subscription.Handler.Reacting<T>(var reactor) -> new ReactorHandler<>(reactor, place);
        };
    }

    /**
     * Does what there is to do, and not for long.
     *
     * @param newEvents whether there may be events since the log was last read to its end
     * @return how long there is nothing to do, unless something comes up
     * @throws Exception when it cannot go on now
     */
    abstract Duration goOn(boolean newEvents) throws Exception;

    /** The subscription is paused: nothing is begun, and what is done is stored. */
    abstract void rest() throws Exception;

    /**
     * Whether what the storage has is what this instance knows, so that all that it is about to store is still meant.
     */
    abstract boolean recognizes(Holding read);

    /** The segments that are owned have changed. */
    abstract void adopted();

    /** Everything that is known about the segments and the letters may be wrong, and is read again. */
    abstract void forget();

    /** Segments that could be given back to the storage, up to a number of them; perhaps fewer at the moment. */
    abstract Collection<Integer> spare(int number) throws Exception;

    /** Whether nothing that every event needs is known to be out of reach. */
    abstract boolean isWell();

    /** Ends what is at work and stores what is done. */
    abstract void finish() throws Exception;

    final PageTransaction<T> begin(Map<Integer, Checkpoint> moves) throws Exception {
        return place.storage().begin(place.name(), owned.holding(), moves);
    }

    final void commit(PageTransaction<T> page, Map<Integer, Checkpoint> moves) throws Exception {
        page.commit();
        owned.moved(moves);
        tellMoves(moves);
    }

    final void tellMoves(Map<Integer, Checkpoint> moves) {
        moves.values().stream()
                .mapToLong(Checkpoint::position)
                .max()
                .ifPresent(position -> place.listener().committed(place.name(), position));
    }

    final void parked(List<Letter> letters) {
        for (var letter : letters) {
            owned.park(letter.segment(), letter.sequenceKey());
            letter.retryIn().ifPresent(due::within);
            tell(letter);
        }
    }

    final void tell(Letter letter) {
        log.parked(letter);
        place.listener().parked(place.name(), letter.event().position(), letter.state(), letter.failure());
    }

    final void publishPosition() {
        if (owned.isComplete()) {
            shared.publish(owned.reached(), owned.epochs());
        } else {
            shared.publishNothing();
        }
    }

    /** How long there is nothing to do when the log was read to its end. */
    final Duration untilNextWork() throws Exception {
        log.say();
        var pause = due.untilNext(empty.storeAtLeisure(SLEEP));
        var second = Duration.ofSeconds(1);
        return log.hasMore() && pause.compareTo(second) > 0 ? second : pause;
    }
}
