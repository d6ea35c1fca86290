package dev.headwater.workflow.spi;

import dev.headwater.Metadata;
import dev.headwater.workflow.ProcessState;
import java.util.Map;
import java.util.Optional;

/**
 * What an instance is from now on.
 *
 * @param id the instance
 * @param version of the process that writes it
 * @param state what it is at
 * @param stage of a table, where it stands; empty otherwise
 * @param data what is remembered, as JSON
 * @param context what its messages carry: conversation, user, tenant and trace of what began it
 * @param timer the number of its latest time limit
 * @param limit what becomes of its time limit
 * @param waitingFor in words; empty when it does not wait
 * @param problem what keeps it from going on
 * @param attributes what it shows
 * @param position of the last event that it has taken
 */
public record InstanceChange(
        String id,
        int version,
        ProcessState state,
        String stage,
        String data,
        Metadata context,
        long timer,
        TimeLimit limit,
        String waitingFor,
        Optional<String> problem,
        Map<String, String> attributes,
        long position) {

    /** Copies the attributes. */
    public InstanceChange {
        attributes = Map.copyOf(attributes);
    }
}
