package dev.headwater.broker;

import dev.headwater.Command;
import dev.headwater.IntegrationEvent;

/** What a {@link Relay} makes of an event: a closed choice. */
public sealed interface Publication {

    /** Where it goes. */
    String topic();

    /**
     * Told to whoever subscribes to the topic.
     *
     * @param topic where it goes
     * @param event what is told
     */
    record Event(String topic, IntegrationEvent event) implements Publication {}

    /**
     * Asked of the service that the topic belongs to.
     *
     * @param topic where it goes
     * @param command what is asked
     */
    record Request(String topic, Command<?> command) implements Publication {}

    /**
     * The event as it stands in the log, or the command, with its own id: where the events of a service are what it
     * tells others, or where a process sends a command to the service that carries it out.
     *
     * @param topic where it goes
     */
    record Itself(String topic) implements Publication {}

    /**
     * Nothing is left of the key, on a topic that keeps the latest record of each key.
     *
     * @param topic where it goes
     */
    record Tombstone(String topic) implements Publication {}
}
