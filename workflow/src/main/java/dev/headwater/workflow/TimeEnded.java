package dev.headwater.workflow;

import dev.headwater.DomainEvent;
import dev.headwater.MessageType;
import dev.headwater.MessageTypes;
import dev.headwater.store.EventQuery;
import dev.headwater.store.StreamId;
import dev.headwater.workflow.spi.EndedTime;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.UUID;

/**
 * A time limit has ended. It stands in the log, so whatever was there before it came in time.
 *
 * @param process the process
 * @param instance its instance
 * @param timer the number of the time limit; another one than the present one of the instance means nothing any more
 */
@MessageType(TimeEnded.NAME)
record TimeEnded(String process, String instance, long timer) implements DomainEvent {

    static final String NAME = "$process.time-ended";

    static final MessageTypes TYPES = MessageTypes.builtIn(TimeEnded.class);

    private static final String CATEGORY = "$timers";

    static TimeEnded of(EndedTime ended) {
        return new TimeEnded(ended.process(), ended.id(), ended.timer());
    }

    /** The records of all processes. */
    static EventQuery query() {
        return EventQuery.ofCategories(Set.of(CATEGORY)).withReserved();
    }

    /** Where the records of a process stand. */
    StreamId stream() {
        return StreamId.of(CATEGORY, process);
    }

    /** The same whoever records it, so that it stands in the log once. */
    UUID id() {
        var name = process + '/' + timer + '/' + instance;
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
    }
}
