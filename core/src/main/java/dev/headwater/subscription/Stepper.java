package dev.headwater.subscription;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/**
 * Has subscriptions work by hand, for tests: they start no thread, and do what there is to do one step at a time, on
 * the thread that calls {@link #step}. A step is a page, one call of a reactor's handler, or a renewal of leases.
 *
 * <p>Time is what the clock says, and goes on only there. Which of several possible steps comes next is drawn, and so
 * is everything else that is up to chance. So the same seed, clock and handlers give the same run, wherever the
 * storages take their time and ids from outside too. A call that waits for a subscription, such as
 * {@link RunningSubscription#awaitPosition}, waits in vain. Not thread-safe.
 *
 * <pre>{@code
 * var stepper = new Stepper(clock, new Random(42));
 * var subscriptions = new Subscriptions<>(store, storage, SubscriptionSettings.DEFAULT.steppedBy(stepper));
 * subscriptions.start(subscription);
 * while (stepper.step()) {}
 * }</pre>
 */
public final class Stepper {

    private static final long NOW = Long.MIN_VALUE;

    private final InstantSource clock;
    private final RandomGenerator random;
    private final List<Work> works = new ArrayList<>();
    /** What was begun and is done in one step. */
    private final List<Runnable> begun = new ArrayList<>();

    /** Nothing to do yet. */
    public Stepper(InstantSource clock, RandomGenerator random) {
        this.clock = clock;
        this.random = random;
    }

    /** Work that goes on step by step. */
    interface Work {
        boolean hasEnded();

        /** Whether there is something to do, whatever the time. */
        boolean isWanted();

        /** When there is something to do anyway, on the scale of {@link #nanoTime}. */
        long due();

        /** Whether the time is worth waiting for; otherwise it is only looked at when some has passed. */
        default boolean wakes() {
            return true;
        }

        void step();
    }

    /**
     * Does one of the things that there are to do now.
     *
     * @return false when there was nothing to do
     */
    public boolean step() {
        long now = nanoTime();
        works.removeIf(Work::hasEnded);
        var ready = new ArrayList<Work>(works.size());
        for (var work : works) {
            if (work.isWanted() || work.due() <= now) {
                ready.add(work);
            }
        }
        int choices = begun.size() + ready.size();
        if (choices == 0) {
            return false;
        }
        int chosen = choices == 1 ? 0 : random.nextInt(choices);
        if (chosen < begun.size()) {
            begun.remove(chosen).run();
        } else {
            ready.get(chosen - begun.size()).step();
        }
        return true;
    }

    /** Whether there is something to do now. */
    public boolean hasSomethingToDo() {
        long now = nanoTime();
        return !begun.isEmpty()
                || works.stream().anyMatch(work -> !work.hasEnded() && (work.isWanted() || work.due() <= now));
    }

    /**
     * When there is something to do by itself: a retry, a renewal. Nothing when only something from outside leads on,
     * as an append does. What is looked at {@linkplain #every regularly} does not count.
     */
    public Optional<Instant> next() {
        return earliest(true);
    }

    /** When the next {@linkplain #every regular} look is due; long ago when it has not been looked at all. */
    public Optional<Instant> nextLook() {
        return earliest(false);
    }

    private Optional<Instant> earliest(boolean wakes) {
        return works.stream()
                .filter(work -> work.wakes() == wakes && !work.hasEnded() && work.due() != Long.MAX_VALUE)
                .map(Work::due)
                .min(Long::compare)
                .map(due -> Instant.ofEpochSecond(
                        Math.floorDiv(due, TimeUnit.SECONDS.toNanos(1)),
                        Math.floorMod(due, TimeUnit.SECONDS.toNanos(1))));
    }

    /** What is up to chance. */
    public RandomGenerator random() {
        return random;
    }

    /**
     * Has something done in a step of its own, first now and then whenever so much time has passed.
     *
     * @param look returns whether it goes on
     */
    public void every(Duration interval, BooleanSupplier look) {
        add(new Looks(interval, look));
    }

    private final class Looks implements Work {
        private final Duration interval;
        private final BooleanSupplier look;
        private long due = NOW;
        private boolean ended;

        Looks(Duration interval, BooleanSupplier look) {
            this.interval = interval;
            this.look = look;
        }

        @Override
        public boolean hasEnded() {
            return ended;
        }

        @Override
        public boolean isWanted() {
            return false;
        }

        @Override
        public long due() {
            return due;
        }

        @Override
        public boolean wakes() {
            return false;
        }

        @Override
        public void step() {
            due = nanoTime() + interval.toNanos();
            ended = !look.getAsBoolean();
        }
    }

    long nanoTime() {
        var now = clock.instant();
        return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
    }

    void add(Work work) {
        works.add(work);
    }

    void begin(Runnable once) {
        begun.add(once);
    }

    /** Goes on with what was begun, while somebody waits for that. */
    void finishBegun(BooleanSupplier waits) {
        while (waits.getAsBoolean() && !begun.isEmpty()) {
            begun.removeFirst().run();
        }
    }

    /** Goes on with work that is to end. */
    static void finish(Work work) {
        while (!work.hasEnded() && work.isWanted()) {
            work.step();
        }
    }
}
