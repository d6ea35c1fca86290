package dev.headwater.postgres.append;

import dev.headwater.HeadwaterException;
import dev.headwater.store.AppendResult;
import java.sql.SQLException;
import java.util.UUID;

/** What became of one append in a call to the server. */
public sealed interface AppendOutcome {

    /** What the server says when the call succeeds. */
    sealed interface Answer extends AppendOutcome {}

    /** It is stored: durably, or as a part of the caller's transaction. */
    record Stored(AppendResult result) implements Answer {}

    /** A stream or the log was not as expected when the append had its turn; nothing of it was stored. */
    record Refused(HeadwaterException reason) implements Answer {}

    /** An event id of it is in the log already; nothing of it was stored. */
    record IdTaken(UUID id) implements Answer {}

    /** The server refused the whole call with an error; nothing was stored. */
    record Failed(SQLException cause) implements AppendOutcome {}

    /** No connection could be had, so the call was never sent. */
    record NotSent(SQLException cause) implements AppendOutcome {}

    /**
     * The connection broke while the call was under way; it may be stored or may still be stored.
     *
     * @param backend the server process that had the call
     */
    record Unknown(SQLException cause, int backend) implements AppendOutcome {}
}
