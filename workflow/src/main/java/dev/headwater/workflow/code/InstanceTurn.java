package dev.headwater.workflow.code;

import dev.headwater.DomainEvent;
import dev.headwater.HeadwaterException;
import dev.headwater.store.ConcurrencyException;
import dev.headwater.workflow.WorkflowDefinition;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes a turn to its end: runs the code, undoes what it has done, and records how far it has come. */
final class InstanceTurn<I, R> {

    private static final Logger LOG = LoggerFactory.getLogger(InstanceTurn.class);

    private final WorkflowDefinition<I, R> definition;
    private final Turn turn;
    private final Journal journal;

    InstanceTurn(WorkflowDefinition<I, R> definition, Turn turn) {
        this.definition = definition;
        this.turn = turn;
        this.journal = turn.journal();
    }

    /**
     * Runs until everything waits or the instance has ended. What was recorded stays, whatever happens.
     *
     * @throws WorkflowStuckException when the code cannot go on
     * @throws JournalMovedException when somebody else takes turns of the instance
     * @throws Exception what kept the store from doing its work
     */
    void run() throws Exception {
        settle(() -> {
            noteCancellation();
            while (!isOver()) {
                turn.flush(); // a run has ended and another one begins
            }
            noteWhatIsOffered();
            turn.flush();
        });
    }

    /** Compares the code with the journal, and does nothing. */
    void rehearse() throws Exception {
        settle(() -> {
            var outcome = run(mainLane(new Undoing(turn)));
            if (outcome instanceof Outcome.Broken<R>(var problem)) {
                throw turn.abandon(stuck(turn, problem));
            }
        });
    }

    /** Records that an instance that does not run takes no event; anything else means nothing to it. */
    void refuse() throws Exception {
        settle(() -> {
            if (turn.offer() instanceof Offer.Event(var event, var type)) {
                turn.takeOffer();
                unclaimed(event.position(), type);
            }
            turn.flush();
        });
    }

    private void settle(Runnable work) throws Exception {
        try {
            work.run();
        } catch (Stop e) {
            LOG.trace("{} stops: {}", turn.name(), e.why());
        }
        var problem = turn.problem();
        if (problem.isPresent()) {
            throw problem(problem.get());
        }
    }

    /** What may pass by itself comes again with the event; so do lost races. The rest is for people. */
    private Exception problem(Throwable problem) {
        return switch (problem) {
            case WorkflowStuckException e -> e;
            case ConcurrencyException e -> e;
            case HeadwaterException e when e.isTransient() -> e;
            case InterruptedException e -> e;
            case StackOverflowError e -> stuck(turn, e);
            case VirtualMachineError e -> throw e;
            default -> stuck(turn, problem);
        };
    }

    private void noteCancellation() {
        if (turn.offer() instanceof Offer.Cancel cancel
                && !journal.isUndoing()
                && !journal.hasSeen(cancel.position())) {
            turn.decide(new Entry.Cancelling(cancel.position(), cancel.by(), cancel.reason()));
        }
    }

    /** Runs the code of one run; false when it goes on with another run. */
    private boolean isOver() {
        var undoing = new Undoing(turn);
        var main = mainLane(undoing);
        var outcome = run(main);
        switch (outcome) {
            case Outcome.Returned<R> returned
            when !journal.isUndoing() -> {
                end(new Entry.Ended(
                        Entry.How.COMPLETED,
                        Optional.of(turn.values().json(returned.value())),
                        Optional.empty(),
                        Optional.empty(),
                        List.of()));
            }
            case Outcome.Returned<R> returned
            when journal.failing().isPresent() ->
                throw turn.contradiction(
                        main.ahead(),
                        "the workflow has failed: " + journal.failing().get().reason(),
                        "it returns");
            case Outcome.Failed<R>(var failure) -> {
                if (!journal.isUndoing()) {
                    turn.decide(new Entry.Failing(Turn.refusal(failure).reason()));
                }
                undo(undoing, main);
            }
            case Outcome.Broken<R>(var problem) ->
                throw turn.abandon(problem instanceof InterruptedException ? problem : stuck(turn, problem));
            case Outcome.Stopped<R>(var why) -> {
                turn.requireNoProblem();
                if (why == Stop.Why.CONTINUED) {
                    return false;
                }
                if (why == Stop.Why.CANCELLED) {
                    undo(undoing, main);
                }
            }
            case Outcome.Returned<R> cancelledAtTheEnd -> undo(undoing, main);
        }
        return true;
    }

    private Lane mainLane(Undoing undoing) {
        return new Lane(
                turn,
                undoing,
                Place.MAIN,
                List.of(),
                false,
                () -> false,
                journal.beginning().time());
    }

    private Outcome<R> run(Lane main) {
        var input = input();
        var outcome = main.run(wf -> definition.code().run(wf, input));
        switch (outcome) {
            case Outcome.Returned<R>(var result) -> turn.hear(main.ahead(), Witness.RESULT, result);
            case Outcome.Failed<R>(var failure) -> turn.hear(main.ahead(), Witness.FAILURE, failure.getMessage());
            case Outcome.Stopped<R> stopped -> {}
            case Outcome.Broken<R> broken -> {}
        }
        return outcome;
    }

    private I input() {
        return switch (journal.beginning().origin()) {
            case Journal.Origin.OfValue(var value) -> turn.values().value(Optional.of(value), definition.input());
            case Journal.Origin.OfEvent(long position, var type) ->
                input(turn.values().event(position, type));
        };
    }

    private I input(DomainEvent event) {
        for (var starter : definition.starters()) {
            if (starter.type().isInstance(event)) {
                return turn.outside(() -> input(starter, event));
            }
        }
        throw turn.abandon(new WorkflowStuckException(
                turn.name() + " was started by an event of the class "
                        + event.getClass().getName()
                        + ", which the definition no longer is startedBy: declare it again",
                null));
    }

    private static <E extends DomainEvent, I> I input(WorkflowDefinition.Starter<E, I> starter, DomainEvent event) {
        return starter.input().apply(starter.type().cast(event));
    }

    private void undo(Undoing undoing, Lane main) {
        if (!undoing.run(main.now())) {
            return;
        }
        var cancelling = journal.cancelling();
        end(new Entry.Ended(
                cancelling.isPresent() ? Entry.How.CANCELLED : Entry.How.FAILED,
                Optional.empty(),
                cancelling
                        .map(Entry.Cancelling::reason)
                        .or(() -> journal.failing().map(Entry.Failing::reason)),
                cancelling.map(Entry.Cancelling::by),
                journal.undoneNames()));
    }

    /** The end, and with it what nobody has taken. */
    private void end(Entry.Ended ended) {
        for (var kept : List.copyOf(journal.kept().entrySet())) {
            unclaimed(kept.getKey(), kept.getValue());
        }
        if (turn.offer() instanceof Offer.Event(var event, var type)
                && !turn.isOfferTaken()
                && !journal.hasSeen(event.position())) {
            turn.takeOffer();
            unclaimed(event.position(), type);
        }
        turn.decide(ended);
        journal.beginning().parent().ifPresent(parent -> turn.decide(new Entry.ChildEnded(parent, ended)));
    }

    /** Records that nobody takes an event, with the commands that follow from that. */
    void unclaimed(long position, String type) {
        var commands = definition.unclaimed().map(handler -> {
            var event = turn.values().event(position, type);
            return turn.outside(() -> List.copyOf(handler.handle(event, turn.id())));
        });
        turn.decide(new Entry.Unclaimed(position, type, commands.map(List::size).orElse(0)));
        commands.ifPresent(all -> all.forEach(command -> turn.send(turn.command(command))));
    }

    /** An event that nobody has asked for so far waits in the journal. */
    private void noteWhatIsOffered() {
        if (turn.offer() instanceof Offer.Event(var event, var type)
                && !turn.isOfferTaken()
                && !journal.hasSeen(event.position())) {
            if (journal.kept().size() >= Turn.MOST_KEPT) {
                throw turn.abandon(new WorkflowStuckException(
                        turn.name() + " has " + Turn.MOST_KEPT
                                + " events that it has not asked for: expected fewer; await them, or declare only those that"
                                + " it needs",
                        null));
            }
            turn.decide(new Entry.Kept(event.position(), type));
        }
    }

    static WorkflowStuckException stuck(Turn turn, Throwable problem) {
        return new WorkflowStuckException(
                turn.name() + " is stuck: its code threw " + problem.getClass().getName()
                        + ", which is neither a WorkflowFailedException nor a step's failure. Nothing is undone. Mend the code, or"
                        + " what it needs, and retry",
                problem);
    }
}
