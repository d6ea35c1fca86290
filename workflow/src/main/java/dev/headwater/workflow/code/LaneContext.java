package dev.headwater.workflow.code;

import dev.headwater.Command;
import dev.headwater.DomainEvent;
import dev.headwater.aggregate.Execution;
import dev.headwater.workflow.Awaited;
import dev.headwater.workflow.Branch;
import dev.headwater.workflow.Compensation;
import dev.headwater.workflow.Ending;
import dev.headwater.workflow.Step;
import dev.headwater.workflow.WorkflowContext;
import dev.headwater.workflow.WorkflowDefinition;
import dev.headwater.workflow.WorkflowFailedException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;

/** The context of the code of one lane. */
final class LaneContext implements WorkflowContext {

    private final Lane lane;
    private final Turn turn;

    LaneContext(Lane lane) {
        this.lane = lane;
        this.turn = lane.turn();
    }

    @Override
    public String id() {
        return turn.id();
    }

    @Override
    public Execution execute(Command<?> command) {
        lane.enter();
        return new CommandCall(lane, command).execute();
    }

    @Override
    public Execution execute(Command<?> command, Command<?> undo) {
        var execution = execute(command);
        if (execution instanceof Execution.Accepted) {
            lane.undoing().arm(lane, turn.values().nameOf(undo), wf -> {
                if (wf.execute(undo) instanceof Execution.Refused(var kind, var reason)) {
                    throw new UndoRefusedException(kind, reason);
                }
            });
        }
        return execution;
    }

    @Override
    public void send(Command<?> command) {
        lane.enter();
        var type = turn.values().nameOf(command);
        var place = lane.next();
        turn.hear(place, Words.send(type), command);
        turn.locked(() -> {
            var answers = turn.journal().at(place);
            if (answers.isEmpty()) {
                lane.frontier(Words.send(type));
                var former = lane.undoes() ? formerlySent(place, type) : Optional.<UUID>empty();
                if (former.isPresent()) {
                    turn.decide(new Entry.Sent(place, type, former.get()));
                } else {
                    var envelope = turn.command(command);
                    turn.decide(new Entry.Sent(place, type, envelope.id()));
                    turn.send(envelope);
                }
            } else if (!(answers.getFirst() instanceof Entry.Sent sent
                    && sent.command().equals(type))) {
                throw turn.contradiction(place, Lane.describe(answers), Words.send(type));
            }
            return true;
        });
    }

    /** A command that a former attempt of a compensation has sent is not sent again. */
    private Optional<UUID> formerlySent(Place place, String type) {
        return turn.journal().inFormerAttempts(place).stream()
                .filter(Entry.Sent.class::isInstance)
                .map(Entry.Sent.class::cast)
                .filter(former -> former.command().equals(type))
                .findFirst()
                .map(Entry.Sent::id);
    }

    @Override
    public void send(Command<?> command, Command<?> undo) {
        send(command);
        lane.undoing().arm(lane, turn.values().nameOf(undo), wf -> wf.send(undo));
    }

    @Override
    public Step step(String name) {
        lane.enter();
        return StepCall.of(lane, name);
    }

    @Override
    public <E extends DomainEvent> Awaited<E> await(Class<E> type, Duration atMost) {
        var answer = awaitAny(type, Optional.of(atMost));
        return answer instanceof Entry.Received received
                ? new Awaited.Received<>(event(received, type))
                : new Awaited.TimedOut<>();
    }

    @Override
    public <E extends DomainEvent> E await(Class<E> type) {
        return event((Entry.Received) awaitAny(type, Optional.empty()), type);
    }

    private <E extends DomainEvent> E event(Entry.Received received, Class<E> type) {
        return type.cast(turn.values().event(received.position(), received.type()));
    }

    private Entry.Answer awaitAny(Class<? extends DomainEvent> type, Optional<Duration> atMost) {
        lane.enter();
        var names = turn.outside(() -> turn.values().types().namesOf(type));
        var declared = turn.values().awaitable();
        if (!declared.containsAll(names)) {
            throw turn.abandon(new WorkflowStuckException(
                    turn.name() + " awaits " + type.getSimpleName()
                            + ", and its definition does not say whose such events are:" + " add awaiting("
                            + type.getSimpleName() + ".class, …) to it",
                    null));
        }
        return lane.await(names, atMost, Words.await(names, atMost.isPresent()));
    }

    @Override
    public void sleep(Duration time) {
        lane.await(Set.of(), Optional.of(time), Words.sleep(Optional.of(time)));
    }

    @Override
    public <T> List<T> all(List<Branch<T>> branches) {
        lane.enter();
        return new Fork<>(lane, branches).all();
    }

    @Override
    public <T> T any(List<Branch<T>> branches) {
        lane.enter();
        return new Fork<>(lane, branches).any();
    }

    @Override
    public <I, R> Ending<R> child(WorkflowDefinition<I, R> definition, String id, I input) {
        lane.enter();
        return new ChildCall<>(lane, definition, id, input).await();
    }

    @Override
    public void compensateWith(String name, Compensation undo) {
        lane.enter();
        lane.undoing().arm(lane, name, undo);
    }

    @Override
    @SuppressWarnings("TypeParameterUnusedInFormals")
    public <R> R continueWith(Object input) {
        lane.enter();
        var call = "continueWith";
        turn.locked(() -> {
            if (!lane.laneName().equals(Place.MAIN) || lane.undoing().isArmed()) {
                throw turn.abandon(new WorkflowStuckException(
                        turn.name()
                                + " calls continueWith in a branch or in a compensation, or while something is still to be"
                                + " undone: expected none of that, since the next run knows nothing of it",
                        null));
            }
            var place = lane.next();
            if (!turn.journal().at(place).isEmpty()) {
                throw turn.contradiction(place, Lane.describe(turn.journal().at(place)), call);
            }
            lane.frontier(call);
            turn.continueWith(input, lane.now());
            throw lane.stop(Stop.Why.CONTINUED);
        });
        throw new AssertionError("continueWith always stops");
    }

    @Override
    public WorkflowFailedException failure(String reason) {
        return new WorkflowFailedException(reason);
    }

    @Override
    public int version(String change, int newest) {
        lane.enter();
        return turn.locked(() -> {
            var place = lane.ahead();
            var recorded = turn.journal().versionAt(place, change);
            if (recorded.isPresent()) {
                if (recorded.get() > newest) {
                    throw turn.contradiction(
                            place,
                            "version(" + change + ") was " + recorded.get(),
                            "version(" + change + ", " + newest + ")");
                }
                return recorded.get();
            }
            if (lane.isReplaying()) {
                return 1;
            }
            lane.frontier("version(" + change + ")");
            turn.decide(new Entry.Versioned(place, change, newest));
            return newest;
        });
    }

    @Override
    public Instant now() {
        lane.enter();
        return lane.now();
    }

    @Override
    public UUID uuid() {
        lane.enter();
        return lane.id();
    }

    @Override
    @SuppressWarnings("RandomSeed") // its values must be the same in every replay, and on every JDK
    public RandomGenerator random() {
        return new java.util.Random(uuid().getLeastSignificantBits());
    }

    @Override
    public void show(String attribute, String value) {
        lane.enter();
        turn.locked(() -> {
            var place = lane.ahead();
            turn.hear(place, "show(" + attribute + ")", value);
            if (!lane.isReplaying() && !turn.journal().hasShown(place, attribute, value)) {
                lane.frontier("show(" + attribute + ")");
                turn.decide(new Entry.Shown(place, Map.of(attribute, value)));
            }
            return true;
        });
    }

    @Override
    public Logger log() {
        return new ReplayLogger(turn.definition().name(), lane);
    }
}
