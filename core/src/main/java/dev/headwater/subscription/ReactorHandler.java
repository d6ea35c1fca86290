package dev.headwater.subscription;

import dev.headwater.MessageContext;
import dev.headwater.Metadata;
import dev.headwater.failure.FailureKind;
import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.OwnedSegments.Keyed;
import dev.headwater.subscription.spi.Checkpoint;
import dev.headwater.subscription.spi.Holding;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A reactor: its events are handled outside of any transaction, in lanes side by side, and what became of them is
 * stored afterwards by one thread, for many of them at once.
 */
final class ReactorHandler<T> extends PageHandler<T> {

    private static final Logger LOG = LoggerFactory.getLogger(SubscriptionWorker.class);

    private static final int PAGE = 256;
    private static final int MOST_EVENTS = 1024;
    private static final long MOST_BYTES = 16 << 20;
    /** So many events may be read and not handled. */
    private static final int MOST_OPEN = 10_000;
    /** While lanes are at work, what is done is stored when it is so many events or has waited so long. */
    private static final int WORTH_STORING = 200;

    private static final long UNSTORED_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final RecordingReactor reactor;
    private final Lanes lanes;
    private final Unstored unstored = new Unstored();
    private final Outage outage;
    private final LetterRetries retries;
    private final PageSize pageSize;

    /** With which epochs the segments are owned whose events are in the lanes. */
    private Map<Integer, Long> epochs = Map.of();

    private final Set<Integer> leaving = new HashSet<>();
    private boolean atEnd;
    /** Whether the calls at work were interrupted, since there is no more time for them. */
    private boolean hurried;

    private long storedAt;
    /** What is moved by a transaction whose outcome is not known yet. */
    private @Nullable Map<Integer, Checkpoint> attempted;

    ReactorHandler(RecordingReactor reactor, WorkPlace<T> place) {
        super(place);
        this.reactor = reactor;
        this.storedAt = place.settings().nanoTime();
        this.lanes = new Lanes(
                this::react,
                shared::wake,
                shared::isClosing,
                new Lanes.Bounds(place.settings().concurrency(), MOST_EVENTS, MOST_BYTES),
                place.settings()
                        .stepper()
                        .<LaneThreads>map(LaneThreads.Stepped::new)
                        .orElse(LaneThreads.VIRTUAL));
        this.outage = new Outage(place, lanes, blame);
        this.retries = new LetterRetries(place, lanes, unstored, due);
        this.pageSize = new PageSize(Math.max(PAGE, place.subscription().batchSize()));
    }

    /** In a thread of a lane. */
    private boolean react(LaneTask task) throws Exception {
        var stored = eventOf(task);
        task.read(stored);
        boolean recorded = false;
        for (var event : stored.current(place.subscription().query())) {
            long began = place.settings().nanoTime();
            var effects = new RecordedEffects(place.storage(), place.name(), event, task::isLost);
            place.watch()
                    .watch(
                            () -> MessageContext.call(Metadata.causedBy(event.encoded()), () -> {
                                reactor.react(event, effects);
                                return null;
                            }),
                            failure -> lanes.abandon(task, failure));
            place.listener()
                    .handled(place.name(), 1, Duration.ofNanos(place.settings().nanoTime() - began));
            recorded |= effects.areUsed();
        }
        return recorded;
    }

    private StoredEvent eventOf(LaneTask task) {
        var read = task.event();
        if (read != null) {
            return read;
        }
        return task.letter == null ? place.store().readEvent(task.position) : place.eventOfLetter(task.position);
    }

    @Override
    Duration goOn(boolean newEvents) throws Exception {
        atEnd &= !newEvents;
        if (!blame.isOpen()) {
            lanes.open();
        }
        collect();
        storeIfWorthIt();
        for (var relieved : blame.takeRelieved().entrySet()) {
            retries.begin(relieved.getValue(), relieved.getKey(), true);
        }
        if (blame.isOpen()) {
            probe();
        } else {
            retries.begin();
        }
        outage.wake();
        if (isHungry()) {
            read();
        }
        return unstored.isUrgent() || isHungry() ? Duration.ZERO : untilNext();
    }

    private boolean isHungry() {
        return !atEnd && owned.open() < MOST_OPEN && lanes.isHungry();
    }

    private Duration untilNext() throws Exception {
        var pause = owned.isHandledUnstored() ? Duration.ofNanos(UNSTORED_NANOS) : untilNextWork();
        return outage.untilNext(pause);
    }

    private void probe() {
        if (!outage.isTimeToProbe()) {
            return;
        }
        lanes.probe();
        var suspect = blame.anySuspect();
        if (!lanes.isBusy() && suspect != null) {
            retries.begin(suspect.getValue(), suspect.getKey(), true);
            lanes.probe();
        }
        if (!lanes.isBusy() && lanes.isEmpty()) {
            blame.succeeded();
            outage.end();
        }
    }

    private void read() {
        long from = owned.readFrom();
        var page = place.store().readLogPage(from, place.subscription().query(), pageSize.next());
        pageSize.learn(page.events());
        var events = owned.toHandle(page.events());
        owned.read(events, page.through());
        events.forEach(this::begin);
        atEnd = page.end();
        shared.cameOn(0, page.through() - from);
        publishPosition();
    }

    private void begin(Keyed event) {
        var problem = event.problem();
        if (owned.isParked(event)) {
            unstored.letter(Blame.waiting(event));
            owned.handled(event.segment(), event.position());
        } else if (problem != null) {
            unstored.letter(Blame.unusable(event, problem));
            owned.handled(event.segment(), event.position());
            owned.park(event.segment(), event.key());
        } else {
            lanes.offer(new LaneTask(event));
        }
    }

    private void collect() {
        var outcomes = lanes.takeOutcomes();
        int collected = 0;
        try {
            for (var outcome : outcomes) {
                switch (outcome) {
                    case LaneOutcome.Done(var task, boolean recorded) -> done(task, recorded);
                    case LaneOutcome.Failed(var task, var failure) -> failed(task, failure);
                }
                collected++;
            }
        } finally {
            lanes.putBack(outcomes.subList(collected, outcomes.size()));
        }
    }

    private void done(LaneTask task, boolean recorded) {
        if (blame.succeeded()) {
            outage.end();
        }
        outage.endsFor(task.key);
        if (task.letter == null) {
            owned.handled(task.segment, task.position);
            unstored.handled(task, recorded);
        } else {
            unstored.settle(task);
        }
    }

    private void failed(LaneTask task, Throwable failure) {
        if (hurried) {
            return;
        }
        boolean unavailable = blame.kindOf(failure) == FailureKind.UNAVAILABLE;
        if (task.letter == null || unavailable) {
            blame.opensCircuit(task.segment, task.key, failure);
        }
        if (unavailable && !blame.isOpen() && !blame.isCertain(failure) && !isStoreThere()) {
            blame.open();
        }
        task.suspicions++;
        if (blame.isOpen()) {
            outage.suspendAll(task, failure);
        } else if (unavailable && (blame.isCertain(failure) || task.suspicions <= Blame.PATIENCE)) {
            outage.suspend(task, failure);
        } else {
            setAside(task, failure);
        }
    }

    private boolean isStoreThere() {
        try {
            return place.store().headPosition() >= 0;
        } catch (RuntimeException e) {
            return false;
        }
    }

    private void setAside(LaneTask task, Throwable failure) {
        Keyed event;
        try {
            event = new Keyed(eventOf(task), task.key, task.segment, null);
        } catch (RuntimeException e) {
            outage.suspend(task, e);
            return;
        }
        var letter =
                task.letter == null ? blame.failed(event, failure) : blame.failedAgain(event, task.letter, failure);
        outage.endsFor(task.key);
        owned.park(task.segment, task.key);
        var tasks = lanes.drop(task.key);
        unstored.letter(letter);
        if (task.letter == null) {
            owned.handled(task.segment, task.position);
            tasks.stream().filter(each -> each.position != task.position).forEach(this::waitsBehind);
        } else {
            retries.failed(task.key);
        }
    }

    /** What is not kept in memory is read again, and meets a key that is parked. */
    private void waitsBehind(LaneTask task) {
        var event = task.event();
        if (event == null) {
            owned.unread(task.segment, task.position);
            atEnd = false;
        } else {
            unstored.letter(Blame.waiting(new Keyed(event, task.key, task.segment, null)));
            owned.handled(task.segment, task.position);
        }
    }

    private void storeIfWorthIt() throws Exception {
        boolean something = owned.isHandledUnstored() || unstored.isUrgent();
        boolean worthIt = unstored.isUrgent()
                || unstored.handled() >= WORTH_STORING
                || !lanes.isBusy()
                || place.settings().nanoTime() - storedAt >= UNSTORED_NANOS;
        if (something && worthIt) {
            store();
        } else if (!something) {
            empty.storeIfLong();
        }
    }

    private void store() throws Exception {
        var moves = owned.moves();
        try (var page = begin(moves)) {
            unstored.writeTo(page);
            attempted = moves;
            page.commit();
        }
        stored(moves);
    }

    private void stored(Map<Integer, Checkpoint> moves) {
        attempted = null;
        owned.moved(moves);
        storedAt = place.settings().nanoTime();
        shared.cameOn(unstored.handled(), 0);
        parked(unstored.letters());
        tellMoves(moves);
        var settled = unstored.settled();
        unstored.clear();
        publishPosition();
        settled.forEach((task, stillMeant) -> {
            if (stillMeant) {
                place.listener().settled(place.name(), task.position);
            }
            retries.settled(task, stillMeant);
        });
    }

    /** What a transaction was to store whose outcome was unknown may turn out to be stored. */
    @Override
    boolean recognizes(Holding read) {
        var known = owned.holding();
        var moves = attempted;
        if (moves != null && isIn(read, known.moved(moves))) {
            stored(moves);
            return true;
        }
        return isIn(read, known);
    }

    private static boolean isIn(Holding read, Holding known) {
        return read.number() == known.number() && read.claims().containsAll(known.claims());
    }

    @Override
    void forget() {
        attempted = null;
        forget(segment -> true);
        epochs = Map.of();
        leaving.clear();
    }

    private void forget(IntPredicate lost) {
        lanes.forget(lost);
        unstored.forget(lost);
        retries.forget(lost);
        outage.forget(lost);
        leaving.removeIf(lost::test);
        lanes.withdraw(leaving);
        atEnd = false;
    }

    @Override
    void adopted() {
        var now = owned.epochs();
        var former = epochs;
        forget(segment -> {
            var epoch = former.get(segment);
            return epoch != null && !epoch.equals(now.get(segment));
        });
        epochs = now;
    }

    @Override
    Collection<Integer> spare(int number) throws Exception {
        leaving.retainAll(owned.numbers());
        if (leaving.size() != number) {
            leaving.clear();
            owned.numbers().stream().sorted().limit(number).forEach(leaving::add);
            lanes.withdraw(leaving);
        }
        if (leaving.isEmpty()) {
            return leaving;
        }
        var idle = leaving.stream().filter(lanes::isIdle).toList();
        collect();
        if (owned.isHandledUnstored() || unstored.isUrgent()) {
            store();
        }
        return idle;
    }

    @Override
    boolean isWell() {
        return outage.isOver();
    }

    @Override
    void rest() throws Exception {
        lanes.stop();
        collect();
        if (owned.isHandledUnstored() || unstored.isUrgent()) {
            store();
        }
    }

    /**
     * What is done is stored before anything is waited for. When this is interrupted, so are the calls at work; what
     * they fail with then is nobody's fault, and their events come again.
     */
    @Override
    void finish() throws Exception {
        rest();
        // A call that does not return is given up after the limit of handlers, and interrupted before.
        var longest = place.settings().handlerLimit().multipliedBy(3);
        try {
            lanes.awaitIdle(longest);
        } catch (InterruptedException e) {
            rest();
            hurried = true;
            lanes.interrupt();
            awaitIdleInAnyCase(longest);
        }
        rest();
    }

    /** Whoever interrupts once more, such as the watch over silent workers, has no more to say. */
    private void awaitIdleInAnyCase(Duration longest) {
        long end = System.nanoTime() + longest.toNanos();
        for (long left = longest.toNanos(); left > 0; left = end - System.nanoTime()) {
            try {
                lanes.awaitIdle(Duration.ofNanos(left));
                return;
            } catch (InterruptedException e) {
                LOG.debug("'{}' waits for its calls already", place.name(), e);
            }
        }
    }
}
