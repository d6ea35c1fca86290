package dev.headwater.workflow;

import dev.headwater.subscription.SubscriptionOverview;
import dev.headwater.subscription.SubscriptionStatus;
import dev.headwater.subscription.Subscriptions;
import dev.headwater.workflow.spi.ProcessStorage;
import dev.headwater.workflow.spi.Unfinished;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Looks whether everything moves that could. Thread-safe. */
final class Watch<T> {

    /** After so many leases whoever could have gone on should have. */
    private static final int LEASES = 3;

    private static final ProcessState[] AT_WORK =
            Stream.of(ProcessState.values()).filter(ProcessState::isAtWork).toArray(ProcessState[]::new);

    private final Subscriptions<T> subscriptions;
    private final ProcessStorage<T> storage;
    private final Map<String, Set<Integer>> versions;
    private final Set<String> names;

    /**
     * A watch over what runs here.
     *
     * @param versions those of each process
     * @param names of all subscriptions that belong to these processes
     */
    Watch(
            Subscriptions<T> subscriptions,
            ProcessStorage<T> storage,
            Map<String, Set<Integer>> versions,
            Set<String> names) {
        this.subscriptions = subscriptions;
        this.storage = storage;
        this.versions = Map.copyOf(versions);
        this.names = Set.copyOf(names);
    }

    WorkflowsStatus status() {
        var patience = subscriptions.settings().lease().multipliedBy(LEASES);
        var here = subscriptions.status().stream()
                .filter(status -> names.contains(status.name()))
                .collect(Collectors.toMap(SubscriptionStatus::name, Function.identity()));
        var known = subscriptions.overview().stream()
                .collect(Collectors.toMap(SubscriptionOverview::name, Function.identity()));
        var counts = storage.count();
        var unclaimed = storage.countUnclaimed();
        Map<String, List<Unfinished>> unfinished = storage.unfinished().stream()
                .collect(Collectors.groupingBy(Unfinished::process, TreeMap::new, Collectors.toList()));

        var all = new TreeSet<>(counts.keySet());
        all.addAll(versions.keySet());
        all.addAll(unclaimed.keySet());
        var processes = new ArrayList<WorkflowsStatus.ProcessStatus>();
        var alarms = new ArrayList<String>();
        names.stream()
                .sorted()
                .forEach(name -> alarmOf(name, here.get(name), patience).ifPresent(alarms::add));
        for (var name : all) {
            var groups = unfinished.getOrDefault(name, List.of());
            var process = process(
                    name,
                    counts.getOrDefault(name, Map.of()),
                    groups,
                    unclaimed.getOrDefault(name, 0L),
                    Optional.ofNullable(known.get("$" + name)),
                    Optional.ofNullable(here.get("$" + name)));
            processes.add(process);
            alarms.addAll(alarms(process, groups, patience));
        }
        return new WorkflowsStatus(processes, alarms);
    }

    private static WorkflowsStatus.ProcessStatus process(
            String name,
            Map<ProcessState, Long> counts,
            List<Unfinished> groups,
            long unclaimed,
            Optional<SubscriptionOverview> overview,
            Optional<SubscriptionStatus> running) {
        var owners = new HashMap<String, Long>();
        long free = 0;
        for (var segment : overview.map(SubscriptionOverview::segments).orElse(List.of())) {
            segment.owner().ifPresent(owner -> owners.merge(owner, 1L, Long::sum));
            free += segment.owner().isEmpty() ? 1 : 0;
        }
        return new WorkflowsStatus.ProcessStatus(
                name,
                counts,
                groups.stream().collect(Collectors.toMap(Unfinished::version, Unfinished::number)),
                groups.stream().mapToLong(Unfinished::timers).sum(),
                unclaimed,
                owners,
                free,
                running.map(SubscriptionStatus::lag),
                running.flatMap(SubscriptionStatus::oldestWaiting));
    }

    /** What is wrong with a subscription that should run here. */
    private static Optional<String> alarmOf(String name, @Nullable SubscriptionStatus status, Duration patience) {
        if (status == null) {
            return Optional.of("the subscription '" + name + "' does not run any more: start the workflows again");
        }
        return switch (status.state()) {
            case RUNNING, CATCHING_UP ->
                status.oldestWaiting()
                        .filter(age -> age.compareTo(patience) >= 0 && status.eventsPerSecond() == 0)
                        .map(age -> "an event has waited for '" + name + "' for " + inWords(age)
                                + ", and nothing was handled here lately: look at the threads of its owner");
            case DEGRADED, RETRYING, NOT_RENEWED, BEYOND_THE_LOG, PAUSED, REPLACED, FAILED, FORGOTTEN, STOPPED ->
                Optional.of("the subscription '" + name + "' is " + status.state()
                        + (status.reason().isEmpty() ? "" : ": " + status.reason()));
        };
    }

    private List<String> alarms(WorkflowsStatus.ProcessStatus process, List<Unfinished> groups, Duration patience) {
        var alarms = new ArrayList<String>();
        var name = process.name();
        long stuck = process.in(ProcessState.STUCK);
        if (stuck > 0) {
            alarms.add("stuck in '" + name + "': " + stuck
                    + example(name, ProcessFilter.of(name).in(ProcessState.STUCK))
                    + "; mend the code, then retry");
        }
        var here = Optional.ofNullable(versions.get(name));
        for (var group : groups) {
            late(group, patience).ifPresent(alarms::add);
            idle(group, patience).ifPresent(alarms::add);
            here.filter(known -> !known.contains(group.version()))
                    .ifPresent(known -> alarms.add("left of version " + group.version() + " of '" + name + "': "
                            + group.number() + ", and here run " + new TreeSet<>(known)
                            + "; run that version too until none is left"));
        }
        if (here.isEmpty() && !groups.isEmpty() && process.owners().isEmpty()) {
            long left = groups.stream().mapToLong(Unfinished::number).sum();
            alarms.add(
                    "unfinished in '" + name + "', which nobody runs: " + left + "; run it here, or where it belongs");
        }
        return alarms;
    }

    private static Optional<String> late(Unfinished group, Duration patience) {
        return group.overdue()
                .filter(late -> late.compareTo(patience) >= 0)
                .map(late -> "a time limit of '" + group.process() + "' has ended " + inWords(late)
                        + " ago, and nobody has recorded it: start workflows with a timekeeper");
    }

    private Optional<String> idle(Unfinished group, Duration patience) {
        var name = group.process();
        var filter =
                ProcessFilter.of(name).ofVersion(group.version()).in(AT_WORK).unchangedFor(patience);
        return group.idle()
                .filter(idle -> idle.compareTo(patience) >= 0)
                .map(idle -> "an instance of '" + name + "' could have gone on for " + inWords(idle) + ", and has not"
                        + example(name, filter) + ": a step takes that long, or nobody runs it");
    }

    private String example(String name, ProcessFilter filter) {
        return storage.list(filter, Optional.empty(), 1).stream()
                .findFirst()
                .map(instance -> ", such as " + name + " " + instance.id())
                .orElse("");
    }

    private static String inWords(Duration duration) {
        boolean isShort = duration.compareTo(Duration.ofSeconds(1)) < 0;
        return (isShort ? duration : duration.truncatedTo(ChronoUnit.SECONDS)).toString();
    }
}
