package dev.headwater.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headwater.MessageTypes;
import dev.headwater.failure.Failure;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import dev.headwater.subscription.DeadLetter;
import dev.headwater.subscription.DeadLetterFilter;
import dev.headwater.subscription.DeadLetters;
import dev.headwater.subscription.spi.Assignment;
import dev.headwater.subscription.spi.Checkpoint;
import dev.headwater.subscription.spi.Claim;
import dev.headwater.subscription.spi.Holding;
import dev.headwater.subscription.spi.Letter;
import dev.headwater.subscription.spi.PageTransaction;
import dev.headwater.subscription.spi.SubscriptionStorage;
import dev.headwater.testkit.ContractEvent.Noted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** What the topics of {@link SubscriptionStorageContract} share. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
abstract class SubscriptionTopic<T> {

    static final String NAME = "orders";
    static final String OTHER = "mail";
    static final String A = "instance-a";
    static final String B = "instance-b";
    static final String C = "instance-c";

    static final int SEGMENTS = 16;
    static final Duration LONG = Duration.ofHours(1);
    static final Duration SHORT = Duration.ofMillis(20);

    private final SubscriptionStorageContract<T> implementation;

    SubscriptionStorageContract.Subject<T> subject;
    SubscriptionStorage<T> storage;
    DeadLetters letters;
    EventStore store;

    SubscriptionTopic(SubscriptionStorageContract<T> implementation) {
        this.implementation = implementation;
    }

    @BeforeEach
    final void open() throws Exception {
        subject = implementation.open();
        storage = subject.storage();
        letters = subject.letters();
        store = new EventStore(subject.log(), MessageTypes.of(ContractEvent.class));
    }

    @AfterEach
    final void checkSequencesAndClose() {
        try {
            requireOnlyTheFirstOfASequenceIsDue();
        } finally {
            subject.close();
        }
    }

    private void requireOnlyTheFirstOfASequenceIsDue() {
        var seen = new HashSet<List<String>>();
        for (var letter : letters.list(DeadLetterFilter.all(), 10_000)) {
            boolean first = seen.add(List.of(letter.subscription(), letter.sequenceKey()));
            assertTrue(
                    first || letter.nextRetry().isEmpty(),
                    "only the first letter of a sequence is due, but found " + letter);
        }
    }

    Assignment renew(String instance) {
        return renew(instance, LONG);
    }

    Assignment renew(String instance, Duration lease) {
        return Objects.requireNonNull(
                storage.renew(instance, Set.of(NAME), lease).get(NAME));
    }

    /** Has instances follow what they are told, for more rounds than that should take; returns the owners. */
    Map<Integer, String> converge(String... instances) {
        for (int round = 0; round < 5; round++) {
            for (var instance : instances) {
                var assignment = renew(instance);
                storage.release(NAME, instance, assignment.claims().subList(0, assignment.surplus()));
            }
        }
        var owners = owners();
        assertEquals(SEGMENTS, owners.size(), "every segment has an owner");
        return owners;
    }

    Map<Integer, String> owners() {
        var owners = new HashMap<Integer, String>();
        storage.segments(NAME)
                .forEach(segment -> segment.owner().ifPresent(owner -> owners.put(segment.number(), owner)));
        return owners;
    }

    List<Long> positions(String subscription) {
        return storage.segments(subscription).stream()
                .map(segment -> segment.position())
                .distinct()
                .toList();
    }

    /** Makes a subscription known, all of whose segments are then an instance's. */
    Holding owned(String subscription, int segments) {
        assertEquals(segments, storage.register(subscription, segments, 0));
        var assignment = Objects.requireNonNull(
                storage.renew(A, Set.of(subscription), LONG).get(subscription));
        assertEquals(segments, assignment.claims().size(), "an instance alone owns every segment");
        return assignment.holding();
    }

    Holding held(String subscription) {
        return storage.holding(subscription, A);
    }

    /** What is done in a transaction that moves checkpoints. */
    interface Work<T> {
        void in(PageTransaction<T> page) throws Exception;
    }

    /** Does the work and moves every checkpoint, in one transaction; returns what is held afterwards. */
    Holding advance(String subscription, Holding holding, long to, Work<T> work) throws Exception {
        return advance(subscription, holding, moves(holding.claims(), to), work);
    }

    /** Does the work and moves some checkpoints, in one transaction; returns what is held afterwards. */
    Holding advance(String subscription, Holding holding, Map<Integer, Checkpoint> moves, Work<T> work)
            throws Exception {
        try (var page = storage.begin(subscription, holding, moves)) {
            work.in(page);
            page.commit();
        }
        return holding.moved(moves);
    }

    static Map<Integer, Checkpoint> moves(List<Claim> claims, long to) {
        return claims.stream().collect(Collectors.toMap(Claim::segment, claim -> Checkpoint.at(to)));
    }

    /** Does a part of the work, of which nothing remains when it fails. */
    static <T> void attempt(PageTransaction<T> page, PageTransaction.Part<T> part) throws Exception {
        var mark = page.mark();
        try {
            part.in(page.transaction());
            mark.keep();
        } catch (Exception | Error e) {
            mark.undo(e);
            throw e;
        }
    }

    StoredEvent event(String stream) {
        var appended = store.append(new StreamId(stream), ExpectedVersion.any(), new Noted(stream));
        return store.readEvent(appended.lastPosition());
    }

    /** Appends an event to each of these streams. */
    List<StoredEvent> events(String... streams) {
        return Arrays.stream(streams).map(this::event).toList();
    }

    static Failure failure(String message) {
        return Failure.of(new IllegalStateException(message));
    }

    static Letter parked(StoredEvent event, int segment) {
        return new Letter(
                segment,
                event.stream().name(),
                event,
                DeadLetter.State.PARKED,
                1,
                Optional.empty(),
                Optional.of(failure("poison")));
    }

    static Letter retrying(StoredEvent event, int segment, Duration pause) {
        return new Letter(
                segment,
                event.stream().name(),
                event,
                DeadLetter.State.RETRYING,
                1,
                Optional.of(pause),
                Optional.of(failure("flaky")));
    }

    static Letter waiting(StoredEvent event, int segment) {
        return new Letter(
                segment, event.stream().name(), event, DeadLetter.State.WAITING, 0, Optional.empty(), Optional.empty());
    }

    /** Writes letters in a transaction of their own. */
    void park(String subscription, Letter... parked) throws Exception {
        advance(subscription, held(subscription), Map.of(), page -> {
            for (var letter : parked) {
                page.park(letter);
            }
        });
    }

    /** Removes letters in a transaction of their own. */
    void settle(String subscription, StoredEvent... settled) throws Exception {
        advance(subscription, held(subscription), Map.of(), page -> {
            for (var event : settled) {
                assertTrue(page.settle(letter(subscription, event)), "there is no such letter: " + event);
            }
        });
    }

    List<DeadLetter> all() {
        return letters.list(DeadLetterFilter.all(), 10_000);
    }

    List<Long> letterPositions(DeadLetterFilter filter) {
        return new ArrayList<>(
                letters.list(filter, 10_000).stream().map(DeadLetter::position).toList());
    }

    static List<Long> positions(StoredEvent... events) {
        return Arrays.stream(events).map(StoredEvent::position).toList();
    }

    DeadLetter letter(String subscription, StoredEvent event) {
        return letters.list(DeadLetterFilter.of(subscription).at(event.position()), 2).stream()
                .findFirst()
                .orElseThrow(() -> new AssertionError("There is no letter of " + event + " for " + subscription));
    }
}
