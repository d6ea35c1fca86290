package dev.headwater.broker;

import dev.headwater.HeadwaterException;

/**
 * A command is refused for a reason of the business. A handler throws it to refuse, and whoever waits for the outcome
 * of a command gets it.
 */
public final class CommandRefusedException extends HeadwaterException {

    private static final long serialVersionUID = 1L;

    private final String kind;

    /**
     * Creates a refusal.
     *
     * @param kind what sort of a refusal, for programs
     * @param reason for people; without personal data, since it is kept and told
     */
    public CommandRefusedException(String kind, String reason) {
        super(reason, null);
        this.kind = kind;
    }

    /** What sort of a refusal. */
    public String kind() {
        return kind;
    }
}
