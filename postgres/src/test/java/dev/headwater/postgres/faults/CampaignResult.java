package dev.headwater.postgres.faults;

import java.time.Duration;

/**
 * What a campaign was.
 *
 * @param workerKills applications killed
 * @param serverKills servers killed
 * @param acknowledgedEvents events of acknowledged appends
 * @param events events in the log
 * @param ambiguousAppends appends that had no outcome when a kill happened
 * @param storedUnacknowledged those found in the log right after the kill of their application, which had not learned
 *     of it
 * @param unknownOutcomes appends whose outcome the store could not find out in time
 * @param duration how long it took
 */
record CampaignResult(
        int workerKills,
        int serverKills,
        long acknowledgedEvents,
        long events,
        long ambiguousAppends,
        long storedUnacknowledged,
        long unknownOutcomes,
        Duration duration) {

    @Override
    public String toString() {
        return ("%d kills (%d applications, %d servers), %d acknowledged events of %d in the log, %d ambiguous appends"
                        + " (%d found stored after the kill of their application, %d unknown for a while), %d s")
                .formatted(
                        workerKills + serverKills,
                        workerKills,
                        serverKills,
                        acknowledgedEvents,
                        events,
                        ambiguousAppends,
                        storedUnacknowledged,
                        unknownOutcomes,
                        duration.toSeconds());
    }
}
