package dev.headwater.broker;

import dev.headwater.HeadwaterException;

/** The service that a command belongs to cannot carry it out, whoever tries again. */
public final class RemoteCommandFailedException extends HeadwaterException {

    private static final long serialVersionUID = 1L;

    private final String kind;

    /** Creates the exception for what the service has told. */
    RemoteCommandFailedException(String kind, String reason) {
        super(reason, null);
        this.kind = kind;
    }

    /** The simple name of the class of the failure, over there. */
    public String kind() {
        return kind;
    }
}
