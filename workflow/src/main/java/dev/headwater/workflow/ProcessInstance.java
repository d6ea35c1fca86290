package dev.headwater.workflow;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * How one instance of a process is doing. Times are the storage's.
 *
 * @param process the name of the process
 * @param version of the process, which took the last event
 * @param id tells the instances of a process apart
 * @param state what it is at
 * @param stage of a table, where it stands; empty otherwise
 * @param waitingFor in words, as in "PaymentCompleted or PaymentFailed"; empty when it does not wait
 * @param due when its time limit ends, if it has one
 * @param since when it came to this state and stage
 * @param started when it began
 * @param ended when it came to its end
 * @param problem what keeps it from going on, or the last error of what is tried again
 * @param attributes what it shows, and is found by
 */
public record ProcessInstance(
        String process,
        int version,
        String id,
        ProcessState state,
        String stage,
        String waitingFor,
        Optional<Instant> due,
        Instant since,
        Instant started,
        Optional<Instant> ended,
        Optional<String> problem,
        Map<String, String> attributes) {

    /** Copies the attributes. */
    public ProcessInstance {
        attributes = Map.copyOf(attributes);
    }
}
