package dev.headwater.workflow;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How workflows, process managers and policies are doing: those that run here, and those that have instances in the
 * same database. It says that all is well only when everything that could move does.
 *
 * @param processes by name
 * @param alarms what needs somebody, a sentence each; none when all is well
 */
public record WorkflowsStatus(List<ProcessStatus> processes, List<String> alarms) {

    /** Copies the lists. */
    public WorkflowsStatus {
        processes = List.copyOf(processes);
        alarms = List.copyOf(alarms);
    }

    /** Whether nothing needs somebody. */
    public boolean isWell() {
        return alarms.isEmpty();
    }

    /**
     * How one process is doing.
     *
     * @param name of the process
     * @param instances how many there are, by state
     * @param unfinished how many of them have not ended, by version
     * @param timers how many time limits run
     * @param unclaimed how many events no instance took
     * @param owners how many segments of its keys each instance of the subscriptions has, by name of that instance
     * @param free how many segments nobody has
     * @param lag how many events of the log it is behind; empty when it does not run here
     * @param oldestWaiting the age of the oldest event that waits for it; empty when there is none
     */
    public record ProcessStatus(
            String name,
            Map<ProcessState, Long> instances,
            Map<Integer, Long> unfinished,
            long timers,
            long unclaimed,
            Map<String, Long> owners,
            long free,
            Optional<Long> lag,
            Optional<Duration> oldestWaiting) {

        /** Copies the maps. */
        public ProcessStatus {
            instances = Map.copyOf(instances);
            unfinished = Map.copyOf(unfinished);
            owners = Map.copyOf(owners);
        }

        /** How many instances are in a state. */
        public long in(ProcessState state) {
            return instances.getOrDefault(state, 0L);
        }
    }
}
