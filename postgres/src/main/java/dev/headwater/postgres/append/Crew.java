package dev.headwater.postgres.append;

import java.util.List;

/** What a flight needs from the server. */
interface Crew {

    /**
     * Sends a batch and returns one outcome for each append.
     *
     * @param isDoubtful whether an earlier call may have stored some of it
     */
    List<? extends AppendOutcome> send(AppendBatch batch, boolean isDoubtful);

    /**
     * A batch is back, and the next one is on its way.
     *
     * @param queued how many waited when it came back
     * @param nanos how long it took
     */
    default void landed(AppendBatch batch, int queued, long nanos) {}

    /** The outcomes of appends that were refused, of which some may be repetitions of appends that were stored. */
    List<? extends AppendOutcome> recognise(List<Flight.Refused> refused);
}
