package dev.headwater.aggregate;

import dev.headwater.store.StreamId;

/** What became of a command to an aggregate: a closed choice. Once a command has an outcome, it keeps it. */
public sealed interface Execution {

    /**
     * It was carried out, or there was nothing to do.
     *
     * @param stream the stream of the aggregate
     * @param version the version of the last event of the command in it; where there was nothing to do, of the last
     *     event that it had, 0 for none
     */
    record Accepted(StreamId stream, long version) implements Execution {}

    /**
     * The decider refused it.
     *
     * <p>Both components are kept in the log as they are, so the messages of the exceptions with which a decider
     * refuses are written for people and hold no personal data.
     *
     * @param kind the simple name of what the decider has thrown
     * @param reason its message, perhaps empty
     */
    record Refused(String kind, String reason) implements Execution {}
}
