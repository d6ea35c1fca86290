package dev.headwater.workflow.code;

import dev.headwater.store.ExpectedVersion;
import dev.headwater.workflow.Ending;
import dev.headwater.workflow.WorkflowDefinition;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A child of a lane: started in the append that records it, and awaited. */
final class ChildCall<I, R> {

    private final Lane lane;
    private final Turn turn;
    private final WorkflowDefinition<I, R> child;
    private final String id;
    private final I input;

    ChildCall(Lane lane, WorkflowDefinition<I, R> child, String id, I input) {
        this.lane = lane;
        this.turn = lane.turn();
        this.child = child;
        this.id = id;
        this.input = input;
    }

    Ending<R> await() {
        var place = lane.next();
        turn.hear(place, Words.child(child.name(), id), input);
        var received = turn.locked(() -> received(place));
        lane.passTo(received.time());
        var mapper = turn.surroundings().store().serializer().mapper();
        return turn.outside(() -> Endings.of(ending(received), child.result(), mapper));
    }

    private Entry.Ended ending(Entry.ChildReceived received) {
        if (turn.offer() instanceof Offer.ChildEnd end && end.position() == received.position()) {
            return end.ending();
        }
        var name = turn.values().types().require(Entry.ChildEnded.class).name();
        return ((Entry.ChildEnded) turn.values().event(received.position(), name)).ending();
    }

    private Entry.ChildReceived received(Place place) {
        var recorded = turn.journal().at(place);
        var call = Words.child(child.name(), id);
        boolean isStarted = false;
        for (var answer : recorded) {
            switch (answer) {
                case Entry.ChildStarted started
                when started.workflow().equals(child.name()) && started.id().equals(id) -> isStarted = true;
                case Entry.ChildReceived received -> {
                    return received;
                }
                default -> throw turn.contradiction(place, Lane.describe(recorded), call);
            }
        }
        if (!isStarted) {
            lane.frontier(call);
            start(place);
            throw lane.stop(Stop.Why.WAITING);
        }
        if (turn.offer() instanceof Offer.ChildEnd end
                && !turn.isOfferTaken()
                && end.parent().equals(parent(place))) {
            turn.takeOffer();
            var received = new Entry.ChildReceived(place, end.position(), end.time());
            turn.decide(received);
            return received;
        }
        if (turn.offer() instanceof Offer.Cancel cancel && !turn.isOfferTaken() && !lane.undoes()) {
            turn.alongside(
                    Remarks.stream(child.name()),
                    ExpectedVersion.any(),
                    List.of(new Remarks.CancelRequested(child.name(), id, cancel.by(), cancel.reason())));
        }
        lane.frontier(call);
        throw lane.stop(Stop.Why.WAITING);
    }

    private Entry.Parent parent(Place place) {
        return new Entry.Parent(
                turn.definition().name(), turn.id(), turn.journal().beginning().run(), place);
    }

    private void start(Place place) {
        var stream = child.journal(id);
        var former = turn.outside(() -> Journals.read(turn.surroundings().store(), stream));
        if (former.hasBegun()) {
            throw turn.abandon(new WorkflowStuckException(
                    turn.name() + " starts the child " + child.name() + " " + id
                            + ", which was started before by somebody else: expected an id of its own, such as one made of "
                            + turn.id(),
                    null));
        }
        turn.decide(new Entry.ChildStarted(place, child.name(), id));
        turn.alongside(
                stream,
                ExpectedVersion.exactly(former.version()),
                List.of(new Entry.Started(
                        child.version(),
                        OptionalLong.empty(),
                        Optional.empty(),
                        Optional.of(turn.values().json(input)),
                        turn.freshId(),
                        Optional.of(parent(place)),
                        lane.now())));
    }
}
