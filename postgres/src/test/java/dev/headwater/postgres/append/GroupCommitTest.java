package dev.headwater.postgres.append;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.headwater.EncodedMessage;
import dev.headwater.Metadata;
import dev.headwater.UuidV7;
import dev.headwater.store.AppendResult;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StoreUnavailableException;
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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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

    private final CountDownLatch database = new CountDownLatch(1);
    private final List<EncodedAppend> flushed = new CopyOnWriteArrayList<>();
    private final List<AppendOutcome> outcomes = new CopyOnWriteArrayList<>();
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
        var groupCommit = new GroupCommit(Duration.ofMillis(1), this::flush);
        fill(groupCommit, full);

        assertThatExceptionOfType(StoreUnavailableException.class)
                .isThrownBy(() -> groupCommit.submit(append(1, 1)))
                .withMessageContaining("4 appends wait")
                .withMessageContaining("nothing was stored");

        landEverything();
        assertThat(outcomes).hasSize(FLYING_AND_QUEUED).allMatch(AppendOutcome.Stored.class::isInstance);
        assertThat(flushed).hasSize(FLYING_AND_QUEUED).containsOnly(full);
    }

    @Test
    void aQueueWithRoomAgainTakesTheNext() throws Exception {
        var groupCommit = new GroupCommit(Duration.ofMillis(1), this::flush);
        fill(groupCommit, append(EVENTS_OF_A_QUARTER, 1));
        assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(() -> groupCommit.submit(append(1, 1)));
        landEverything();

        assertThat(groupCommit.submit(append(1, 1))).isInstanceOf(AppendOutcome.Stored.class);
    }

    private void waitsForRoom(EncodedAppend quarter, EncodedAppend last) throws Exception {
        var groupCommit = new GroupCommit(LIMIT, this::flush);
        fill(groupCommit, quarter);
        var caller = call(groupCommit, last);
        awaitState(caller, Thread.State.TIMED_WAITING);
        assertThat(outcomes).isEmpty();

        landEverything();
        assertThat(outcomes).hasSize(FLYING_AND_QUEUED + 1).allMatch(AppendOutcome.Stored.class::isInstance);
        assertThat(flushed).hasSize(FLYING_AND_QUEUED + 1).endsWith(last);
    }

    /** One append is under way and four fill the queue. */
    private void fill(GroupCommit groupCommit, EncodedAppend quarter) throws Exception {
        for (int i = 0; i < FLYING_AND_QUEUED; i++) {
            awaitState(call(groupCommit, quarter), Thread.State.WAITING);
        }
    }

    private Thread call(GroupCommit groupCommit, EncodedAppend append) {
        var caller = Thread.ofPlatform().start(() -> outcomes.add(groupCommit.submit(append)));
        callers.add(caller);
        return caller;
    }

    private static void awaitState(Thread thread, Thread.State state) throws Exception {
        Await.until("a caller is " + state, LIMIT, () -> thread.getState() == state);
    }

    private List<AppendOutcome> flush(AppendBatch batch) {
        try {
            database.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        flushed.addAll(batch.appends());
        return batch.appends().stream()
                .<AppendOutcome>map(append -> new AppendOutcome.Stored(new AppendResult(1, 1, Map.of())))
                .toList();
    }

    private static EncodedAppend append(int events, int bytesOfOne) {
        var message =
                new EncodedMessage(UuidV7.next(), "counted", 1, Instant.EPOCH, Metadata.NONE, new byte[bytesOfOne]);
        var all = Collections.nCopies(events, new EncodedAppend.Event(message, Set.of()));
        var part = new EncodedAppend.Part(new StreamId("a-1"), ExpectedVersion.any(), all);
        return new EncodedAppend(List.of(part), Optional.empty());
    }
}
