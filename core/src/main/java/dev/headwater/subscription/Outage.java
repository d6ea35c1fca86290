package dev.headwater.subscription;

import dev.headwater.failure.Failure;
import dev.headwater.subscription.SubscriptionStatus.State;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lanes that wait, since what they need seems to be out of reach: some of them, or all. Used by one thread. */
final class Outage {

    private static final Logger LOG = LoggerFactory.getLogger(SubscriptionWorker.class);

    private final WorkPlace<?> place;
    private final Lanes lanes;
    private final Blame blame;
    /** The lanes that wait each for itself. */
    private final Map<String, Waiting> waiting = new HashMap<>();

    /** The time of the next probe when all wait. */
    private long probeAt;
    /** How many probes have failed. */
    private int probes;

    Outage(WorkPlace<?> place, Lanes lanes, Blame blame) {
        this.place = place;
        this.lanes = lanes;
        this.blame = blame;
    }

    private static final class Waiting {
        private final int segment;
        private long until;
        private boolean asleep;

        private Waiting(int segment) {
            this.segment = segment;
        }
    }

    boolean isOver() {
        return waiting.isEmpty() && !blame.isOpen();
    }

    /** The lane of an event waits for a while, and is the only one. */
    void suspend(LaneTask task, Throwable failure) {
        var pause = report(failure, task.suspicions);
        var lane = waiting.computeIfAbsent(task.key, key -> new Waiting(task.segment));
        lane.until = place.settings().nanoTime() + pause.toNanos();
        lane.asleep = true;
    }

    /** All lanes wait for a while, then one of them probes. */
    void suspendAll(LaneTask task, Throwable failure) {
        lanes.stop();
        lanes.goOn(task.key);
        if (probes == 0 || place.settings().nanoTime() - probeAt >= 0) {
            probes++;
            probeAt = place.settings().nanoTime()
                    + report(blame.unavailable(failure), probes).toNanos();
        }
    }

    private Duration report(Throwable failure, int times) {
        var shared = place.shared();
        int count = shared.failed(failure);
        place.listener().failed(place.name(), failure);
        shared.enter(State.RETRYING);
        LOG.warn(
                "The subscription '{}' cannot go on after position {} (attempt {}), it will try again: {}",
                place.name(),
                place.owned().reached(),
                count,
                Failure.inBrief(failure));
        return place.settings()
                .recovery()
                .jittered(Math.max(1, times), place.settings().random());
    }

    /** The event of a key waits no longer, as it was handled or set aside. */
    void endsFor(String key) {
        waiting.remove(key);
    }

    /** Something was handled while all were waiting. */
    void end() {
        probes = 0;
        lanes.open();
    }

    void forget(IntPredicate lost) {
        waiting.values().removeIf(lane -> lost.test(lane.segment));
    }

    /** Wakes those whose time has come. */
    void wake() {
        long now = place.settings().nanoTime();
        waiting.forEach((key, lane) -> {
            if (lane.asleep && now - lane.until >= 0) {
                lane.asleep = false;
                lanes.goOn(key);
            }
        });
    }

    /** Whether all wait, and it is time for a probe. */
    boolean isTimeToProbe() {
        return blame.isOpen() && !lanes.isBusy() && place.settings().nanoTime() - probeAt >= 0;
    }

    /** The time until somebody is to be woken, at most the one given. */
    Duration untilNext(Duration atMost) {
        long now = place.settings().nanoTime();
        long nanos = atMost.toNanos();
        for (var lane : waiting.values()) {
            if (lane.asleep) {
                nanos = Math.min(nanos, lane.until - now);
            }
        }
        if (blame.isOpen() && !lanes.isBusy()) {
            nanos = Math.min(nanos, probeAt - now);
        }
        return Duration.ofNanos(Math.max(1, nanos));
    }
}
