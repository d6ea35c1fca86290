package dev.headwater.postgres.append;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the server says to a batch.
 *
 * @param outcomes one for each append of the batch
 * @param streamIds the numbers that the server gave its streams, in the order of the batch; of no meaning for a stream
 *     that was to be created when that was refused
 * @param previousId the id of the event that was the last one of the log before; null when the log was empty
 */
public record BatchAnswer(
        List<AppendOutcome.Answer> outcomes,
        List<Long> streamIds,
        @Nullable UUID previousId) {}
