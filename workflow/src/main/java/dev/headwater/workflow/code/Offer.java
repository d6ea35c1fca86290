package dev.headwater.workflow.code;

import dev.headwater.store.StoredEvent;
import java.time.Instant;

/** What has happened, and is offered to the code of an instance in one turn: a closed choice. */
sealed interface Offer {

    /** Where it stands in the log; before everything when it is nothing new. */
    long position();

    /** Nothing new: the code goes on from where its journal ends. */
    record Nothing() implements Offer {
        @Override
        public long position() {
            return 0;
        }
    }

    /** Nothing, and nothing is to be done: the code is only compared with the journal. */
    record Rehearsal() implements Offer {
        @Override
        public long position() {
            return 0;
        }
    }

    /** An event that belongs to the instance. */
    record Event(StoredEvent event, String type) implements Offer {
        @Override
        public long position() {
            return event.position();
        }
    }

    /** A time has ended. */
    record TimeEnded(long position, long timer, Instant time) implements Offer {}

    /** Somebody wants the instance to stop and to undo. */
    record Cancel(long position, String by, String reason) implements Offer {}

    /** Somebody gives up a compensation. */
    record Skip(long position, String compensation, String by, String reason) implements Offer {}

    /** A child of the instance has ended. */
    record ChildEnd(long position, Entry.Parent parent, Entry.Ended ending, Instant time) implements Offer {}
}
