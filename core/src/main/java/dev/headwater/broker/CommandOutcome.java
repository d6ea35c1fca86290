package dev.headwater.broker;

import dev.headwater.IntegrationEvent;
import dev.headwater.MessageType;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/**
 * What became of a command that another service was asked to carry out: a closed choice. Once a command has an outcome,
 * it keeps it. It is told as a message whose cause is the command.
 */
public sealed interface CommandOutcome extends IntegrationEvent {

    /** The kind of the refusal of a command that came too late. */
    String EXPIRED = "expired";

    /** The id of the command. */
    UUID command();

    /**
     * It was carried out, or there was nothing to do.
     *
     * @param answer what its handler has answered; a JSON null when it answers nothing
     */
    @MessageType("$outcome.answered")
    record Answered(UUID command, JsonNode answer) implements CommandOutcome {}

    /**
     * Nothing was done, for a reason of the business.
     *
     * @param kind what sort of a refusal, such as {@link #EXPIRED}, or the simple name of what a decider has thrown
     * @param reason in words for people
     */
    @MessageType("$outcome.refused")
    record Refused(UUID command, String kind, String reason) implements CommandOutcome {}

    /**
     * It cannot be carried out, whoever tries it again.
     *
     * @param kind the simple name of the class of the failure
     * @param reason in words for people
     */
    @MessageType("$outcome.failed")
    record Failed(UUID command, String kind, String reason) implements CommandOutcome {}
}
