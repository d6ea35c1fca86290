package dev.headwater.workflow.code;

/** The process dies here. */
final class Crash extends Error {

    private static final long serialVersionUID = 1L;

    Crash() {
        super("the process dies here", null, false, false);
    }

    static boolean is(Throwable failure) {
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof Crash) {
                return true;
            }
        }
        return false;
    }
}
