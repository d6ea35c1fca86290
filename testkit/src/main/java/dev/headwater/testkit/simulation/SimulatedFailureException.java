package dev.headwater.testkit.simulation;

/** Something outside has failed, as the seed of a {@link Simulation} wants it; it can be tried again. */
public final class SimulatedFailureException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    SimulatedFailureException() {
        super("simulated: it has failed, and may be tried again");
    }
}
