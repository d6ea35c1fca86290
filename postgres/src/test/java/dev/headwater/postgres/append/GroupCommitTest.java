package dev.headwater.postgres.append;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.EncodedMessage;
import dev.headwater.Metadata;
import dev.headwater.UuidV7;
import dev.headwater.store.AppendResult;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.EncodedAppend;
import dev.headwater.testkit.Await;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The queue of a group commit whose database is slow: each flush waits until the test lets it go. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class GroupCommitTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int EVENTS_OF_A_QUARTER = AppendBatch.MAX_EVENTS;
    private static final int BYTES_OF_A_QUARTER = (int) (2 * AppendBatch.MAX_BYTES);
    private static final int FLYING_AND_QUEUED = 5;

    private static final int CONTENDERS = 100;
    private static final long VERSION_AFTERWARDS = 7;

    private volatile @Nullable Error failure;
    private final CountDownLatch database = new CountDownLatch(1);
    private final List<EncodedAppend> flushed = new CopyOnWriteArrayList<>();
    private final List<AppendOutcome> outcomes = new CopyOnWriteArrayList<>();
    private final AtomicBoolean isFlying = new AtomicBoolean();
    private final List<Thread> callers = new ArrayList<>();

    @AfterEach
    void landEverything() throws InterruptedException {
        database.countDown();
        for (var caller : callers) {
            caller.join();
        }
    }

    @Test
    void aCallerWaitsForRoomWhenTheQueueIsFullOfEvents() throws Exception {
        waitsForRoom(append(EVENTS_OF_A_QUARTER, 1), append(1, 1));
    }

    @Test
    void aCallerWaitsForRoomWhenTheQueueIsFullOfBytes() throws Exception {
        waitsForRoom(append(1, BYTES_OF_A_QUARTER), append(1, 1));
    }

    @Test
    void aCallerThatFindsNoRoomInItsPatienceIsToldAndNothingElseIsLost() throws Exception {
        var full = append(EVENTS_OF_A_QUARTER, 1);
        var groupCommit = groupCommit(Duration.ofMillis(1));
        fill(groupCommit, full);

        assertThat(submit(groupCommit, append(1, 1)))
                .isInstanceOfSatisfying(
                        AppendOutcome.NotSent.class,
                        outcome -> assertThat(outcome.reason()).contains("4 appends wait"));

        landEverything();
        assertThat(outcomes).hasSize(FLYING_AND_QUEUED).allMatch(AppendOutcome.Stored.class::isInstance);
        assertThat(flushed).hasSize(FLYING_AND_QUEUED).containsOnly(full);
    }

    @Test
    void aQueueWithRoomAgainTakesTheNext() throws Exception {
        var groupCommit = groupCommit(Duration.ofMillis(1));
        fill(groupCommit, append(EVENTS_OF_A_QUARTER, 1));
        assertThat(submit(groupCommit, append(1, 1))).isInstanceOf(AppendOutcome.NotSent.class);
        landEverything();

        assertThat(submit(groupCommit, append(1, 1))).isInstanceOf(AppendOutcome.Stored.class);
    }

    @Test
    void oneFlightSettlesAllWhoContendForAStreamAndNobodyStandsBehindThem() throws Exception {
        var groupCommit = groupCommit(LIMIT);
        call(groupCommit, append("b-1", ExpectedVersion.any()));
        awaitWaiting(groupCommit, 0);
        for (int i = 0; i < CONTENDERS; i++) {
            call(groupCommit, append("a-1", ExpectedVersion.exactly(1)));
        }
        awaitWaiting(groupCommit, CONTENDERS);
        call(groupCommit, append("c-1", ExpectedVersion.any()));
        awaitWaiting(groupCommit, CONTENDERS + 1);

        landEverything();

        assertThat(flushed).hasSize(3);
        assertThat(outcomes).hasSize(CONTENDERS + 2);
        assertThat(outcomes.stream().filter(AppendOutcome.Stored.class::isInstance))
                .hasSize(3);
        assertThat(outcomes.stream().filter(AppendOutcome.Conflict.class::isInstance))
                .hasSize(CONTENDERS - 1)
                .allSatisfy(outcome -> assertThat(((AppendOutcome.Conflict) outcome).actualVersion())
                        .isEqualTo(VERSION_AFTERWARDS));
    }

    @Test
    void whoeverDependsOnAMemberAndIsNotRefusedByItFliesNext() throws Exception {
        var groupCommit = groupCommit(LIMIT);
        call(groupCommit, append("b-1", ExpectedVersion.any()));
        awaitWaiting(groupCommit, 0);
        call(groupCommit, append("a-1", ExpectedVersion.exactly(1)));
        awaitWaiting(groupCommit, 1);
        call(groupCommit, append("a-1", ExpectedVersion.exactly(VERSION_AFTERWARDS)));
        awaitWaiting(groupCommit, 2);

        landEverything();

        assertThat(outcomes).hasSize(3).allMatch(AppendOutcome.Stored.class::isInstance);
    }

    @Test
    void whoExpectsWhatTheLastFlightLeftBehindIsSentForThoseWhoDoNot() throws Exception {
        var groupCommit = groupCommit(LIMIT);
        var first = append("a-1", ExpectedVersion.exactly(1));
        call(groupCommit, first);
        awaitWaiting(groupCommit, 0);
        for (int i = 1; i <= 3; i++) {
            call(groupCommit, append("a-1", ExpectedVersion.exactly(1)));
            awaitWaiting(groupCommit, i);
        }
        var upToDate = append("a-1", ExpectedVersion.exactly(VERSION_AFTERWARDS));
        call(groupCommit, upToDate);
        awaitWaiting(groupCommit, 4);

        landEverything();

        assertThat(flushed).startsWith(first, upToDate);
    }

    @Test
    void aFlightForAVirtualThreadTakesOffWhileEveryCarrierIsBusy() throws Exception {
        var groupCommit = groupCommit(LIMIT);
        call(groupCommit, append("a-1", ExpectedVersion.any()));
        awaitWaiting(groupCommit, 0);
        callers.add(Thread.startVirtualThread(
                () -> outcomes.add(submit(groupCommit, append("b-1", ExpectedVersion.any())))));
        awaitWaiting(groupCommit, 1);
        int carriers = Runtime.getRuntime().availableProcessors();
        var busy = new CountDownLatch(carriers);
        var goOn = new AtomicBoolean();
        for (int i = 0; i < carriers; i++) {
            callers.add(Thread.startVirtualThread(() -> {
                busy.countDown();
                while (!goOn.get()) {
                    Thread.onSpinWait();
                }
            }));
        }
        busy.await();
        try {
            database.countDown();
            Await.until("both have been sent", LIMIT, () -> flushed.size() == 2);
        } finally {
            goOn.set(true);
        }
    }

    @Test
    void everybodyIsToldItsOwnOutcome() throws Exception {
        var groupCommit = groupCommit(LIMIT);
        call(groupCommit, append("b-1", ExpectedVersion.any()));
        awaitWaiting(groupCommit, 0);
        var told = new ConcurrentHashMap<StreamId, AppendOutcome>();
        for (int i = 0; i < 20; i++) {
            var append = append("a-" + i, ExpectedVersion.any());
            var stream = append.parts().getFirst().stream();
            callers.add(Thread.ofPlatform().start(() -> told.put(stream, submit(groupCommit, append))));
            awaitWaiting(groupCommit, i + 1);
        }

        landEverything();

        assertThat(told)
                .hasSize(20)
                .allSatisfy((stream, outcome) -> assertThat(
                                ((AppendOutcome.Stored) outcome).result().versions())
                        .containsOnlyKeys(stream));
    }

    @Test
    void afterAnErrorEverybodyIsToldAndTheNextOneFlies() throws Exception {
        failure = new StackOverflowError("planted");
        var groupCommit = groupCommit(LIMIT);
        call(groupCommit, append("b-1", ExpectedVersion.any()));
        awaitWaiting(groupCommit, 0);
        for (int i = 0; i < 3; i++) {
            call(groupCommit, append("a-" + i, ExpectedVersion.any()));
            awaitWaiting(groupCommit, i + 1);
        }

        landEverything();
        assertThat(outcomes).hasSize(4).allMatch(AppendOutcome.Unknown.class::isInstance);

        failure = null;
        assertThat(submit(groupCommit, append("a-1", ExpectedVersion.any()))).isInstanceOf(AppendOutcome.Stored.class);
    }

    @Test
    void anInterruptInTheQueueConcernsItsCallerOnly() throws Exception {
        var groupCommit = groupCommit(LIMIT);
        call(groupCommit, append("b-1", ExpectedVersion.any()));
        awaitWaiting(groupCommit, 0);
        var interrupted = append("a-1", ExpectedVersion.any());
        var caller = call(groupCommit, interrupted);
        awaitWaiting(groupCommit, 1);
        call(groupCommit, append("a-2", ExpectedVersion.any()));
        awaitWaiting(groupCommit, 2);

        caller.interrupt();
        awaitWaiting(groupCommit, 1);
        landEverything();

        assertThat(flushed).hasSize(2).doesNotContain(interrupted);
        assertThat(outcomes).hasSize(3);
        assertThat(outcomes.getFirst()).isInstanceOf(AppendOutcome.NotSent.class);
        assertThat(outcomes.subList(1, 3)).allMatch(AppendOutcome.Stored.class::isInstance);
    }

    @Test
    void aCallerWaitsNoLongerThanItWantsTo() throws Exception {
        var groupCommit = groupCommit(LIMIT);
        call(groupCommit, append("b-1", ExpectedVersion.any()));
        awaitWaiting(groupCommit, 0);

        long soon = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(50);
        assertThat(groupCommit.submit(append("a-1", ExpectedVersion.any()), soon, false))
                .isInstanceOf(AppendOutcome.NotSent.class);
        assertThat(new GroupCommit(LIMIT, LIMIT, crew())
                        .submit(
                                append("a-1", ExpectedVersion.any()),
                                System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(50),
                                false))
                .isInstanceOf(AppendOutcome.Unknown.class);
    }

    @Test
    void anAppendWaitsForOneLargeOneAtMost() throws Exception {
        var groupCommit = groupCommit(LIMIT);
        var large = append(Waiter.LARGE_EVENTS + 1, 1);
        call(groupCommit, append("b-1", ExpectedVersion.any()));
        awaitWaiting(groupCommit, 0);
        for (int i = 0; i < 3; i++) {
            call(groupCommit, large);
            awaitWaiting(groupCommit, i + 1);
        }
        var small = append("c-1", ExpectedVersion.any());
        call(groupCommit, small);
        awaitWaiting(groupCommit, 4);

        landEverything();

        assertThat(flushed.indexOf(small)).isEqualTo(2);
    }

    private void awaitWaiting(GroupCommit groupCommit, int waiting) throws Exception {
        Await.until(waiting + " wait", LIMIT, () -> isFlying.get() && groupCommit.waiting() == waiting);
    }

    private void waitsForRoom(EncodedAppend quarter, EncodedAppend last) throws Exception {
        var groupCommit = groupCommit(LIMIT);
        fill(groupCommit, quarter);
        var caller = call(groupCommit, last);
        Await.until("it waits for room", LIMIT, () -> LockSupport.getBlocker(caller) instanceof Condition);
        assertThat(outcomes).isEmpty();

        landEverything();
        assertThat(outcomes).hasSize(FLYING_AND_QUEUED + 1).allMatch(AppendOutcome.Stored.class::isInstance);
        assertThat(flushed).hasSize(FLYING_AND_QUEUED + 1).contains(last);
    }

    /** One append is under way and four fill the queue. */
    private void fill(GroupCommit groupCommit, EncodedAppend quarter) throws Exception {
        for (int i = 0; i < FLYING_AND_QUEUED; i++) {
            int queued = i;
            call(groupCommit, quarter);
            Await.until("it is on its way or waits", LIMIT, () -> isFlying.get() && groupCommit.waiting() == queued);
        }
    }

    private Thread call(GroupCommit groupCommit, EncodedAppend append) {
        var caller = Thread.ofPlatform().start(() -> outcomes.add(submit(groupCommit, append)));
        callers.add(caller);
        return caller;
    }

    private static AppendOutcome submit(GroupCommit groupCommit, EncodedAppend append) {
        return groupCommit.submit(append, System.nanoTime() + LIMIT.toNanos(), false);
    }

    private GroupCommit groupCommit(Duration patience) {
        return new GroupCommit(patience, LIMIT.dividedBy(2), crew());
    }

    private Crew crew() {
        return new Crew() {
            @Override
            public List<AppendOutcome> send(AppendBatch batch, boolean isDoubtful) {
                return flush(batch);
            }

            @Override
            public List<AppendOutcome> recognise(List<Flight.Refused> refused) {
                return refused.stream()
                        .<AppendOutcome>map(Flight.Refused::refusal)
                        .toList();
            }
        };
    }

    private List<AppendOutcome> flush(AppendBatch batch) {
        isFlying.set(true);
        try {
            database.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        if (failure != null) {
            throw failure;
        }
        flushed.addAll(batch.appends());
        return batch.appends().stream().map(GroupCommitTest::stored).toList();
    }

    private static AppendOutcome stored(EncodedAppend append) {
        var stream = append.parts().getFirst().stream();
        return new AppendOutcome.Stored(new AppendResult(1, 1, Map.of(stream, VERSION_AFTERWARDS)));
    }

    private static EncodedAppend append(String stream, ExpectedVersion expected) {
        var message = new EncodedMessage(UuidV7.next(), "counted", 1, Instant.EPOCH, Metadata.NONE, new byte[1]);
        var event = new EncodedAppend.Event(message, Set.of());
        return new EncodedAppend(
                List.of(new EncodedAppend.Part(new StreamId(stream), expected, List.of(event))), Optional.empty());
    }

    private static EncodedAppend append(int events, int bytesOfOne) {
        var message =
                new EncodedMessage(UuidV7.next(), "counted", 1, Instant.EPOCH, Metadata.NONE, new byte[bytesOfOne]);
        var all = Collections.nCopies(events, new EncodedAppend.Event(message, Set.of()));
        var part = new EncodedAppend.Part(new StreamId("a-1"), ExpectedVersion.any(), all);
        return new EncodedAppend(List.of(part), Optional.empty());
    }
}
