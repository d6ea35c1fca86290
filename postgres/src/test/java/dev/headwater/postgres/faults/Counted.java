package dev.headwater.postgres.faults;

import dev.headwater.DomainEvent;
import dev.headwater.MessageType;
import dev.headwater.MessageTypes;

/**
 * An event that says which append it is part of, so that an append can be found in the log as a whole.
 *
 * @param intent the key of the append
 * @param index its number among the events of the append, from 0
 * @param of how many events the append has
 */
@MessageType("faults.counted")
record Counted(String intent, int index, int of) implements DomainEvent {

    static final MessageTypes TYPES = MessageTypes.of(Counted.class);
}
