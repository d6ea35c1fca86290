package dev.headwater.workflow.memory;

import dev.headwater.store.spi.EventStorage;
import dev.headwater.workflow.ProcessFilter;
import dev.headwater.workflow.ProcessInstance;
import dev.headwater.workflow.ProcessState;
import dev.headwater.workflow.UnclaimedEvent;
import dev.headwater.workflow.spi.EndedTime;
import dev.headwater.workflow.spi.InstanceChange;
import dev.headwater.workflow.spi.NoClaim;
import dev.headwater.workflow.spi.ProcessStorage;
import dev.headwater.workflow.spi.StoredInstance;
import dev.headwater.workflow.spi.Unfinished;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Instances of processes in the memory of the process, for tests.
 *
 * <p>There is no transaction: what was written stays written. Thread-safe.
 *
 * @param <T> the type of what is handed to projections, which is not used
 */
public final class InMemoryProcessStorage<T> implements ProcessStorage<T> {

    private static final Comparator<ProcessInstance> ORDER = Comparator.comparing(ProcessInstance::process)
            .thenComparing(ProcessInstance::started)
            .thenComparing(ProcessInstance::id);

    private static final Comparator<UnclaimedEvent> LOG_ORDER = Comparator.comparing(UnclaimedEvent::process)
            .thenComparingLong(UnclaimedEvent::position)
            .thenComparing(UnclaimedEvent::id);

    private final EventStorage events;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Map<String, InMemoryInstance>> processes = new TreeMap<>();
    private final List<UnclaimedEvent> unclaimed = new ArrayList<>();

    /** Storage beside a log. */
    public InMemoryProcessStorage(EventStorage events) {
        this(events, InstantSource.system());
    }

    /** Storage beside a log, whose time limits follow a clock. */
    public InMemoryProcessStorage(EventStorage events, InstantSource clock) {
        this.events = events;
        this.clock = clock;
    }

    /** The log itself, since nothing separates a transaction from it. */
    @Override
    public EventStorage within(T transaction) {
        return events;
    }

    @Override
    public Map<String, StoredInstance> load(String process, Collection<String> ids, T transaction) {
        return locked(() -> {
            var known = processes.getOrDefault(process, Map.of());
            var found = new HashMap<String, StoredInstance>();
            for (var id : ids) {
                Optional.ofNullable(known.get(id)).ifPresent(instance -> found.put(id, instance.stored()));
            }
            return found;
        });
    }

    @Override
    public void save(String process, Collection<InstanceChange> changes, T transaction) {
        locked(() -> {
            var now = clock.instant();
            var known = processes.computeIfAbsent(process, name -> new TreeMap<>());
            for (var change : changes) {
                known.merge(
                        change.id(),
                        InMemoryInstance.begun(process, change, now),
                        (former, begun) -> former.become(change, now));
            }
            return changes;
        });
    }

    @Override
    public void saveUnclaimed(String process, Collection<NoClaim> noted, T transaction) {
        locked(() -> {
            for (var event : noted) {
                var isKnown = unclaimed.stream()
                        .anyMatch(known -> known.process().equals(process)
                                && known.id().equals(event.id())
                                && known.position() == event.position());
                if (!isKnown) {
                    unclaimed.add(new UnclaimedEvent(
                            process,
                            event.id(),
                            event.position(),
                            event.type(),
                            event.reason(),
                            event.answered(),
                            clock.instant()));
                }
            }
            return noted;
        });
    }

    @Override
    public List<EndedTime> takeDue(int limit, Duration again) {
        return locked(() -> {
            var now = clock.instant();
            var due = all().filter(instance -> instance.isDue(now))
                    .sorted(Comparator.comparing(InMemoryInstance::dueTime))
                    .limit(limit)
                    .toList();
            due.forEach(instance -> instance.postpone(now.plus(again)));
            return due.stream().map(InMemoryInstance::endedTime).toList();
        });
    }

    /** When the next time limit ends; nothing when none is running. */
    public Optional<Instant> nextDue() {
        return locked(() -> all().flatMap(instance -> instance.due().stream()).min(Comparator.naturalOrder()));
    }

    private Stream<InMemoryInstance> all() {
        return processes.values().stream().flatMap(process -> process.values().stream());
    }

    @Override
    public Optional<ProcessInstance> find(String process, String id) {
        return locked(() -> Optional.ofNullable(
                        processes.getOrDefault(process, Map.of()).get(id))
                .map(InMemoryInstance::view));
    }

    @Override
    public List<ProcessInstance> list(ProcessFilter filter, Optional<ProcessInstance> after, int limit) {
        return locked(() -> {
            var now = clock.instant();
            return all().map(InMemoryInstance::view)
                    .filter(instance -> matches(filter, instance, now))
                    .filter(instance -> after.isEmpty() || ORDER.compare(instance, after.get()) > 0)
                    .sorted(ORDER)
                    .limit(limit)
                    .toList();
        });
    }

    private static boolean matches(ProcessFilter filter, ProcessInstance instance, Instant now) {
        return filter.process().map(instance.process()::equals).orElse(true)
                && filter.version()
                        .map(version -> version == instance.version())
                        .orElse(true)
                && (filter.states().isEmpty() || filter.states().contains(instance.state()))
                && filter.stage().map(instance.stage()::equals).orElse(true)
                && instance.id().startsWith(filter.idPrefix())
                && instance.attributes()
                        .entrySet()
                        .containsAll(filter.attributes().entrySet())
                && instance.waitingFor().contains(filter.words().waitingFor())
                && instance.problem().orElse("").contains(filter.words().problem())
                && isAsOldAs(filter.unchangedFor(), instance.since(), now)
                && isAsOldAs(filter.startedFor(), instance.started(), now);
    }

    private static boolean isAsOldAs(Optional<Duration> age, Instant time, Instant now) {
        return age.map(asked -> !time.isAfter(now.minus(asked))).orElse(true);
    }

    @Override
    public Map<String, Map<ProcessState, Long>> count() {
        return locked(() -> {
            Map<String, Map<ProcessState, Long>> counts = new TreeMap<>();
            all().map(InMemoryInstance::view)
                    .forEach(instance -> counts.computeIfAbsent(
                                    instance.process(), name -> new EnumMap<>(ProcessState.class))
                            .merge(instance.state(), 1L, Long::sum));
            return counts;
        });
    }

    @Override
    public List<Unfinished> unfinished() {
        return locked(() -> {
            var now = clock.instant();
            Map<String, Map<Integer, List<ProcessInstance>>> versions = new TreeMap<>();
            all().map(InMemoryInstance::view)
                    .filter(instance -> !instance.state().isEnded())
                    .forEach(instance -> versions.computeIfAbsent(instance.process(), name -> new TreeMap<>())
                            .computeIfAbsent(instance.version(), version -> new ArrayList<>())
                            .add(instance));
            return versions.values().stream()
                    .flatMap(ofProcess -> ofProcess.values().stream())
                    .map(instances -> unfinished(instances, now))
                    .toList();
        });
    }

    /** Sums up instances of one version. */
    private static Unfinished unfinished(List<ProcessInstance> instances, Instant now) {
        var first = instances.getFirst();
        var due = instances.stream()
                .flatMap(instance -> instance.due().stream())
                .sorted()
                .toList();
        return new Unfinished(
                first.process(),
                first.version(),
                instances.size(),
                due.size(),
                due.stream().findFirst().filter(time -> !time.isAfter(now)).map(time -> Duration.between(time, now)),
                instances.stream()
                        .filter(instance -> instance.state().isAtWork()
                                && instance.due().isEmpty()
                                && instance.waitingFor().isEmpty())
                        .map(ProcessInstance::since)
                        .min(Comparator.naturalOrder())
                        .map(since -> Duration.between(since, now)));
    }

    @Override
    public List<UnclaimedEvent> unclaimed(Optional<String> process, Optional<UnclaimedEvent> after, int limit) {
        return locked(() -> unclaimed.stream()
                .filter(event -> process.map(event.process()::equals).orElse(true))
                .filter(event -> after.isEmpty() || LOG_ORDER.compare(event, after.get()) > 0)
                .sorted(LOG_ORDER)
                .limit(limit)
                .toList());
    }

    @Override
    public List<UnclaimedEvent> unclaimedOf(String process, String id, int limit) {
        return locked(() -> unclaimed.stream()
                .filter(event -> event.process().equals(process) && event.id().equals(id))
                .sorted(LOG_ORDER)
                .limit(limit)
                .toList());
    }

    @Override
    public Map<String, Long> countUnclaimed() {
        return locked(() -> {
            Map<String, Long> counts = new TreeMap<>();
            unclaimed.forEach(event -> counts.merge(event.process(), 1L, Long::sum));
            return counts;
        });
    }

    @Override
    public int removeEnded(Duration endedFor, int limit) {
        return locked(() -> {
            var before = clock.instant().minus(endedFor);
            var old = all().map(InMemoryInstance::view)
                    .filter(instance ->
                            instance.ended().map(time -> !time.isAfter(before)).orElse(false))
                    .limit(limit)
                    .toList();
            old.forEach(instance ->
                    processes.getOrDefault(instance.process(), new HashMap<>()).remove(instance.id()));
            var forgotten = unclaimed.stream()
                    .filter(event -> !event.time().isAfter(before))
                    .limit(limit)
                    .toList();
            unclaimed.removeAll(forgotten);
            return Math.max(old.size(), forgotten.size());
        });
    }

    private <R> R locked(Supplier<R> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }
}
