package dev.headwater.postgres.append;

import dev.headwater.EncodedMessage;
import dev.headwater.Metadata;
import dev.headwater.store.AppendResult;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.EncodedAppend;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jetbrains.lincheck.Lincheck;
import org.junit.jupiter.api.Test;

/**
 * Explores the interleavings of callers in {@link GroupCommit}: whoever leads, everybody gets the outcome of its own
 * append, each append is sent once, and nobody waits for ever, also when a call to the server is broken off.
 */
class GroupCommitInterleavingsTest {

    private static final int INTERLEAVINGS = "full".equals(System.getProperty("headwater.faults")) ? 3000 : 15;
    private static final Duration LIMIT = Duration.ofHours(1);
    private static final EncodedAppend[] APPENDS = {append(0), append(1), append(2)};

    @Test
    void everybodyGetsTheOutcomeOfItsOwnAppend() {
        Lincheck.runConcurrentTest(INTERLEAVINGS, () -> {
            var sent = new int[APPENDS.length];
            var told = new long[APPENDS.length];
            var groupCommit = groupCommit(batch -> flush(batch, sent));
            inParallel(number -> {
                var outcome = submit(groupCommit, number);
                told[number] = ((AppendOutcome.Stored) outcome).result().firstPosition();
            });
            for (int i = 0; i < told.length; i++) {
                require(sent[i] == 1, "an append was not sent once");
                require(told[i] == i, "the outcome of another append was told");
            }
        });
    }

    @Test
    void nobodyWaitsForEverWhenACallIsBrokenOff() {
        Lincheck.runConcurrentTest(INTERLEAVINGS, () -> {
            var answered = new boolean[APPENDS.length];
            var groupCommit = groupCommit(batch -> {
                throw new StackOverflowError("planted");
            });
            inParallel(number -> answered[number] = submit(groupCommit, number) instanceof AppendOutcome.Unknown);
            for (var done : answered) {
                require(done, "a caller was not told that its call was broken off");
            }
        });
    }

    private static AppendOutcome submit(GroupCommit groupCommit, int number) {
        return groupCommit.submit(APPENDS[number], System.nanoTime() + LIMIT.toNanos(), false);
    }

    private static GroupCommit groupCommit(Function<AppendBatch, List<AppendOutcome>> send) {
        return new GroupCommit(LIMIT, LIMIT.dividedBy(2), new Crew() {
            @Override
            public List<AppendOutcome> send(AppendBatch batch, boolean isDoubtful) {
                return send.apply(batch);
            }

            @Override
            public List<AppendOutcome> recognise(List<Flight.Refused> refused) {
                throw new AssertionError("In an interleaving an append was refused");
            }
        });
    }

    /** The position of each append is its number. */
    private static List<AppendOutcome> flush(AppendBatch batch, int[] sent) {
        var outcomes = new ArrayList<AppendOutcome>();
        for (var append : batch.appends()) {
            for (int number = 0; number < APPENDS.length; number++) {
                if (APPENDS[number].equals(append)) {
                    sent[number]++;
                    outcomes.add(new AppendOutcome.Stored(new AppendResult(number, number, Map.of())));
                }
            }
        }
        return outcomes;
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new AssertionError("In an interleaving " + otherwise);
        }
    }

    private interface Call {
        void by(int number);
    }

    private static void inParallel(Call call) {
        var threads = new Thread[APPENDS.length];
        for (int i = 0; i < threads.length; i++) {
            int number = i;
            threads[i] = new Thread(() -> call.by(number));
            threads[i].start();
        }
        try {
            for (var thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static EncodedAppend append(int number) {
        var message = new EncodedMessage(new UUID(0, number), "counted", 1, Instant.EPOCH, Metadata.NONE, new byte[0]);
        var part = new EncodedAppend.Part(
                new StreamId("a-" + number),
                ExpectedVersion.any(),
                List.of(new EncodedAppend.Event(message, Set.of())));
        return new EncodedAppend(List.of(part), Optional.empty());
    }
}
