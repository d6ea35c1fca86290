package dev.headwater.workflow.code;

import dev.headwater.store.StreamId;
import dev.headwater.workflow.WorkflowContext;
import dev.headwater.workflow.WorkflowDefinition;
import dev.headwater.workflow.code.Shop.PaymentOutcome;
import dev.headwater.workflow.code.Shop.StockOutcome;
import java.util.List;
import java.util.Optional;

/** One instance of a workflow that a test writes, and what has become of it. */
final class Probe {

    static final String ID = "1";
    static final String NAME = "probe";

    /** What a test's workflow does. */
    interface Code {
        String run(WorkflowContext wf) throws Exception;
    }

    private final Simulation simulation;
    private final WorkflowDefinition<String, String> definition;

    Probe(Code code) {
        this(1, new Simulation.Troubles(), code);
    }

    Probe(long seed, Simulation.Troubles troubles, Code code) {
        this(new Simulation(seed, troubles), code);
        simulation.run(definition);
        simulation.start(definition, ID, "input");
    }

    private Probe(Simulation simulation, Code code) {
        this.simulation = simulation;
        this.definition = definition(1, code);
    }

    static WorkflowDefinition<String, String> definition(int version, Code code) {
        return WorkflowDefinition.of(NAME, version, String.class, String.class, (wf, input) -> code.run(wf))
                .awaiting(PaymentOutcome.class, PaymentOutcome::order)
                .awaiting(StockOutcome.class, StockOutcome::order);
    }

    /** Goes on with what is there until nothing is left to be done. */
    Probe settle() {
        simulation.settle();
        return this;
    }

    /** Goes on for so many steps at most. */
    Probe settleFor(int steps) {
        simulation.settle(steps);
        return this;
    }

    /** The same instance, whose next turns are taken with other code. */
    Probe deploy(Code code) {
        var next = new Probe(simulation, code);
        simulation.replace(next.definition);
        return next;
    }

    Probe paid() {
        simulation.happen(StreamId.of("payment", ID), new PaymentOutcome.PaymentCompleted(ID));
        return this;
    }

    Probe reserved() {
        simulation.happen(StreamId.of("stock", ID), new StockOutcome.StockReserved(ID));
        return this;
    }

    Probe remark(Remarks remark) {
        simulation.happen(Remarks.stream(NAME), remark);
        return this;
    }

    Probe cancel() {
        return remark(new Remarks.CancelRequested(NAME, ID, "somebody", "no need"));
    }

    Simulation simulation() {
        return simulation;
    }

    StreamId stream() {
        return definition.journal(ID);
    }

    List<Entry> entries() {
        return simulation.journal(stream());
    }

    List<String> kinds() {
        return entries().stream().map(entry -> entry.getClass().getSimpleName()).toList();
    }

    Optional<String> result() {
        return simulation.ended(stream()).flatMap(Entry.Ended::result).map(json -> json.asString());
    }

    Optional<Entry.How> how() {
        return simulation.ended(stream()).map(Entry.Ended::how);
    }
}
