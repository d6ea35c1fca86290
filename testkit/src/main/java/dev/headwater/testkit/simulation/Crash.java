package dev.headwater.testkit.simulation;

/** The process is dead: whatever it still does comes to nothing. */
final class Crash extends VirtualMachineError {

    private static final long serialVersionUID = 1L;

    Crash() {
        super("the simulated process is dead");
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
