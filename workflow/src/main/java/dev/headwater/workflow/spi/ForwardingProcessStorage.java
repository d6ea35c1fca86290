package dev.headwater.workflow.spi;

import dev.headwater.store.spi.EventStorage;
import dev.headwater.workflow.ProcessFilter;
import dev.headwater.workflow.ProcessInstance;
import dev.headwater.workflow.ProcessState;
import dev.headwater.workflow.UnclaimedEvent;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A storage that does what another one does: extend it to observe or to disturb some of that. As thread-safe as the
 * other one.
 *
 * @param <T> the transaction of subscriptions
 */
public class ForwardingProcessStorage<T> implements ProcessStorage<T> {

    private final ProcessStorage<T> storage;

    /** Forwards everything. */
    protected ForwardingProcessStorage(ProcessStorage<T> storage) {
        this.storage = storage;
    }

    @Override
    public EventStorage within(T transaction) {
        return storage.within(transaction);
    }

    @Override
    public Map<String, StoredInstance> load(String process, Collection<String> ids, T transaction) throws Exception {
        return storage.load(process, ids, transaction);
    }

    @Override
    public void save(String process, Collection<InstanceChange> changes, T transaction) throws Exception {
        storage.save(process, changes, transaction);
    }

    @Override
    public void saveUnclaimed(String process, Collection<NoClaim> events, T transaction) throws Exception {
        storage.saveUnclaimed(process, events, transaction);
    }

    @Override
    public List<EndedTime> takeDue(int limit, Duration again) {
        return storage.takeDue(limit, again);
    }

    @Override
    public Optional<ProcessInstance> find(String process, String id) {
        return storage.find(process, id);
    }

    @Override
    public List<ProcessInstance> list(ProcessFilter filter, Optional<ProcessInstance> after, int limit) {
        return storage.list(filter, after, limit);
    }

    @Override
    public Map<String, Map<ProcessState, Long>> count() {
        return storage.count();
    }

    @Override
    public List<Unfinished> unfinished() {
        return storage.unfinished();
    }

    @Override
    public List<UnclaimedEvent> unclaimed(Optional<String> process, Optional<UnclaimedEvent> after, int limit) {
        return storage.unclaimed(process, after, limit);
    }

    @Override
    public List<UnclaimedEvent> unclaimedOf(String process, String id, int limit) {
        return storage.unclaimedOf(process, id, limit);
    }

    @Override
    public Map<String, Long> countUnclaimed() {
        return storage.countUnclaimed();
    }

    @Override
    public int removeEnded(Duration endedFor, int limit) {
        return storage.removeEnded(endedFor, limit);
    }
}
