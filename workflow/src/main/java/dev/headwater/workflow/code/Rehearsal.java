package dev.headwater.workflow.code;

import dev.headwater.store.StoredEvent;
import dev.headwater.workflow.WorkflowDefinition;
import java.util.List;
import java.util.Optional;

/** Compares the code of a workflow with journals, and does nothing. */
final class Rehearsal {

    private Rehearsal() {}

    /**
     * Compares the code with a journal.
     *
     * @param events the stream of the journal, or as much of it as there is
     * @return what the code and the journal disagree about; nothing when a turn could go on from there
     */
    static Optional<WorkflowStuckException> of(
            WorkflowDefinition<?, ?> definition, Surroundings surroundings, List<StoredEvent> events) {
        var journal = Journals.fold(events);
        return journal.hasBegun()
                ? of(definition, events.getFirst().stream().id(), surroundings, journal)
                : Optional.empty();
    }

    static Optional<WorkflowStuckException> of(
            WorkflowDefinition<?, ?> definition, String id, Surroundings surroundings, Journal journal) {
        return of(definition, id, surroundings, journal, Optional.empty());
    }

    static Optional<WorkflowStuckException> of(
            WorkflowDefinition<?, ?> definition,
            String id,
            Surroundings surroundings,
            Journal journal,
            Optional<Witness> witness) {
        var turn = new Turn(definition, id, surroundings, journal, new Offer.Rehearsal(), journal.metadata(), true);
        witness.ifPresent(turn::heardBy);
        try {
            new InstanceTurn<>(definition, turn).rehearse();
            return Optional.empty();
        } catch (WorkflowStuckException e) {
            return Optional.of(e);
        } catch (Exception e) {
            return Optional.of(InstanceTurn.stuck(turn, e));
        }
    }
}
