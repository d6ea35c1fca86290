package dev.headwater.aggregate;

import dev.headwater.DomainEvent;
import dev.headwater.MessageType;
import dev.headwater.MessageTypes;
import dev.headwater.store.StreamId;

/** What is recorded of a command that led to no event, in a reserved stream of its own. */
sealed interface CommandRecord extends DomainEvent {

    /** What is read and written here besides the types of an application. */
    MessageTypes TYPES = MessageTypes.builtIn(CommandRecord.class);

    /** The stream of the aggregate that it was for. */
    String stream();

    /** The outcome that it was recorded for. */
    Execution execution();

    /** The decider refused. */
    @MessageType("$command.refused")
    record CommandRefused(String stream, String kind, String reason) implements CommandRecord {
        @Override
        public Execution execution() {
            return new Execution.Refused(kind, reason);
        }
    }

    /** There was nothing to do. */
    @MessageType("$command.had-no-effect")
    record CommandHadNoEffect(String stream, long version) implements CommandRecord {
        @Override
        public Execution execution() {
            return new Execution.Accepted(new StreamId(stream), version);
        }
    }
}
