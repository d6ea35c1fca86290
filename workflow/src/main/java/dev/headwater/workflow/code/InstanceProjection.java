package dev.headwater.workflow.code;

import dev.headwater.store.EventQuery;
import dev.headwater.store.EventStore;
import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.Projection;
import dev.headwater.workflow.UnclaimedEvent;
import dev.headwater.workflow.spi.InstanceChange;
import dev.headwater.workflow.spi.NoClaim;
import dev.headwater.workflow.spi.ProcessStorage;
import dev.headwater.workflow.spi.StepReceipts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Writes the rows of the instances of one workflow from their journals, a page in one transaction. */
public final class InstanceProjection<T> implements Projection<T> {

    private final String workflow;
    private final EventStore store;
    private final ProcessStorage<T> storage;
    private final Optional<StepReceipts<T>> receipts;

    /**
     * Writes rows.
     *
     * @param store knows {@link JournalTypes#TYPES}
     * @param receipts of steps, which go when the steps are recorded
     */
    public InstanceProjection(
            String workflow, EventStore store, ProcessStorage<T> storage, Optional<StepReceipts<T>> receipts) {
        this.workflow = workflow;
        this.store = store;
        this.storage = storage;
        this.receipts = receipts;
    }

    /** The journals, and what is remarked about instances. */
    public EventQuery query() {
        return EventQuery.ofCategories(Set.of("$" + workflow, Remarks.CATEGORY)).withReserved();
    }

    /** The instance that an event is about. */
    public String key(StoredEvent stored) {
        return remark(stored).map(Remarks::id).orElseGet(() -> stored.stream().id());
    }

    private Optional<Remarks> remark(StoredEvent stored) {
        return stored.stream().category().equals(Remarks.CATEGORY)
                ? Optional.of((Remarks) store.serializer().decodeMessage(stored.encoded()))
                : Optional.empty();
    }

    @Override
    public void project(List<StoredEvent> events, T transaction) throws Exception {
        Map<String, List<StoredEvent>> byInstance = new LinkedHashMap<>();
        for (var stored : events) {
            if (isOurs(stored)) {
                byInstance.computeIfAbsent(key(stored), id -> new ArrayList<>()).add(stored);
            }
        }
        if (byInstance.isEmpty()) {
            return;
        }
        var mapper = store.serializer().mapper();
        var rows = storage.load(workflow, byInstance.keySet(), transaction);
        var changes = new ArrayList<InstanceChange>();
        var unclaimed = new ArrayList<NoClaim>();
        byInstance.forEach((id, ofInstance) -> {
            var row = InstanceRow.of(id, rows.get(id), mapper);
            ofInstance.forEach(stored -> apply(row, stored, unclaimed));
            row.change(mapper).ifPresent(changes::add);
        });
        if (!changes.isEmpty()) {
            storage.save(workflow, changes, transaction);
        }
        if (!unclaimed.isEmpty()) {
            storage.saveUnclaimed(workflow, unclaimed, transaction);
        }
        if (receipts.isPresent()) {
            forgetReceipts(receipts.get(), events, transaction);
        }
    }

    private void forgetReceipts(StepReceipts<T> kept, List<StoredEvent> events, T transaction) throws Exception {
        var keys = new ArrayList<String>();
        for (var stored : events) {
            if (isOurs(stored) && store.serializer().decodeMessage(stored.encoded()) instanceof Entry.Stepped stepped) {
                stepped.receipt().ifPresent(keys::add);
            }
        }
        if (!keys.isEmpty()) {
            kept.forget(keys, transaction);
        }
    }

    private boolean isOurs(StoredEvent stored) {
        return remark(stored)
                .map(remark -> remark.workflow().equals(workflow))
                .orElseGet(() -> JournalTypes.isEntry(stored.type()));
    }

    private void apply(InstanceRow row, StoredEvent stored, List<NoClaim> unclaimed) {
        switch (store.serializer().decodeMessage(stored.encoded())) {
            case Remarks.Stuck stuck -> row.stuck(Optional.of(stuck.problem()));
            case Remarks.Resumed resumed -> row.stuck(Optional.empty());
            case Entry entry -> {
                if (entry instanceof Entry.Unclaimed event) {
                    unclaimed.add(
                            new NoClaim(row.id(), event.position(), event.type(), reason(row), event.commands() > 0));
                }
                row.apply(entry, stored);
            }
            default -> {}
        }
    }

    private static UnclaimedEvent.Reason reason(InstanceRow row) {
        return row.hasBegun() ? UnclaimedEvent.Reason.ENDED : UnclaimedEvent.Reason.NO_INSTANCE;
    }
}
