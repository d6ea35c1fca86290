package dev.headwater.workflow;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which instances of processes are meant; conditions are joined with <em>and</em>. Immutable: begin with {@link #ALL}
 * or {@link #of}, and each call returns a narrower filter. Durations are by the clock of the storage.
 *
 * @param process of this process
 * @param version of this version of it
 * @param states in one of these states; any when there is none
 * @param stage of a table, in this stage
 * @param idPrefix whose id begins like this
 * @param attributes that show all of these
 * @param words what they wait for, and what keeps them from going on
 * @param unchangedFor that have been where they are for as long as this
 * @param startedFor that began as long ago as this, or longer
 */
public record ProcessFilter(
        Optional<String> process,
        Optional<Integer> version,
        Set<ProcessState> states,
        Optional<String> stage,
        String idPrefix,
        Map<String, String> attributes,
        Words words,
        Optional<Duration> unchangedFor,
        Optional<Duration> startedFor) {

    /** Every instance of every process. */
    public static final ProcessFilter ALL = new ProcessFilter(
            Optional.empty(),
            Optional.empty(),
            Set.of(),
            Optional.empty(),
            "",
            Map.of(),
            new Words("", ""),
            Optional.empty(),
            Optional.empty());

    /**
     * What is told of an instance in words; empty ones are in any.
     *
     * @param waitingFor is a part of what it waits for
     * @param problem is a part of what keeps it from going on, or of the last error of what is tried again
     */
    public record Words(String waitingFor, String problem) {}

    /** Copies the collections. */
    public ProcessFilter {
        states = Set.copyOf(states);
        attributes = Map.copyOf(attributes);
    }

    /** Every instance of a process. */
    public static ProcessFilter of(String process) {
        return new ProcessFilter(
                Optional.of(process),
                ALL.version,
                ALL.states,
                ALL.stage,
                ALL.idPrefix,
                ALL.attributes,
                ALL.words,
                ALL.unchangedFor,
                ALL.startedFor);
    }

    /** Only those of a version. */
    public ProcessFilter ofVersion(int newVersion) {
        return new ProcessFilter(
                process, Optional.of(newVersion), states, stage, idPrefix, attributes, words, unchangedFor, startedFor);
    }

    /** Only those in one of these states. */
    public ProcessFilter in(ProcessState... newStates) {
        return new ProcessFilter(
                process, version, Set.of(newStates), stage, idPrefix, attributes, words, unchangedFor, startedFor);
    }

    /** Only those in a stage of a table. */
    public ProcessFilter inStage(Enum<?> newStage) {
        return new ProcessFilter(
                process,
                version,
                states,
                Optional.of(newStage.name()),
                idPrefix,
                attributes,
                words,
                unchangedFor,
                startedFor);
    }

    /** Only those whose id begins like this. */
    public ProcessFilter idsFrom(String prefix) {
        return new ProcessFilter(process, version, states, stage, prefix, attributes, words, unchangedFor, startedFor);
    }

    /** Only those that show this value. */
    public ProcessFilter showing(String attribute, String value) {
        var more = new HashMap<>(attributes);
        more.put(attribute, value);
        return new ProcessFilter(process, version, states, stage, idPrefix, more, words, unchangedFor, startedFor);
    }

    /** Only those that wait for something in whose words this stands, such as the name of a type. */
    public ProcessFilter waitingFor(String part) {
        return told(new Words(part, words.problem()));
    }

    /** Only those whose problem, or last error, has this in it. */
    public ProcessFilter withProblem(String part) {
        return told(new Words(words.waitingFor(), part));
    }

    private ProcessFilter told(Words newWords) {
        return new ProcessFilter(
                process, version, states, stage, idPrefix, attributes, newWords, unchangedFor, startedFor);
    }

    /** Only those that have been where they are for as long as this. */
    public ProcessFilter unchangedFor(Duration duration) {
        return new ProcessFilter(
                process, version, states, stage, idPrefix, attributes, words, Optional.of(duration), startedFor);
    }

    /** Only those that began as long ago as this, or longer. */
    public ProcessFilter startedFor(Duration duration) {
        return new ProcessFilter(
                process, version, states, stage, idPrefix, attributes, words, unchangedFor, Optional.of(duration));
    }
}
