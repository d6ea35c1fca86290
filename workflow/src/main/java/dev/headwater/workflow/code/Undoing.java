package dev.headwater.workflow.code;

import dev.headwater.workflow.Compensation;
import dev.headwater.workflow.StepRetry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a workflow has armed, and how it is undone: the last first, one after the other, each until it is done or given
 * up.
 *
 * <p>What branches have armed is ordered by the places of the branches, not by when they ran, so every replay undoes in
 * the same order. Each attempt has a lane of its own; what an attempt has recorded before it failed is answered to
 * nobody else.
 */
final class Undoing {

    private static final StepRetry PAUSES =
            StepRetry.DEFAULT.withPauses(Duration.ofMillis(200), Duration.ofMinutes(10));

    private static final Comparator<Armed> LAST_FIRST = Comparator.<Armed, List<Integer>>comparing(
                    Armed::path, Undoing::compare)
            .reversed();

    private final Turn turn;
    private final List<Armed> armed = new ArrayList<>();

    Undoing(Turn turn) {
        this.turn = turn;
    }

    /** Something that is to be undone. */
    private record Armed(List<Integer> path, String id, String name, Compensation code) {

        Place place() {
            return new Place("~" + id, 0);
        }

        String lane(int attempt) {
            return "~" + id + "@" + attempt;
        }
    }

    /** Adds what undoes something that the lane is about to do; nothing is added while undoing. */
    void arm(Lane lane, String name, Compensation code) {
        if (!lane.undoes()) {
            int mark = lane.mark();
            turn.locked(() -> armed.add(new Armed(lane.path(mark), lane.laneName() + "#" + mark, name, code)));
        }
    }

    boolean isArmed() {
        return turn.locked(() -> !armed.isEmpty());
    }

    /**
     * Undoes as far as that is possible now.
     *
     * @return whether everything is undone; otherwise one of them waits
     */
    boolean run(Instant now) {
        armed.sort(LAST_FIRST);
        giveUp();
        for (var each : armed) {
            if (!turn.journal().isUndone(each.id()) && !undo(each, now)) {
                return false;
            }
        }
        return true;
    }

    /** Somebody may have given one up; that one is the first of this name that is not done. */
    private void giveUp() {
        if (turn.offer() instanceof Offer.Skip skip && !turn.isOfferTaken()) {
            armed.stream()
                    .filter(each -> each.name().equals(skip.compensation())
                            && !turn.journal().isUndone(each.id()))
                    .findFirst()
                    .ifPresent(each -> {
                        turn.takeOffer();
                        turn.decide(
                                new Entry.Skipped(skip.position(), each.id(), each.name(), skip.by(), skip.reason()));
                    });
        }
    }

    private boolean undo(Armed each, Instant now) {
        int attempt = 1 + turn.journal().attempts(each.place());
        if (!isDue(each)) {
            return false;
        }
        while (true) {
            turn.beforeEffect();
            var lane = new Lane(turn, this, each.lane(attempt), List.of(), true, () -> false, now);
            var outcome = lane.<Boolean>run(wf -> {
                each.code().run(wf);
                return true;
            });
            switch (outcome) {
                case Outcome.Returned<Boolean> done -> {
                    turn.decide(new Entry.Compensated(each.id(), each.name()));
                    return true;
                }
                case Outcome.Stopped<Boolean>(var why) -> {
                    turn.requireNoProblem();
                    return false;
                }
                case Outcome.Failed<Boolean>(var failure) -> {
                    if (!isTriedAgain(each, attempt, failure)) {
                        return false;
                    }
                }
                case Outcome.Broken<Boolean>(InterruptedException e) -> throw turn.abandon(e);
                case Outcome.Broken<Boolean>(Exception e) -> {
                    if (!isTriedAgain(each, attempt, e)) {
                        return false;
                    }
                }
                case Outcome.Broken<Boolean>(Throwable e) -> throw turn.abandon(InstanceTurn.stuck(turn, e));
            }
            attempt++;
        }
    }

    /** After a short pause it is tried again at once; a longer one is a timer. */
    private boolean isTriedAgain(Armed each, int attempt, Exception failure) {
        var pause = PAUSES.pauseAfter(attempt);
        if (pause.compareTo(StepCall.SHORT_PAUSE) <= 0) {
            turn.pause(pause);
            return true;
        }
        turn.decide(new Entry.AttemptFailed(
                each.place(), each.name(), attempt, Turn.refusal(failure), pause, turn.nextTimer()));
        return false;
    }

    /** Whether no pause keeps it from being tried. */
    private boolean isDue(Armed each) {
        var recorded = turn.journal().at(each.place());
        var timer = recorded.isEmpty() || !(recorded.getLast() instanceof Entry.AttemptFailed last)
                ? OptionalLong.empty()
                : OptionalLong.of(last.timer());
        if (timer.isEmpty()) {
            return true;
        }
        Optional<Offer.TimeEnded> ended = turn.ended(timer.getAsLong());
        ended.ifPresent(time -> {
            turn.takeOffer();
            turn.decide(new Entry.TimedOut(each.place(), time.position(), time.timer(), time.time()));
        });
        return ended.isPresent();
    }

    private static int compare(List<Integer> left, List<Integer> right) {
        for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
            int order = Integer.compare(left.get(i), right.get(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(left.size(), right.size());
    }
}
