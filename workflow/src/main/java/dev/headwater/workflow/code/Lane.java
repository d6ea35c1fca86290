package dev.headwater.workflow.code;

import dev.headwater.MessageContext;
import dev.headwater.workflow.WorkflowContext;
import dev.headwater.workflow.WorkflowFailedException;
import dev.headwater.workflow.code.Entry.Answer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A sequence of calls with places of their own: the workflow's code, one branch of it, or one attempt of a
 * compensation. It compares each call with the journal and knows where the journal ends. Used by the thread that has
 * made it, until its code has returned.
 */
final class Lane {

    private static final Duration MINIMUM = Duration.ZERO;

    private final Turn turn;
    private final String name;
    private final List<Integer> path;
    private final boolean undoes;
    private final BooleanSupplier decided;
    private final Undoing undoing;
    private final Thread thread = Thread.currentThread();
    private Instant now;
    private int cursor;
    private int marks;
    private int idsHere;
    private boolean isForked;
    private boolean isClosed;
    private @Nullable Stop stop;

    /**
     * @param path orders what lanes do, the same in every replay
     * @param undoes whether it is an attempt of a compensation, which no cancellation reaches
     * @param decided whether another branch has decided the outcome
     */
    Lane(
            Turn turn,
            Undoing undoing,
            String name,
            List<Integer> path,
            boolean undoes,
            BooleanSupplier decided,
            Instant now) {
        this.turn = turn;
        this.undoing = undoing;
        this.name = name;
        this.path = path;
        this.undoes = undoes;
        this.decided = decided;
        this.now = now;
    }

    /** What a lane does. */
    interface Body<T extends @Nullable Object> {
        T run(WorkflowContext wf) throws Exception;
    }

    Turn turn() {
        return turn;
    }

    Undoing undoing() {
        return undoing;
    }

    boolean undoes() {
        return undoes;
    }

    boolean isDecided() {
        return decided.getAsBoolean();
    }

    Instant now() {
        return now;
    }

    /** Time goes on and never back. */
    void passTo(Instant time) {
        if (time.isAfter(now)) {
            now = time;
        }
    }

    /** Runs code in this lane, once. */
    <T extends @Nullable Object> Outcome<T> run(Body<T> body) {
        Outcome<T> outcome;
        try {
            outcome =
                    new Outcome.Returned<>(MessageContext.call(turn.metadata(), () -> body.run(new LaneContext(this))));
        } catch (WorkflowFailedException e) {
            outcome = new Outcome.Failed<>(e);
        } catch (Stop e) {
            outcome = new Outcome.Stopped<>(e.why());
        } catch (Throwable e) {
            outcome = new Outcome.Broken<>(e);
        }
        isClosed = true;
        if (turn.problem().isPresent()) {
            return new Outcome.Stopped<>(Stop.Why.ABANDONED);
        }
        if (stop != null) {
            return new Outcome.Stopped<>(stop.why());
        }
        if (outcome instanceof Outcome.Returned || (outcome instanceof Outcome.Failed && !undoes)) {
            return nothingIsLeft(outcome);
        }
        return outcome;
    }

    private <T extends @Nullable Object> Outcome<T> nothingIsLeft(Outcome<T> outcome) {
        var left = new Place(name, cursor);
        if (turn.locked(() -> turn.journal().length(name)) > cursor) {
            turn.contradiction(
                    left,
                    describe(turn.locked(() -> turn.journal().at(left))),
                    outcome instanceof Outcome.Failed<T>(var failure)
                            ? "has failed before: " + failure.getMessage()
                            : "has ended before");
            return new Outcome.Stopped<>(Stop.Why.ABANDONED);
        }
        return outcome;
    }

    /** Refuses whoever must not use this lane, and code that goes on although it was stopped. */
    void enter() {
        if (Thread.currentThread() != thread || isClosed || isForked) {
            var problem = turn.name() + ": the context of the lane " + name + " is used "
                    + (isForked
                            ? "by a branch: a branch uses the context that it is given"
                            : isClosed
                                    ? "after its code has returned: a compensation uses the context that it is given"
                                    : "on the thread '" + Thread.currentThread().getName()
                                            + "': only the thread that runs the workflow may; what needs threads is a step or a"
                                            + " branch");
            turn.abandon(new WorkflowStuckException(
                    problem
                            + Contradiction.userCode()
                                    .map(line -> ", at " + line)
                                    .orElse(""),
                    null));
            throw new IllegalStateException(problem);
        }
        if (stop != null) {
            throw stop;
        }
        turn.requireNoProblem();
    }

    /** Keeps the context from being used while branches run. */
    void fork(boolean begins) {
        isForked = begins;
    }

    /** Goes to the next place. */
    Place next() {
        idsHere = 0;
        return new Place(name, cursor++);
    }

    /** The place of the next call. */
    Place ahead() {
        return new Place(name, cursor);
    }

    /** Whether the journal goes on behind the calls that were made. */
    boolean isReplaying() {
        return turn.locked(() -> turn.journal().length(name)) > cursor;
    }

    /** Numbers what is armed and what is forked. */
    int mark() {
        return marks++;
    }

    List<Integer> path(int... more) {
        var longer = new ArrayList<>(path);
        for (int number : more) {
            longer.add(number);
        }
        return List.copyOf(longer);
    }

    String laneName() {
        return name;
    }

    Stop stop(Stop.Why why) {
        stop = new Stop(why);
        return stop;
    }

    /** Behind here nothing is recorded: whoever must not decide anything new stops. */
    void frontier(String call) {
        if (turn.offer() instanceof Offer.Rehearsal) {
            throw stop(Stop.Why.WAITING);
        }
        if (decided.getAsBoolean()) {
            throw stop(Stop.Why.DECIDED);
        }
        if (undoes) {
            return;
        }
        if (turn.journal().cancelling().isPresent()) {
            throw stop(Stop.Why.CANCELLED);
        }
        turn.journal().failing().ifPresent(failing -> {
            throw turn.contradiction(new Place(name, cursor - 1), "the workflow has failed: " + failing.reason(), call);
        });
    }

    /**
     * Waits for an event, or for time to pass.
     *
     * @param types none for time alone
     * @return what was received, or that the time has ended
     */
    Answer await(Set<String> types, Optional<Duration> atMost, String call) {
        enter();
        var answer = turn.locked(() -> answer(next(), types, atMost, call));
        if (answer instanceof Entry.Received received) {
            passTo(received.time());
        } else if (answer instanceof Entry.TimedOut timedOut) {
            passTo(now.plus(atMost.orElse(MINIMUM)));
            passTo(timedOut.time());
        }
        return answer;
    }

    private Answer answer(Place place, Set<String> types, Optional<Duration> atMost, String call) {
        var recorded = turn.journal().at(place);
        Entry.Awaiting waiting = null;
        for (var answer : recorded) {
            switch (answer) {
                case Entry.Awaiting entry when fits(entry, types) -> waiting = entry;
                case Entry.Received received
                when types.contains(received.type()) -> {
                    return received;
                }
                case Entry.TimedOut timedOut
                when atMost.isPresent() -> {
                    return timedOut;
                }
                default -> throw turn.contradiction(place, describe(recorded), call);
            }
        }
        frontier(call);
        var come = come(place, types, Optional.ofNullable(waiting));
        if (come.isPresent()) {
            turn.decide(come.get());
            return come.get();
        }
        if (waiting == null) {
            var timer = atMost.isPresent() ? OptionalLong.of(turn.nextTimer()) : OptionalLong.empty();
            turn.decide(new Entry.Awaiting(place, types.stream().sorted().toList(), atMost, timer));
        }
        throw stop(Stop.Why.WAITING);
    }

    /** A type more is no contradiction, since nothing of that type was received so far. */
    private static boolean fits(Entry.Awaiting recorded, Set<String> types) {
        return recorded.types().isEmpty() == types.isEmpty()
                && (types.isEmpty() || recorded.types().stream().anyMatch(types::contains));
    }

    /** What ends the waiting: what came first in the log. */
    private Optional<Answer> come(Place place, Set<String> types, Optional<Entry.Awaiting> waiting) {
        var kept = turn.journal().firstKept(types);
        if (kept.isPresent()) {
            long position = kept.get().position();
            var type = kept.get().type();
            return Optional.of(
                    new Entry.Received(place, position, type, turn.values().timeOf(position, type)));
        }
        if (turn.offer() instanceof Offer.Event(var event, var type) && !turn.isOfferTaken() && types.contains(type)) {
            turn.takeOffer();
            return Optional.of(new Entry.Received(place, event.position(), type, event.time()));
        }
        return waiting.map(Entry.Awaiting::timer)
                .filter(OptionalLong::isPresent)
                .flatMap(timer -> turn.ended(timer.getAsLong()))
                .map(ended -> {
                    turn.takeOffer();
                    return new Entry.TimedOut(place, ended.position(), ended.timer(), ended.time());
                });
    }

    /** An id that depends on nothing but the instance and the place. */
    UUID id() {
        var seed = turn.locked(() -> turn.journal().beginning()).seed();
        var text = seed + "/" + ahead() + "/" + idsHere++;
        return UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Entries in words, for people who compare them with their code. */
    static String describe(List<Answer> recorded) {
        return recorded.isEmpty() ? "nothing" : Words.of(recorded.getFirst());
    }
}
