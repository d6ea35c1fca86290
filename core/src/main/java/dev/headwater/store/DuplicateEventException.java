package dev.headwater.store;

import dev.headwater.HeadwaterException;
import java.util.UUID;

/** An event id of the append is already taken by an event that this append did not write. Nothing was stored. */
public final class DuplicateEventException extends HeadwaterException {

    private static final long serialVersionUID = 1L;

    private final UUID eventId;

    /** Creates the exception for an id that another event has. */
    public DuplicateEventException(UUID eventId) {
        super(
                "The event id " + eventId
                        + " is already in the log, but not as part of this very append: nothing was stored;"
                        + " give every event an id of its own, and repeat an append with the same ids only as a whole",
                null);
        this.eventId = eventId;
    }

    /** The id that is taken. */
    public UUID eventId() {
        return eventId;
    }
}
