package dev.headwater.subscription;

import dev.headwater.UndecodableMessageException;
import dev.headwater.failure.Failure;
import dev.headwater.failure.FailureKind;
import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.OwnedSegments.Keyed;
import dev.headwater.subscription.spi.BrokenTransactionException;
import dev.headwater.subscription.spi.Checkpoint;
import dev.headwater.subscription.spi.ClaimLostException;
import dev.headwater.subscription.spi.Holding;
import dev.headwater.subscription.spi.Letter;
import dev.headwater.subscription.spi.PageTransaction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A projection, whose writes, checkpoint and letters are one transaction; or what hands pages on, before the
 * transaction of its checkpoint and letters.
 */
final class ProjectionHandler<T> extends PageHandler<T> {

    private static final Logger LOG = LoggerFactory.getLogger(SubscriptionWorker.class);

    /** How many letters of a sequence are read at once. */
    private static final int LETTERS = 100;

    /** How many letters are tried again between two pages. */
    private static final int RETRIES = 50;

    private final Work<T> work;
    private final Beginning<T> beginning;
    private final PageSize pageSize;

    private Care care = Care.TOGETHER;
    /** Up to here events are handled singly. */
    private long singlyUntil;
    /** Up to here the segments were handled that it had last. */
    private long comeTo = Long.MAX_VALUE;
    /** How many letters may still be tried before the next page. */
    private int retriesLeft;
    /** Whether the next probe is one that was put aside. */
    private boolean suspectsTurn;

    ProjectionHandler(Work<T> work, Beginning<T> beginning, WorkPlace<T> place) {
        super(place);
        this.work = work;
        this.beginning = beginning;
        this.pageSize = new PageSize(place.subscription().batchSize());
    }

    /** What is done with a page of events. */
    @FunctionalInterface
    interface Work<T> {
        void on(List<StoredEvent> events, PageTransaction<T> page) throws Exception;
    }

    /** Begins the transaction in which checkpoints move. */
    @FunctionalInterface
    interface Beginning<T> {
        PageTransaction<T> begin(Map<Integer, Checkpoint> moves) throws Exception;
    }

    /** How much of a page shares a fate. */
    private enum Care {
        /** The page is one call of the handler; the usual case, and the fastest. */
        TOGETHER,
        /** A part that fails is undone and halved until the event that fails stands alone. */
        HALVING,
        /** The page is one event, in a transaction of its own, since a handler has broken the shared one. */
        SINGLY
    }

    @Override
    void adopted() {
        if (!owned.isEmpty() && owned.readFrom() < comeTo) {
            // Work that others have done or left lies before it; or it was set back.
            comeTo = owned.readFrom();
            shared.rebuild(place.store().headPosition());
        }
    }

    @Override
    boolean recognizes(Holding read) {
        return false;
    }

    @Override
    void forget() {}

    @Override
    Collection<Integer> spare(int number) {
        return owned.numbers().stream().sorted().limit(number).toList();
    }

    @Override
    boolean isWell() {
        return true;
    }

    @Override
    void rest() {}

    @Override
    void finish() {}

    @Override
    Duration goOn(boolean newEvents) throws Exception {
        if (!blame.isOpen()) {
            redriveWhatIsDue();
        } else if (suspectsTurn) {
            probeSuspect();
        }
        suspectsTurn = !suspectsTurn;
        boolean end = nextPage();
        if (end && blame.isOpen()) {
            probeSuspect();
        }
        return end ? untilNextWork() : Duration.ZERO;
    }

    /** While nothing works the event at hand may be one that never does. */
    private void probeSuspect() throws Exception {
        var suspect = blame.anySuspect();
        if (suspect != null) {
            retriesLeft = 1;
            redrive(suspect.getValue(), suspect.getKey(), true);
        }
    }

    /** Handles a page; whether the log has ended there. */
    private boolean nextPage() throws Exception {
        long from = owned.readFrom();
        int size = care == Care.SINGLY ? 1 : pageSize.next();
        var page = place.store().readLogPage(from, place.subscription().query(), size);
        pageSize.learn(page.events());
        var events = owned.toHandle(page.events());
        if (events.isEmpty()) {
            owned.handled(page.through());
            empty.storeIfLong();
        } else {
            handle(events, page.through());
            owned.handled(page.through());
        }
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
            letters = project(events, through);
        } catch (ClaimLostException e) {
            throw e;
        } catch (Exception | Error e) {
            boolean nobodysFault = blame.isNobodysFault(e, shared.failures());
            if (care == Care.SINGLY && !nobodysFault && !isInterrupted(e)) {
                letters = putAside(events.getFirst(), through, e);
            } else {
                moreCareful(nobodysFault, through);
                throw e;
            }
        }
        parked(letters);
    }

    /** Whether a call was broken off since there is no more time for it, which is nobody's fault. */
    private boolean isInterrupted(Throwable failure) {
        return failure instanceof InterruptedException && shared.isClosing();
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

    /** Puts one event aside without calling the handler, whose transaction could not be kept. */
    private List<Letter> putAside(Keyed event, long through, Throwable failure) throws Exception {
        blame.requireClosedCircuit(event, failure);
        var letter = blame.failed(event, failure);
        var moves = owned.movesTo(through);
        try (var page = begin(moves)) {
            page.park(letter);
            commit(page, moves);
        }
        return List.of(letter);
    }

    private List<Letter> project(List<Keyed> events, long through) throws Exception {
        var letters = new ArrayList<Letter>();
        var moves = owned.movesTo(through);
        decode(events.stream().map(Keyed::event).toList());
        try (var page = beginning.begin(moves)) {
            project(events, page, letters);
            commit(page, moves);
        }
        return letters;
    }

    /**
     * Decodes what handlers are about to ask for, so that whatever that takes, as keys of personal data, is fetched
     * before a transaction holds a connection. What fails here fails again when it is asked for, and is judged then.
     */
    private void decode(List<StoredEvent> stored) {
        for (var event : stored) {
            try {
                event.current(place.subscription().query()).forEach(StoredEvent::message);
            } catch (UndecodableMessageException e) {
                LOG.trace("An event of '{}' cannot be decoded", place.name(), e);
            } catch (RuntimeException e) {
                LOG.trace("Decoding events of '{}' ahead failed", place.name(), e);
                return;
            }
        }
    }

    private void project(List<Keyed> events, PageTransaction<T> page, List<Letter> letters) throws Exception {
        var parked = new HashSet<String>();
        letters.forEach(letter -> parked.add(letter.sequenceKey()));
        var free = new ArrayList<Keyed>(events.size());
        for (var event : events) {
            var problem = event.problem();
            if (owned.isParked(event) || parked.contains(event.key())) {
                park(Blame.waiting(event), page, letters);
            } else if (problem != null) {
                park(Blame.unusable(event, problem), page, letters);
                parked.add(event.key());
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
            call(free, page);
        }
    }

    private void halve(List<Keyed> events, PageTransaction<T> page, List<Letter> letters) throws Exception {
        var mark = page.mark();
        try {
            call(events, page);
            mark.keep();
        } catch (Exception | Error e) {
            mark.undo(e);
            if (e instanceof BrokenTransactionException
                    || isInterrupted(e)
                    || blame.kindOf(e) == FailureKind.UNAVAILABLE) {
                throw e;
            }
            if (events.size() == 1) {
                blame.requireClosedCircuit(events.getFirst(), e);
                park(blame.failed(events.getFirst(), e), page, letters);
            } else {
                int middle = events.size() / 2;
                project(events.subList(0, middle), page, letters);
                project(events.subList(middle, events.size()), page, letters);
            }
        }
    }

    private static void park(Letter letter, PageTransaction<?> page, List<Letter> letters) {
        page.park(letter);
        letters.add(letter);
    }

    private void call(List<Keyed> events, PageTransaction<T> page) throws Exception {
        handOver(events.stream().map(Keyed::event).toList(), page);
        blame.succeeded();
    }

    /** Hands over what the stored events mean now; of one that upcasters have dropped nothing is left to handle. */
    private void handOver(Collection<StoredEvent> stored, PageTransaction<T> page) throws Exception {
        var events = stored.stream()
                .flatMap(event -> event.current(place.subscription().query()).stream())
                .toList();
        if (!events.isEmpty()) {
            long began = place.settings().nanoTime();
            place.watch().watch(() -> work.on(events, page), page::abort);
            place.listener()
                    .handled(
                            place.name(),
                            events.size(),
                            Duration.ofNanos(place.settings().nanoTime() - began));
        }
    }

    private void redriveWhatIsDue() throws Exception {
        retriesLeft = RETRIES;
        for (var relieved : blame.takeRelieved().entrySet()) {
            redrive(relieved.getValue(), relieved.getKey(), true);
        }
        for (var sequence : due.take()) {
            if (shared.isClosing()) {
                return;
            }
            redrive(sequence.segment(), sequence.sequenceKey(), false);
        }
    }

    /**
     * Tries the first letters of a sequence in order, as long as that goes well.
     *
     * @param always whether the first one is tried although it waits for somebody
     */
    private void redrive(int segment, String key, boolean always) throws Exception {
        if (retriesLeft <= 0 || owned.epoch(segment) == null) {
            due.within(Duration.ZERO);
            return;
        }
        try {
            boolean anyway = always;
            for (var letter : place.storage().sequence(place.name(), key, LETTERS)) {
                if (!anyway && DueLetters.waitsForSomebody(letter)) {
                    return;
                }
                anyway = false;
                if (shared.isClosing() || retriesLeft-- <= 0) {
                    due.within(Duration.ZERO);
                    return;
                }
                if (!redrive(segment, letter)) {
                    due.within(place.subscription().retry().firstPause());
                    return;
                }
            }
            if (place.storage().sequence(place.name(), key, 1).isEmpty()) {
                owned.unpark(segment, key);
            } else {
                due.within(Duration.ZERO);
            }
        } catch (Exception | Error e) {
            due.within(Duration.ZERO);
            throw e;
        }
    }

    /** Tries a letter again; whether it is settled, so that the next one may follow. */
    private boolean redrive(int segment, DeadLetter letter) throws Exception {
        var keyed = new Keyed(place.eventOfLetter(letter.position()), letter.sequenceKey(), segment, null);
        boolean discarded = letter.state() == DeadLetter.State.DISCARDED;
        if (!discarded) {
            decode(List.of(keyed.event()));
        }
        try (var page = beginning.begin(Map.of())) {
            if (!discarded) {
                handOver(List.of(keyed.event()), page);
            }
            if (!page.settle(letter)) {
                return false;
            }
            page.forgetEffects(letter.position());
            commit(page, Map.of());
            blame.succeeded();
            place.listener().settled(place.name(), letter.position());
            return true;
        } catch (Exception | Error e) {
            if (discarded
                    || e instanceof ClaimLostException
                    || isInterrupted(e)
                    || blame.isNobodysFault(e, shared.failures())) {
                throw e;
            }
            if (blame.kindOf(e) == FailureKind.UNAVAILABLE) {
                blame.requireClosedCircuit(keyed, e);
            }
            LOG.debug("A letter of '{}' failed again: {}", place.name(), Failure.inBrief(e));
            var again = blame.failedAgain(keyed, letter, e);
            try (var page = begin(Map.of())) {
                page.park(again);
                commit(page, Map.of());
            }
            tell(again);
            return false;
        }
    }
}
