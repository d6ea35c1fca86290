package dev.headwater.subscription;

import dev.headwater.HeadwaterException;
import dev.headwater.MessageContext;
import dev.headwater.Metadata;
import dev.headwater.failure.Failure;
import dev.headwater.failure.FailureKind;
import dev.headwater.failure.RetryPolicy;
import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.OwnedSegments.Keyed;
import dev.headwater.subscription.spi.BrokenTransactionException;
import dev.headwater.subscription.spi.Claim;
import dev.headwater.subscription.spi.ClaimLostException;
import dev.headwater.subscription.spi.Letter;
import dev.headwater.subscription.spi.PageTransaction;
import dev.headwater.subscription.spi.SubscriptionStorage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Hands events to the handler, together with the checkpoint, and puts aside what fails.
 *
 * <p>An event that fails becomes a dead letter in the transaction that moves the checkpoint over it, so it is never
 * lost between the two. Later events of the same key wait behind it. Used by one thread.
 */
final class PageHandler<T> {

    /**
     * After so many failures in a row that seem nobody's fault, each event is tried alone and takes the blame, since a
     * handler that breaks its connection looks like a database that is away.
     */
    static final int PATIENCE = 3;

    private final Subscription<T> subscription;
    private final SubscriptionStorage<T> storage;
    private final OwnedSegments owned;
    private final HandlerWatch watch;
    /** How many events in a row have failed that might succeed later. */
    private int failedInARow;

    PageHandler(Subscription<T> subscription, SubscriptionStorage<T> storage, OwnedSegments owned, HandlerWatch watch) {
        this.subscription = subscription;
        this.storage = storage;
        this.owned = owned;
        this.watch = watch;
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
    List<Letter> handle(List<Keyed> events, long through, Care care) throws Exception {
        return switch (subscription.handler()) {
            case Subscription.Handler.Projecting<T>(var projection) -> project(projection, events, through, care);
            case Subscription.Handler.Reacting<T>(var reactor) -> react(reactor, events, through);
        };
    }

    private List<Letter> project(Projection<T> projection, List<Keyed> events, long through, Care care)
            throws Exception {
        var letters = new ArrayList<Letter>();
        advance(through, transaction -> {
            letters.clear();
            new Projecting<>(projection, transaction, letters, this).handle(events, care);
        });
        return letters;
    }

    /**
     * Puts one event aside without calling the handler, whose transaction could not be kept.
     *
     * @throws UnavailableException when so many events in a row have failed that none of them is to blame
     */
    List<Letter> putAside(Keyed event, long through, Throwable failure) throws Exception {
        requireClosedCircuit(failure);
        var letter = failed(event, failure);
        advance(through, transaction -> transaction.park(letter));
        return List.of(letter);
    }

    /** One page of a projection in one transaction. */
    private record Projecting<T>(
            Projection<T> projection, PageTransaction<T> transaction, List<Letter> letters, PageHandler<T> handler) {

        void handle(List<Keyed> events, Care care) throws Exception {
            var parked = new HashSet<String>();
            letters.forEach(letter -> parked.add(letter.sequenceKey()));
            var free = new ArrayList<Keyed>(events.size());
            for (var event : events) {
                if (handler.owned.isParked(event) || parked.contains(event.key())) {
                    park(waiting(event));
                } else {
                    free.add(event);
                }
            }
            if (free.isEmpty()) {
                return;
            }
            if (care == Care.HALVING) {
                halve(free);
            } else {
                project(free, transaction.transaction());
            }
        }

        private void project(List<Keyed> events, T writer) throws Exception {
            handler.project(projection, events.stream().map(Keyed::event).toList(), writer);
            handler.failedInARow = 0;
        }

        private void halve(List<Keyed> events) throws Exception {
            try {
                transaction.attempt(inner -> project(events, inner));
            } catch (Exception | Error e) {
                if (e instanceof BrokenTransactionException || handler.kindOf(e) == FailureKind.UNAVAILABLE) {
                    throw e;
                }
                if (events.size() == 1) {
                    handler.requireClosedCircuit(e);
                    park(handler.failed(events.getFirst(), e));
                } else {
                    int middle = events.size() / 2;
                    handle(events.subList(0, middle), Care.HALVING);
                    handle(events.subList(middle, events.size()), Care.HALVING);
                }
            }
        }

        private void park(Letter letter) {
            transaction.park(letter);
            letters.add(letter);
        }
    }

    /** Hands over what the stored events mean now; of one that upcasters have dropped nothing is left to handle. */
    private void project(Projection<T> projection, List<StoredEvent> stored, T writer) throws Exception {
        var events = stored.stream()
                .flatMap(event -> event.current(subscription.query()).stream())
                .toList();
        if (!events.isEmpty()) {
            watch.watch(() -> projection.project(events, writer));
        }
    }

    private List<Letter> react(RecordingReactor reactor, List<Keyed> events, long through) throws Exception {
        var letters = new ArrayList<Letter>();
        var recorded = new ArrayList<Long>();
        Set<String> parked = new HashSet<>();
        long reached = through;
        @Nullable Throwable unavailable = null;
        for (var event : events) {
            if (owned.isParked(event) || parked.contains(event.key())) {
                letters.add(waiting(event));
                continue;
            }
            try {
                if (react(reactor, event.event())) {
                    recorded.add(event.event().position());
                }
                failedInARow = 0;
            } catch (Exception | Error e) {
                if (kindOf(e) == FailureKind.UNAVAILABLE || opensCircuit(e)) {
                    unavailable = e;
                    reached = event.event().position() - 1;
                    break;
                }
                letters.add(failed(event, e));
                parked.add(event.key());
            }
        }
        if (unavailable == null
                || !letters.isEmpty()
                || reached >= events.getFirst().event().position()) {
            long to = reached;
            advance(to, transaction -> {
                letters.forEach(transaction::park);
                recorded.forEach(transaction::forgetEffects);
            });
        }
        if (unavailable != null) {
            letters.forEach(letter -> owned.park(letter.segment(), letter.sequenceKey()));
            throw new UnavailableException(unavailable, failedInARow);
        }
        return letters;
    }

    /** Returns whether effects of the event may be recorded. */
    private boolean react(RecordingReactor reactor, StoredEvent stored) throws Exception {
        boolean recorded = false;
        for (var event : stored.current(subscription.query())) {
            var effects = new RecordedEffects(storage, name(), event);
            watch.watch(() -> MessageContext.call(Metadata.causedBy(event.encoded()), () -> {
                reactor.react(event, effects);
                return null;
            }));
            recorded |= effects.areUsed();
        }
        return recorded;
    }

    /**
     * Tries the first letter of a sequence again.
     *
     * @param failures how often in a row the subscription could not go on
     * @return whether it is settled, so that the next one may follow
     */
    boolean redrive(Keyed event, DeadLetter letter, int failures) throws Exception {
        var claims = List.of(owned.claim(event.segment()));
        long unmoved = claims.getFirst().position();
        if (letter.state() == DeadLetter.State.DISCARDED) {
            storage.advance(name(), claims, unmoved, transaction -> {
                transaction.settle(letter);
                transaction.forgetEffects(letter.position());
            });
            return true;
        }
        try {
            switch (subscription.handler()) {
                case Subscription.Handler.Projecting<T>(var projection) ->
                    storage.advance(name(), claims, unmoved, transaction -> {
                        project(projection, List.of(event.event()), transaction.transaction());
                        settle(transaction, letter);
                    });
                case Subscription.Handler.Reacting<T>(var reactor) -> {
                    react(reactor, event.event());
                    storage.advance(name(), claims, unmoved, transaction -> {
                        settle(transaction, letter);
                        transaction.forgetEffects(letter.position());
                    });
                }
            }
            return true;
        } catch (DiscardedMeanwhileException e) {
            return false;
        } catch (Exception | Error e) {
            if (e instanceof ClaimLostException || isNobodysFault(e, failures)) {
                throw e;
            }
            var again = failedAgain(event, letter, e);
            storage.advance(name(), claims, unmoved, transaction -> transaction.park(again));
            return false;
        }
    }

    private static void settle(PageTransaction<?> transaction, DeadLetter letter) throws Exception {
        if (!transaction.settle(letter)) {
            throw new DiscardedMeanwhileException();
        }
    }

    private void advance(long through, SubscriptionStorage.Work<T> work) throws Exception {
        Collection<Claim> claims = owned.claimsBefore(through);
        storage.advance(name(), claims, through, work);
        owned.stored(claims, through);
    }

    /**
     * Whether no event is to blame for a failure. What the policy only supposes is believed {@link #PATIENCE} times;
     * what a rule of the application says, always.
     */
    boolean isNobodysFault(Throwable failure, int failures) {
        return kindOf(failure) == FailureKind.UNAVAILABLE
                && (failures < PATIENCE || failure instanceof UnavailableException || policy().hasRuleFor(failure));
    }

    /** Whether so many events in a row have failed that something they all need must be down. */
    private boolean opensCircuit(Throwable failure) {
        return policy().classify(failure) == FailureKind.TRANSIENT && ++failedInARow > policy().circuit();
    }

    private void requireClosedCircuit(Throwable failure) {
        if (opensCircuit(failure)) {
            throw new UnavailableException(failure, failedInARow);
        }
    }

    FailureKind kindOf(Throwable failure) {
        return failure instanceof UnavailableException ? FailureKind.UNAVAILABLE : policy().classify(failure);
    }

    private Letter failed(Keyed event, Throwable failure) {
        return letter(event, failure, 1, Duration.ZERO);
    }

    private Letter failedAgain(Keyed event, DeadLetter letter, Throwable failure) {
        return letter(event, failure, letter.attempts() + 1, sinceFirstFailure(letter));
    }

    /** The time from the first failure of a letter to the turn that it now has, both by the clock of the storage. */
    private static Duration sinceFirstFailure(DeadLetter letter) {
        var turn = letter.nextRetry().or(letter::lastFailure);
        return letter.firstFailure()
                .flatMap(first -> turn.map(time -> Duration.between(first, time)))
                .orElse(Duration.ZERO);
    }

    private Letter letter(Keyed event, Throwable failure, int attempts, Duration sinceFirst) {
        var random = ThreadLocalRandom.current();
        var pause = policy().pauseAfter(failure, attempts, sinceFirst, random);
        return new Letter(
                event.segment(),
                event.key(),
                event.event(),
                pause.isPresent() ? DeadLetter.State.RETRYING : DeadLetter.State.PARKED,
                attempts,
                pause.or(() -> policy().pauseOfParked(sinceFirst, random)),
                Optional.of(Failure.of(failure)));
    }

    private static Letter waiting(Keyed event) {
        return new Letter(
                event.segment(),
                event.key(),
                event.event(),
                DeadLetter.State.WAITING,
                0,
                Optional.empty(),
                Optional.empty());
    }

    private RetryPolicy policy() {
        return subscription.retry();
    }

    private String name() {
        return subscription.name();
    }

    /** Undoes what a handler did with a letter that was discarded while it was at it. */
    private static final class DiscardedMeanwhileException extends Exception {

        private static final long serialVersionUID = 1L;
    }

    /** Carries a failure that nobody's event is to blame for, when part of the page was handled before it. */
    static final class UnavailableException extends HeadwaterException {

        private static final long serialVersionUID = 1L;

        UnavailableException(Throwable cause, int failedInARow) {
            super(
                    failedInARow > 1
                            ? failedInARow + " events in a row have failed, so what they need is presumed to be down"
                            : "what every event needs is out of reach",
                    cause);
        }
    }
}
