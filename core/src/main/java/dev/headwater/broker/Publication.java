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
     * Nothing is left of the key, on a topic that keeps the latest record of each key.
     *
     * @param topic where it goes
     */
    record Tombstone(String topic) implements Publication {}
}
