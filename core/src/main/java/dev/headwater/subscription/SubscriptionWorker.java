package dev.headwater.subscription;

import dev.headwater.failure.Failure;
import dev.headwater.failure.FailureKind;
import dev.headwater.store.EventStore;
import dev.headwater.subscription.OwnedSegments.Keyed;
import dev.headwater.subscription.PageHandler.Care;
import dev.headwater.subscription.SubscriptionStatus.State;
import dev.headwater.subscription.spi.ClaimLostException;
import dev.headwater.subscription.spi.Letter;
import dev.headwater.subscription.spi.SubscriptionStorage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The work of a subscription in this process, done by one thread: read a page, hand it over, move the checkpoints, and
 * now and then try again what was set aside.
 *
 * @param <T> the transaction
 */
final class SubscriptionWorker<T> implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(SubscriptionWorker.class);

    /** How long the thread sleeps when there is nothing to do: whoever notices new events wakes it. */
    private static final Duration SLEEP = Duration.ofMinutes(1);

    /** How many letters of a sequence are tried before others get their turn. */
    private static final int LETTERS = 100;

    /** How many sequences with letters to retry are looked at in one go. */
    private static final int SEQUENCES = 100;

    private final Subscription<T> subscription;
    private final EventStore store;
    private final SubscriptionStorage<T> storage;
    private final SubscriptionSettings settings;
    private final String instance;
    private final WorkerState shared;
    private final OwnedSegments owned;
    private final PageHandler<T> handler;
    private final EmptyStretch<T> empty;

    private Care care = Care.TOGETHER;
    /** Up to here events are handled singly. */
    private long singlyUntil;

    private long lettersDueAt = Long.MAX_VALUE;
    /** Up to here the segments were handled that it had last. */
    private long comeTo = Long.MAX_VALUE;
    /** What is known about the owned segments may be wrong. */
    private boolean stale;

    SubscriptionWorker(
            Subscription<T> subscription,
            int segments,
            EventStore store,
            SubscriptionStorage<T> storage,
            SubscriptionSettings settings,
            String instance,
            WorkerState shared,
            HandlerWatch watch) {
        this.subscription = subscription;
        this.store = store;
        this.storage = storage;
        this.settings = settings;
        this.instance = instance;
        this.shared = shared;
        this.owned = new OwnedSegments(subscription.sequenceKey(), segments, instance);
        this.handler = PageHandler.of(subscription, storage, owned, watch);
        this.empty = new EmptyStretch<>(subscription.name(), storage, owned);
    }

    @Override
    public void run() {
        var last = State.FAILED;
        try {
            boolean goesOn = true;
            while (goesOn && !shared.isClosing()) {
                goesOn = step();
            }
            if (goesOn) {
                last = State.STOPPED;
            }
        } catch (RuntimeException | Error e) {
            LOG.error("The subscription '{}' stops, since its failures cannot be judged", name(), e);
        } finally {
            shared.enter(last);
            leave();
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

    /** One page, or one failed attempt at it; false when the subscription has failed for good. */
    private boolean step() {
        try {
            if (stale) {
                reload();
                stale = false;
            }
            boolean paused = follow();
            if (paused || owned.isEmpty()) {
                shared.enter(paused ? State.PAUSED : State.RUNNING);
                shared.awaitSomething(SLEEP);
                return true;
            }
            redriveWhatIsDue();
            boolean end = nextPage();
            shared.succeeded();
            if (end) {
                shared.awaitSomething(untilNextWork());
            }
            return true;
        } catch (ClaimLostException e) {
            LOG.info("{}", e.getMessage());
            stale = true;
            return true;
        } catch (InterruptedException e) {
            return true;
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
            return true;
        }
        // Nobody assigns the same again, so what cannot be followed now is read from the storage later.
        stale = true;
        if (!owned.knows(latest.claims())) {
            adopt();
        }
        if (latest.lettersDue()) {
            retryWithin(Duration.ZERO);
        }
        if (latest.surplus() > 0) {
            giveBack(latest.surplus());
        }
        stale = false;
        return false;
    }

    private void giveBack(int number) {
        var claims = owned.giveUp(number);
        if (!claims.isEmpty()) {
            storage.release(name(), instance, claims);
            adopt();
        }
    }

    private void reload() {
        owned.clear();
        adopt();
        retryWithin(Duration.ZERO);
    }

    /** What it owns is read from the storage, since an assignment may be older than what it knows itself. */
    private void adopt() {
        owned.adopt(storage.holding(name(), instance), segments -> {
            var parked = storage.parked(name(), segments);
            OwnedSegments.firstDue(parked).ifPresent(this::retryWithin);
            return parked;
        });
        if (!owned.isEmpty() && owned.position() < comeTo) {
            catchUp();
        }
        publishPosition();
    }

    /** Work that others have done or left lies before it; or it was set back. */
    private void catchUp() {
        comeTo = owned.position();
        if (subscription.handler() instanceof Subscription.Handler.Projecting<T>) {
            shared.rebuild(store.headPosition());
        }
    }

    /** Handles a page; whether the log has ended there. */
    private boolean nextPage() throws Exception {
        long from = owned.position();
        int size = care == Care.SINGLY ? 1 : subscription.batchSize();
        var page = store.readLogPage(from, subscription.query(), size);
        var events = new ArrayList<Keyed>(page.events().size());
        for (var event : page.events()) {
            var keyed = owned.toHandle(event);
            if (keyed != null) {
                events.add(keyed);
            }
        }
        if (events.isEmpty()) {
            owned.handled(page.through());
            empty.storeIfLong();
        } else {
            handle(events, page.through());
        }
        owned.handled(page.through());
        comeTo = page.through();
        shared.cameOn(events.size(), page.through() - from);
        if (care == Care.HALVING || page.through() >= singlyUntil) {
            care = Care.TOGETHER;
        }
        publishPosition();
        return page.end();
    }

    private void handle(List<Keyed> events, long through) throws Exception {
        var letters = List.<Letter>of();
        try {
            letters = handler.handle(events, through, care);
        } catch (ClaimLostException e) {
            throw e;
        } catch (Exception | Error e) {
            boolean nobodysFault = handler.blame.isNobodysFault(e, shared.failures());
            if (care == Care.SINGLY && !nobodysFault) {
                letters = handler.putAside(events.getFirst(), through, e);
            } else {
                moreCareful(nobodysFault, through);
                throw e;
            }
        }
        letters.forEach(this::parked);
    }

    /** When no event is to blame, looking at fewer of them at a time would blame one all the same. */
    private void moreCareful(boolean nobodysFault, long through) {
        if (nobodysFault) {
            return;
        }
        if (care == Care.TOGETHER) {
            care = Care.HALVING;
        } else {
            care = Care.SINGLY;
            singlyUntil = Math.max(singlyUntil, through);
        }
    }

    private void parked(Letter letter) {
        owned.park(letter.segment(), letter.sequenceKey());
        letter.retryIn().ifPresent(this::retryWithin);
        letter.failure()
                .ifPresent(failure -> LOG.warn(
                        "The subscription '{}' could not handle {} (attempt {}): {}; its key is set aside, {}",
                        name(),
                        letter.event(),
                        letter.attempts(),
                        failure.fingerprint(),
                        letter.retryIn().isPresent() ? "it is tried again later" : "until somebody decides"));
    }

    private void retryWithin(Duration pause) {
        lettersDueAt = Math.min(lettersDueAt, System.nanoTime() + Math.max(0, pause.toNanos()));
    }

    private void redriveWhatIsDue() throws Exception {
        if (lettersDueAt == Long.MAX_VALUE || System.nanoTime() - lettersDueAt < 0) {
            return;
        }
        lettersDueAt = Long.MAX_VALUE;
        var sequences = storage.due(name(), owned.numbers(), SEQUENCES);
        if (sequences.size() == SEQUENCES) {
            sequences.getLast().dueIn().ifPresent(this::retryWithin);
        }
        for (var sequence : sequences) {
            var dueIn = sequence.dueIn();
            if (dueIn.isEmpty()) {
                continue;
            }
            if (dueIn.get().isPositive()) {
                retryWithin(dueIn.get());
            } else if (!shared.isClosing()) {
                try {
                    redrive(sequence.segment(), sequence.sequenceKey());
                } catch (Exception e) {
                    retryWithin(Duration.ZERO);
                    throw e;
                }
            }
        }
    }

    /** Tries the first letters of a sequence in order, as long as that goes well. */
    private void redrive(int segment, String key) throws Exception {
        var letters = storage.sequence(name(), key, LETTERS);
        for (var letter : letters) {
            boolean waitsForSomebody = letter.state() == DeadLetter.State.PARKED
                    && letter.nextRetry().isEmpty();
            if (waitsForSomebody || shared.isClosing()) {
                return;
            }
            var event = new Keyed(store.readEvent(letter.position()), key, segment);
            if (!handler.redrive(event, letter, shared.failures())) {
                retryWithin(subscription.retry().firstPause());
                return;
            }
        }
        if (letters.size() < LETTERS) {
            owned.unpark(segment, key);
        } else {
            retryWithin(Duration.ZERO);
        }
    }

    private boolean failed(Throwable error) {
        int count = shared.failed(error);
        boolean nobodysFault = handler.blame.kindOf(error) == FailureKind.UNAVAILABLE;
        boolean visible = count > Blame.PATIENCE || nobodysFault;
        boolean hopeless = !nobodysFault && count >= settings.recovery().attempts() + Blame.PATIENCE;
        if (visible) {
            stale = true;
            shared.enter(State.RETRYING);
        }
        if (hopeless) {
            LOG.error(
                    "The subscription '{}' has failed {} times after position {} and stops there: {}",
                    name(),
                    count,
                    owned.position(),
                    Failure.inBrief(error));
            return false;
        }
        if (!visible) {
            LOG.debug("A page of '{}' failed and is handled again with more care: {}", name(), Failure.inBrief(error));
            return true;
        }
        LOG.warn(
                "The subscription '{}' cannot go on after position {} (attempt {}), it will try again: {}",
                name(),
                owned.position(),
                count,
                Failure.inBrief(error));
        try {
            shared.pause(settings.recovery().jittered(count, ThreadLocalRandom.current()));
        } catch (InterruptedException e) {
            LOG.debug("A pause of '{}' was interrupted", name(), e);
        }
        return true;
    }

    private Duration untilNextWork() throws Exception {
        var pause = empty.storeAtLeisure(SLEEP);
        return lettersDueAt == Long.MAX_VALUE
                ? pause
                : Duration.ofNanos(Math.min(pause.toNanos(), Math.max(1, lettersDueAt - System.nanoTime())));
    }

    private void publishPosition() {
        shared.publish(owned.isComplete() ? owned.position() : -1);
    }

    private String name() {
        return subscription.name();
    }
}
