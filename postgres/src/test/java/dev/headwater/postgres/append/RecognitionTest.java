package dev.headwater.postgres.append;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.EncodedMessage;
import dev.headwater.Metadata;
import dev.headwater.UuidV7;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.EncodedAppend;
import dev.headwater.testkit.Await;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who of the refused repeats an append is found out by one look for all who wait for it. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class RecognitionTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final StreamId STREAM = new StreamId("a-1");

    private final CountDownLatch database = new CountDownLatch(1);
    private final List<Integer> looks = new CopyOnWriteArrayList<>();
    private final Recognition recognition = new Recognition(
            new Crew() {
                @Override
                public List<AppendOutcome> send(AppendBatch batch, boolean isDoubtful) {
                    throw new AssertionError("unreachable");
                }

                @Override
                public List<AppendOutcome> recognise(List<Flight.Refused> refused) {
                    looks.add(refused.size());
                    try {
                        database.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    return refused.stream()
                            .<AppendOutcome>map(Flight.Refused::refusal)
                            .toList();
                }
            },
            task -> Thread.ofVirtual().start(task));

    @Test
    void theRefusedOfFlightsThatLandDuringALookAreLookedUpTogether() throws Exception {
        var leader = waiter();
        leader.finish(new AppendOutcome.NotSent("it does not wait", null));
        var all = new ArrayList<Waiter>();
        recognition.look(List.of(refused(all)), leader);
        Await.until("the first one is looked up", LIMIT, () -> looks.size() == 1);
        for (int i = 0; i < 10; i++) {
            recognition.look(List.of(refused(all), refused(all)), leader);
        }

        database.countDown();

        Await.until("all are told", LIMIT, () -> all.stream().allMatch(Waiter::hasOutcome));
        assertThat(looks).containsExactly(1, 20);
        recognition.look(List.of(refused(all)), leader);
        Await.until("it goes on", LIMIT, () -> all.getLast().hasOutcome());
    }

    @Test
    void anErrorInALookEndsItForThoseWhoWaitAndNoOther() {
        var fails = new AtomicBoolean(true);
        var failing = new Recognition(
                new Crew() {
                    @Override
                    public List<AppendOutcome> send(AppendBatch batch, boolean isDoubtful) {
                        throw new AssertionError("unreachable");
                    }

                    @Override
                    public List<AppendOutcome> recognise(List<Flight.Refused> refused) {
                        return fails.getAndSet(false)
                                ? List.of()
                                : refused.stream()
                                        .<AppendOutcome>map(Flight.Refused::refusal)
                                        .toList();
                    }
                },
                Runnable::run);
        var leader = waiter();
        leader.finish(new AppendOutcome.NotSent("it does not wait", null));
        var all = new ArrayList<Waiter>();

        failing.look(List.of(refused(all), refused(all)), leader);
        failing.look(List.of(refused(all)), leader);

        assertThat(all).allMatch(Waiter::hasOutcome);
    }

    private static Flight.Refused refused(List<Waiter> all) {
        var waiter = waiter();
        all.add(waiter);
        return new Flight.Refused(waiter, new AppendOutcome.Conflict(STREAM, ExpectedVersion.exactly(1), 2));
    }

    private static Waiter waiter() {
        var message = new EncodedMessage(UuidV7.next(), "counted", 1, Instant.EPOCH, Metadata.NONE, new byte[1]);
        var part = new EncodedAppend.Part(
                STREAM, ExpectedVersion.exactly(1), List.of(new EncodedAppend.Event(message, Set.of())));
        return new Waiter(new EncodedAppend(List.of(part), Optional.empty()), Long.MAX_VALUE, false);
    }
}
