package dev.headwater.workflow.code;

import dev.headwater.workflow.Branch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;

/**
 * Branches of one call. Which of them was first is recorded where that decides, so a replay comes to the same outcome.
 */
final class Fork<T> {

    private static final String ALL = "all";
    private static final String ANY = "any";

    private final Lane parent;
    private final Turn turn;
    private final List<Branch<T>> branches;
    private final AtomicReferenceArray<Outcome<T>> outcomes;
    private final AtomicReferenceArray<Lane> lanes;
    private final Place place;

    /** The branch that has decided the outcome; none as long as this is below zero. */
    private volatile int first = -1;

    Fork(Lane parent, List<Branch<T>> branches) {
        this.parent = parent;
        this.turn = parent.turn();
        this.branches = List.copyOf(branches);
        this.outcomes = new AtomicReferenceArray<>(branches.size());
        this.lanes = new AtomicReferenceArray<>(branches.size());
        this.place = parent.next();
    }

    List<T> all() {
        run(ALL);
        if (first >= 0) {
            throw failure();
        }
        var results = new ArrayList<T>();
        for (int i = 0; i < branches.size(); i++) {
            results.add(returned(outcomes.get(i)));
            parent.passTo(lanes.get(i).now());
        }
        return results;
    }

    T any() {
        if (branches.isEmpty()) {
            throw new IllegalArgumentException("any() was called without branches: expected one or more");
        }
        run(ANY);
        if (first >= 0 && outcomes.get(first) instanceof Outcome.Returned<T> returned) {
            parent.passTo(lanes.get(first).now());
            return value(returned);
        }
        if (first >= 0) {
            throw failure();
        }
        return returned(outcomes.get(0));
    }

    private void run(String kind) {
        begin(kind);
        int mark = parent.mark();
        parent.fork(true);
        try {
            turn.surroundings()
                    .hands()
                    .sideBySide(IntStream.range(0, branches.size())
                            .<Runnable>mapToObj(i -> () -> run(kind, i, mark))
                            .toList());
        } catch (InterruptedException e) {
            throw turn.abandon(e);
        } finally {
            parent.fork(false);
        }
        turn.requireNoProblem();
        for (int i = 0; i < branches.size(); i++) {
            if (outcomes.get(i) instanceof Outcome.Broken<T>(var problem)) {
                throw turn.abandon(InstanceTurn.stuck(turn, problem));
            }
        }
    }

    private void begin(String kind) {
        var names = branches.stream().map(Branch::name).toList();
        turn.locked(() -> {
            var recorded = turn.journal().at(place);
            if (recorded.isEmpty()) {
                parent.frontier(Words.fork(kind, names));
                turn.decide(new Entry.Forked(place, kind, names));
            }
            for (var answer : recorded) {
                switch (answer) {
                    case Entry.Forked forked
                    when forked.kind().equals(kind) && forked.branches().equals(names) -> {}
                    case Entry.Chose chose -> first = chose.branch();
                    default -> throw turn.contradiction(place, Lane.describe(recorded), Words.fork(kind, names));
                }
            }
            return true;
        });
    }

    private void run(String kind, int index, int mark) {
        var lane = new Lane(
                turn,
                parent.undoing(),
                place.branch(index),
                parent.path(mark, index),
                parent.undoes(),
                () -> (first >= 0 && first != index) || parent.isDecided(),
                parent.now());
        lanes.set(index, lane);
        var outcome = lane.run(branches.get(index).code()::run);
        turn.locked(() -> {
            outcomes.set(index, outcome);
            boolean decides =
                    outcome instanceof Outcome.Failed || (outcome instanceof Outcome.Returned && kind.equals(ANY));
            if (decides && first < 0 && !parent.isDecided()) {
                first = index;
                turn.decide(new Entry.Chose(place, index));
            }
            return true;
        });
    }

    /** With what the branch that was first has failed. */
    private RuntimeException failure() {
        parent.passTo(lanes.get(first).now());
        if (outcomes.get(first) instanceof Outcome.Failed<T>(var failure)) {
            return failure;
        }
        throw turn.contradiction(
                place,
                "the branch '" + branches.get(first).name() + "' was the first to end",
                "that branch does not end so");
    }

    private T returned(Outcome<T> outcome) {
        if (outcome instanceof Outcome.Returned<T> returned) {
            return value(returned);
        }
        var stops = stops();
        if (stops.contains(Stop.Why.CONTINUED)) {
            throw turn.abandon(new WorkflowStuckException(
                    turn.name() + " continues with a fresh journal in a branch: expected that of the workflow itself",
                    null));
        }
        for (var why : List.of(Stop.Why.CANCELLED, Stop.Why.DECIDED, Stop.Why.WAITING)) {
            if (stops.contains(why)) {
                throw parent.stop(why);
            }
        }
        throw new AssertionError("a branch that did not return, but did not stop");
    }

    private List<Stop.Why> stops() {
        return IntStream.range(0, branches.size())
                .mapToObj(outcomes::get)
                .map(outcome ->
                        outcome instanceof Outcome.Stopped<T>(var why) ? Optional.of(why) : Optional.<Stop.Why>empty())
                .flatMap(Optional::stream)
                .toList();
    }

    @SuppressWarnings("NullAway") // what the code of a branch returned, as it said it would
    private T value(Outcome.Returned<T> returned) {
        return returned.value();
    }
}
