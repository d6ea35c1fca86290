package dev.headwater.testkit;

import dev.headwater.MessageTypes;
import dev.headwater.Metadata;
import dev.headwater.store.Append;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.NewEvent;
import dev.headwater.store.StreamId;
import dev.headwater.store.ToolkitStore;
import dev.headwater.store.spi.EventStorage;
import dev.headwater.testkit.ProcessMessages.Order;
import dev.headwater.workflow.ProcessFilter;
import dev.headwater.workflow.ProcessInstance;
import dev.headwater.workflow.ProcessState;
import dev.headwater.workflow.spi.EndedTime;
import dev.headwater.workflow.spi.ForwardingProcessStorage;
import dev.headwater.workflow.spi.InstanceChange;
import dev.headwater.workflow.spi.NoClaim;
import dev.headwater.workflow.spi.ProcessStorage;
import dev.headwater.workflow.spi.StoredInstance;
import dev.headwater.workflow.spi.TimeLimit;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Storages of processes that do one thing wrong each. */
final class PlantedProcessBugs {

    private PlantedProcessBugs() {}

    /** Does nothing. */
    static final class DoesNothing extends ForwardingProcessStorage<Object> {
        DoesNothing(ProcessStorage<Object> correct) {
            super(correct);
        }

        @Override
        public void save(String process, Collection<InstanceChange> changes, Object transaction) {}

        @Override
        public void saveUnclaimed(String process, Collection<NoClaim> events, Object transaction) {}
    }

    /** Events that nobody took are gone. */
    static final class DropsUnclaimed extends ForwardingProcessStorage<Object> {
        DropsUnclaimed(ProcessStorage<Object> correct) {
            super(correct);
        }

        @Override
        public void saveUnclaimed(String process, Collection<NoClaim> events, Object transaction) {}
    }

    /** The numbers of time limits are all the same, so any that ends is taken for the present one. */
    static final class NumbersNothing extends ForwardingProcessStorage<Object> {
        NumbersNothing(ProcessStorage<Object> correct) {
            super(correct);
        }

        @Override
        public void save(String process, Collection<InstanceChange> changes, Object transaction) throws Exception {
            super.save(process, changes.stream().map(NumbersNothing::first).toList(), transaction);
        }

        private static InstanceChange first(InstanceChange change) {
            return new InstanceChange(
                    change.id(),
                    change.version(),
                    change.state(),
                    change.stage(),
                    change.data(),
                    change.context(),
                    1,
                    change.limit(),
                    change.waitingFor(),
                    change.problem(),
                    change.attributes(),
                    change.position());
        }
    }

    /** A time ends at once where the instance stands, whatever is in the log by then. */
    static final class EndsTimesWithoutTheLog extends ForwardingProcessStorage<Object> {
        private final EventStore store;

        EndsTimesWithoutTheLog(ProcessStorage<Object> correct, EventStorage log) {
            super(correct);
            this.store = ToolkitStore.of(new EventStore(log, ProcessMessages.TYPES), MessageTypes.builtIn());
        }

        @Override
        public List<EndedTime> takeDue(int limit, Duration again) {
            var due = super.takeDue(limit, again);
            due.forEach(this::cancel);
            return due;
        }

        private void cancel(EndedTime ended) {
            var cancelled = new InstanceChange(
                    ended.id(),
                    1,
                    ProcessState.COMPLETED,
                    "CANCELLED",
                    "{\"id\":\"" + ended.id() + "\",\"patience\":0}",
                    Metadata.NONE,
                    ended.timer(),
                    new TimeLimit.None(),
                    "",
                    Optional.empty(),
                    Map.of(),
                    0);
            try {
                save(ended.process(), List.of(cancelled), new Object());
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            var command = NewEvent.command(store.envelope(new Order.Cancel(ended.id())));
            store.append(Append.to(new StreamId("$cancels"), ExpectedVersion.any(), List.of(command)));
        }
    }

    /** What was taken already is taken again. */
    static final class ForgetsWhatWasTaken extends ForwardingProcessStorage<Object> {
        ForgetsWhatWasTaken(ProcessStorage<Object> correct) {
            super(correct);
        }

        @Override
        public Map<String, StoredInstance> load(String process, Collection<String> ids, Object transaction)
                throws Exception {
            var loaded = new HashMap<>(super.load(process, ids, transaction));
            loaded.replaceAll((id, row) -> new StoredInstance(
                    row.id(),
                    row.version(),
                    row.state(),
                    row.stage(),
                    row.data(),
                    row.context(),
                    row.timer(),
                    row.isTimed(),
                    0));
            return loaded;
        }
    }

    /** What was taken as due is due at once. */
    static final class PutsNothingOff extends ForwardingProcessStorage<Object> {
        PutsNothingOff(ProcessStorage<Object> correct) {
            super(correct);
        }

        @Override
        public List<EndedTime> takeDue(int limit, Duration again) {
            return super.takeDue(limit, Duration.ZERO);
        }
    }

    /** A time limit begins anew with every event. */
    static final class BeginsTimesAnew extends ForwardingProcessStorage<Object> {
        BeginsTimesAnew(ProcessStorage<Object> correct) {
            super(correct);
        }

        @Override
        public void save(String process, Collection<InstanceChange> changes, Object transaction) throws Exception {
            super.save(process, changes.stream().map(BeginsTimesAnew::anew).toList(), transaction);
        }

        private static InstanceChange anew(InstanceChange change) {
            return change.limit() instanceof TimeLimit.Unchanged
                    ? new InstanceChange(
                            change.id(),
                            change.version(),
                            change.state(),
                            change.stage(),
                            change.data(),
                            change.context(),
                            change.timer(),
                            new TimeLimit.In(Duration.ofHours(1)),
                            change.waitingFor(),
                            change.problem(),
                            change.attributes(),
                            change.position())
                    : change;
        }
    }

    /** The page after an instance begins with that instance. */
    static final class RepeatsTheLast extends ForwardingProcessStorage<Object> {
        RepeatsTheLast(ProcessStorage<Object> correct) {
            super(correct);
        }

        @Override
        public List<ProcessInstance> list(ProcessFilter filter, Optional<ProcessInstance> after, int limit) {
            var first = super.list(filter, Optional.empty(), Integer.MAX_VALUE);
            int from = after.map(first::indexOf).orElse(0);
            return after.isPresent() && from == first.size() - 1
                    ? List.of()
                    : first.subList(from, first.size()).stream().limit(limit).toList();
        }
    }
}
