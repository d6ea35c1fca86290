package dev.headwater.workflow;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which instances of processes are meant; conditions are joined with <em>and</em>. Immutable: begin with {@link #ALL}
 * or {@link #of}, and each call returns a narrower filter.
 *
 * @param process of this process
 * @param version of this version of it
 * @param states in one of these states; any when there is none
 * @param stage of a table, in this stage
 * @param idPrefix whose id begins like this
 * @param attributes that show all of these
 * @param unchangedFor that have been where they are for as long as this
 */
public record ProcessFilter(
        Optional<String> process,
        Optional<Integer> version,
        Set<ProcessState> states,
        Optional<String> stage,
        String idPrefix,
        Map<String, String> attributes,
        Optional<Duration> unchangedFor) {

    /** Every instance of every process. */
    public static final ProcessFilter ALL = new ProcessFilter(
            Optional.empty(), Optional.empty(), Set.of(), Optional.empty(), "", Map.of(), Optional.empty());

    /** Copies the collections. */
    public ProcessFilter {
        states = Set.copyOf(states);
        attributes = Map.copyOf(attributes);
    }

    /** Every instance of a process. */
    public static ProcessFilter of(String process) {
        return new ProcessFilter(
                Optional.of(process), Optional.empty(), Set.of(), Optional.empty(), "", Map.of(), Optional.empty());
    }

    /** Only those of a version. */
    public ProcessFilter ofVersion(int newVersion) {
        return new ProcessFilter(process, Optional.of(newVersion), states, stage, idPrefix, attributes, unchangedFor);
    }

    /** Only those in one of these states. */
    public ProcessFilter in(ProcessState... newStates) {
        return new ProcessFilter(process, version, Set.of(newStates), stage, idPrefix, attributes, unchangedFor);
    }

    /** Only those in a stage of a table. */
    public ProcessFilter inStage(Enum<?> newStage) {
        return new ProcessFilter(
                process, version, states, Optional.of(newStage.name()), idPrefix, attributes, unchangedFor);
    }

    /** Only those whose id begins like this. */
    public ProcessFilter idsFrom(String prefix) {
        return new ProcessFilter(process, version, states, stage, prefix, attributes, unchangedFor);
    }

    /** Only those that show this value. */
    public ProcessFilter showing(String attribute, String value) {
        var more = new HashMap<>(attributes);
        more.put(attribute, value);
        return new ProcessFilter(process, version, states, stage, idPrefix, more, unchangedFor);
    }

    /** Only those that have been where they are for as long as this, by the clock of the storage. */
    public ProcessFilter unchangedFor(Duration duration) {
        return new ProcessFilter(process, version, states, stage, idPrefix, attributes, Optional.of(duration));
    }
}
