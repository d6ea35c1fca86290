package dev.headwater.workflow.code;

/** The process dies here. */
final class Crash extends VirtualMachineError {

    private static final long serialVersionUID = 1L;

    Crash() {
        super("the process dies here");
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
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
