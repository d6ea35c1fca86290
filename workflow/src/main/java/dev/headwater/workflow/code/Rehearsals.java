package dev.headwater.workflow.code;

import dev.headwater.store.EventQuery;
import dev.headwater.store.EventStore;
import dev.headwater.workflow.WorkflowDefinition;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Compares the code of a workflow with every journal of instances that run. Thread-safe. */
public final class Rehearsals {

    private final EventStore store;
    private final Surroundings surroundings;

    /** @param store knows {@link JournalTypes#TYPES} */
    public Rehearsals(EventStore store) {
        this.store = store;
        this.surroundings = new Surroundings(
                store,
                command -> {
                    throw new IllegalStateException("a rehearsal executes nothing");
                },
                new VirtualThreads(1),
                Receipts.none());
    }

    /**
     * What the code and the journals disagree about, by instance.
     *
     * @param versions of one workflow
     */
    public Map<String, String> run(List<? extends WorkflowDefinition<?, ?>> versions) {
        var problems = new LinkedHashMap<String, String>();
        for (var id : ids(versions.getFirst())) {
            problem(versions, id).ifPresent(problem -> problems.put(id, problem));
        }
        return problems;
    }

    private Set<String> ids(WorkflowDefinition<?, ?> workflow) {
        var query = new EventQuery(List.of(new EventQuery.Criterion(
                JournalTypes.TYPES.namesOf(Entry.Started.class), Set.of("$" + workflow.name()), Set.of(), true)));
        var ids = new LinkedHashSet<String>();
        try (var begun = store.readLog(0, query)) {
            begun.forEach(event -> ids.add(event.stream().id()));
        }
        return ids;
    }

    private Optional<String> problem(List<? extends WorkflowDefinition<?, ?>> versions, String id) {
        var journal = Journals.read(store, versions.getFirst().journal(id));
        if (!journal.hasBegun() || journal.ended().isPresent()) {
            return Optional.empty();
        }
        int version = journal.beginning().version();
        return versions.stream()
                .filter(each -> each.version() == version)
                .findFirst()
                .map(each -> Rehearsal.of(each, id, surroundings, journal).map(WorkflowStuckException::getMessage))
                .orElseGet(() -> Optional.of("it runs version " + version + ", which is not among those given"));
    }
}
