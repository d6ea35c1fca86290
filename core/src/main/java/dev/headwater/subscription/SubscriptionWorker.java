package dev.headwater.subscription;

import dev.headwater.failure.Failure;
import dev.headwater.subscription.SubscriptionStatus.State;
import dev.headwater.subscription.spi.ClaimLostException;
import dev.headwater.subscription.spi.Holding;
import dev.headwater.subscription.spi.SubscriptionStorage;
import java.time.Duration;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The work of a subscription in this process: its thread follows what it is told, lets the handler go on, and pauses
 * when that fails.
 *
 * @param <T> the transaction
 */
final class SubscriptionWorker<T> implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(SubscriptionWorker.class);

    private static final Rest AT_ONCE = new Rest.None(true);

    private final WorkPlace<T> place;
    private final SubscriptionStorage<T> storage;
    private final String instance;
    private final WorkerState shared;
    private final OwnedSegments owned;
    private final PageHandler<T> handler;

    /** What is known about the owned segments may be wrong. */
    private boolean stale;
    /** It has given up, and a pause has passed since. */
    private boolean triesAgain;
    /** How many segments others should have. */
    private int surplus;
    /** How often in a row it has given up for a while. */
    private int givenUp;
    /** Which segments listeners know to be owned. */
    private Set<Integer> told = Set.of();

    SubscriptionWorker(WorkPlace<T> place, String instance) {
        this.place = place;
        this.storage = place.storage();
        this.instance = instance;
        this.shared = place.shared();
        this.owned = place.owned();
        this.handler = PageHandler.of(place);
    }

    @Override
    public void run() {
        try {
            boolean newEvents = true;
            while (!shared.isClosing()) {
                newEvents = rest(turn(newEvents));
            }
        } catch (RuntimeException | Error e) {
            fail(e);
            return;
        }
        stop();
    }

    private boolean rest(Rest rest) {
        try {
            return shared.rest(rest);
        } catch (InterruptedException e) {
            LOG.debug("A rest of '{}' was interrupted", name(), e);
            return true;
        }
    }

    /** Ends since it was told to. */
    void stop() {
        try {
            finish();
        } catch (RuntimeException | Error e) {
            sayUnjudged(e);
        } finally {
            end(State.STOPPED);
        }
    }

    /** Ends since it cannot go on. */
    void fail(Throwable failure) {
        sayUnjudged(failure);
        end(State.FAILED);
    }

    private void sayUnjudged(Throwable failure) {
        LOG.error("The subscription '{}' stops, since its failures cannot be judged", name(), failure);
    }

    private void end(State last) {
        shared.enter(last);
        tellSegments(Set.of());
        leave();
    }

    private void finish() {
        try {
            handler.finish();
        } catch (Exception e) {
            LOG.info("What '{}' did last is not stored and will come again: {}", name(), Failure.inBrief(e));
        }
    }

    /** Gives everything back; to be repeated when the instance was announced again since. */
    void leave() {
        try {
            storage.leave(name(), instance);
        } catch (RuntimeException e) {
            LOG.debug("The segments of '{}' were not given back; their leases will end", name(), e);
        }
    }

    /** One turn, or one failed attempt at it. */
    Rest turn(boolean newEvents) {
        shared.pulse().beat();
        try {
            if (triesAgain) {
                triesAgain = false;
                shared.tryAgain();
            }
            if (stale) {
                reload();
                stale = false;
            }
            boolean paused = follow();
            if (paused || owned.isEmpty()) {
                handler.rest();
                shared.enter(paused ? State.PAUSED : State.RUNNING);
                return new Rest.Waiting(PageHandler.SLEEP, true);
            }
            giveBack();
            var pause = handler.goOn(newEvents);
            if (handler.isWell()) {
                shared.succeeded();
                givenUp = 0;
            }
            return pause.isZero() ? new Rest.None(false) : new Rest.Waiting(pause, false);
        } catch (ClaimLostException e) {
            LOG.info("{}", e.getMessage());
            stale = true;
            return AT_ONCE;
        } catch (UnknownSubscriptionException e) {
            shared.forget();
            return AT_ONCE;
        } catch (InterruptedException e) {
            return AT_ONCE;
        } catch (Throwable e) {
            return failed(e);
        }
    }

    /** Takes over what was assigned; whether the subscription is paused. */
    private boolean follow() {
        var latest = shared.takeNews();
        if (latest == null) {
            return shared.isPaused();
        }
        if (latest.paused()) {
            if (!owned.knows(latest.claims())) {
                shared.publishNothing();
            }
            return true;
        }
        // Nobody assigns the same again, so what cannot be followed now is read from the storage later.
        stale = true;
        if (!owned.knows(latest.claims())) {
            adopt(storage.holding(name(), instance));
        }
        if (latest.lettersDue()) {
            handler.due.within(Duration.ZERO);
        }
        surplus = latest.surplus();
        stale = false;
        return false;
    }

    private void giveBack() throws Exception {
        var spare = handler.spare(surplus);
        if (!spare.isEmpty()) {
            stale = true;
            surplus -= spare.size();
            storage.release(name(), instance, owned.giveUp(spare));
            adopt(storage.holding(name(), instance));
            stale = false;
        }
    }

    private void reload() {
        var read = storage.holding(name(), instance);
        if (!handler.recognizes(read)) {
            owned.clear();
            handler.forget();
        }
        adopt(read);
        handler.due.within(Duration.ZERO);
    }

    /** What it owns is read from the storage, since an assignment may be older than what it knows itself. */
    private void adopt(Holding holding) {
        owned.adopt(holding, segments -> {
            var parked = storage.parked(name(), segments);
            OwnedSegments.firstDue(parked).ifPresent(handler.due::within);
            return parked;
        });
        handler.adopted();
        handler.publishPosition();
        tellSegments(owned.numbers());
    }

    private void tellSegments(Set<Integer> now) {
        var before = told;
        told = now;
        tellWithout(before, now, segments -> place.listener().gained(name(), segments));
        tellWithout(now, before, segments -> place.listener().lost(name(), segments));
    }

    private static void tellWithout(Set<Integer> without, Set<Integer> all, Consumer<Set<Integer>> listener) {
        var left = all.stream().filter(segment -> !without.contains(segment)).collect(Collectors.toUnmodifiableSet());
        if (!left.isEmpty()) {
            listener.accept(left);
        }
    }

    private Rest failed(Throwable error) {
        int count = shared.failed(error);
        place.listener().failed(name(), error);
        boolean nobodysFault = handler.blame.isNobodysFault(error, 0);
        boolean visible = count > Blame.PATIENCE || nobodysFault;
        boolean hopeless = !nobodysFault && count >= place.settings().recovery().attempts() + Blame.PATIENCE;
        if (hopeless) {
            return giveUp(error, count);
        } else if (visible) {
            stale = true;
            shared.enter(State.RETRYING);
            LOG.warn(
                    "The subscription '{}' cannot go on after position {} (attempt {}), it will try again: {}",
                    name(),
                    owned.reached(),
                    count,
                    Failure.inBrief(error));
            return new Rest.Pausing(
                    place.settings().recovery().jittered(count, place.settings().random()));
        }
        LOG.debug("A page of '{}' failed and is handled again with more care: {}", name(), Failure.inBrief(error));
        return AT_ONCE;
    }

    /** Waits for long with everything given back, and tries again. */
    private Rest giveUp(Throwable error, int count) {
        var pause = place.settings().pauseOfFailed(++givenUp);
        LOG.error(
                "The subscription '{}' has failed {} times after position {} and stops there; it tries again in {}: {}",
                name(),
                count,
                owned.reached(),
                pause,
                Failure.inBrief(error));
        shared.enter(State.FAILED);
        owned.clear();
        handler.forget();
        tellSegments(Set.of());
        leave();
        stale = true;
        triesAgain = true;
        return new Rest.Pausing(pause);
    }

    private String name() {
        return place.name();
    }
}
