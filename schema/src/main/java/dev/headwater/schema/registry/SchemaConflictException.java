package dev.headwater.schema.registry;

import dev.headwater.HeadwaterException;

/** A version that is registered already, with another content; nothing was changed. */
public final class SchemaConflictException extends HeadwaterException {

    private static final long serialVersionUID = 1L;

    private final transient RegisteredSchema registered;

    /** Creates the exception for the version that was there first. */
    public SchemaConflictException(RegisteredSchema registered) {
        super(
                "Version " + registered.version() + " of '" + registered.type() + "' was registered at "
                        + registered.time() + " by " + registered.author()
                        + " with another content: a registered schema never changes, give the new one a new version",
                null);
        this.registered = registered;
    }

    /** The version that was there first. */
    public RegisteredSchema registered() {
        return registered;
    }
}
