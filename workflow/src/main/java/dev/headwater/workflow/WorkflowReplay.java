package dev.headwater.workflow;

import dev.headwater.store.EventStore;
import dev.headwater.store.ToolkitStore;
import dev.headwater.workflow.code.JournalTypes;
import dev.headwater.workflow.code.Rehearsals;
import java.util.List;

/**
 * Compares the code of workflows with the journals of the instances that run, and does nothing else: for the build,
 * beside the {@linkplain dev.headwater.history.HistoryCheck check of events}, before new code meets them. Thread-safe.
 */
public final class WorkflowReplay {

    private final Rehearsals rehearsals;

    private WorkflowReplay(EventStore store) {
        this.rehearsals = new Rehearsals(ToolkitStore.of(store, JournalTypes.TYPES));
    }

    /**
     * A journal that the code disagrees with.
     *
     * @param workflow its name
     * @param id the instance
     * @param problem journal and code side by side
     */
    public record Disagreement(String workflow, String id, String problem) {}

    /** A replay of the journals in a store, such as one that an export was read into. */
    public static WorkflowReplay of(EventStore store) {
        return new WorkflowReplay(store);
    }

    /**
     * Compares all instances that have not ended with the code.
     *
     * @param versions of one workflow, all that are still run
     * @return nothing when each instance can go on
     */
    public List<Disagreement> run(WorkflowDefinition<?, ?>... versions) {
        return rehearsals.run(List.of(versions)).entrySet().stream()
                .map(each -> new Disagreement(versions[0].name(), each.getKey(), each.getValue()))
                .toList();
    }
}
