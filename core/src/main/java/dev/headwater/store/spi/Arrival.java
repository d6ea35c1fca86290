package dev.headwater.store.spi;

import dev.headwater.store.Origin;
import java.util.Optional;

/** What is known, beside the event itself, of one that came from elsewhere. Immutable. */
public interface Arrival {

    /** Where it stood in the log of its source. */
    Origin origin();

    /** Why it is not the event that it should be; it is handed to every reader, since nobody knows whom it concerns. */
    Optional<String> problem();

    /**
     * All that came, as bytes of which {@link EventStorage#restore} makes the event again: a dead letter holds them,
     * since the log may forget the event.
     */
    byte[] record();
}
