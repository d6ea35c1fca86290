package dev.headwater.workflow.code;

/**
 * Ends workflow code where it has to wait, and wherever else it cannot go on. It passes through the code of users, so
 * it is an {@link Error} without a stack trace; code that swallows it gets it again from its next call, and what it
 * returns is ignored.
 */
final class Stop extends Error {

    private static final long serialVersionUID = 1L;

    /** Why the code stops. */
    enum Why {
        /** It waits for an event, a time or a child. */
        WAITING,
        /** Another branch has decided the outcome. */
        DECIDED,
        /** The instance is being cancelled. */
        CANCELLED,
        /** Another run begins. */
        CONTINUED,
        /** The turn has come to nothing: it says why itself. */
        ABANDONED
    }

    private final Why why;

    Stop(Why why) {
        super("workflow code stops here (" + why + "): let this error pass", null, false, false);
        this.why = why;
    }

    Why why() {
        return why;
    }
}
