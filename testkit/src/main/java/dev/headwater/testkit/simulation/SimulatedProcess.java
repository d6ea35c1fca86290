package dev.headwater.testkit.simulation;

import dev.headwater.store.EventStore;
import dev.headwater.subscription.Stepper;
import dev.headwater.subscription.SubscriptionSettings;
import dev.headwater.subscription.Subscriptions;
import dev.headwater.workflow.Workflows;
import dev.headwater.workflow.spi.ProcessStorage;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;

/**
 * One life of a process in a {@link Simulation}: what an application is started with. When it dies, all that it has in
 * memory is gone; the application is started again with another one, over the same storages.
 */
public final class SimulatedProcess {

    /** The simulation itself ends leases, so that no time is spent on renewing them. */
    private static final SubscriptionSettings SETTINGS = SubscriptionSettings.DEFAULT
            .withLease(Duration.ofDays(3))
            .withPollInterval(Duration.ofDays(1))
            .recoveringWith(Duration.ofMillis(100), Duration.ofSeconds(2));

    private final Simulation simulation;
    private final Stepper stepper;
    private final EventStore store;
    private final Subscriptions<Simulation> subscriptions;

    private boolean isDead;
    private boolean isInPage;
    private boolean hasWrittenInPage;
    private Instant stillUntil = Instant.MIN;

    SimulatedProcess(Simulation simulation) {
        this.simulation = simulation;
        this.stepper = new Stepper(simulation.clock(), simulation.random());
        this.store = simulation.storeOver(new TroubledLog(simulation.events(), this));
        this.subscriptions = new Subscriptions<>(
                store, new TroubledSubscriptions(simulation.checkpoints(), this), SETTINGS.steppedBy(stepper));
    }

    /** The log, which this process cannot reach now and then, and with whose appends it dies. */
    public EventStore store() {
        return store;
    }

    /**
     * What runs subscriptions in this process, when the simulation says so. Projections are handed the simulation; what
     * they keep belongs to objects that the test has made, and survives.
     */
    public Subscriptions<Simulation> subscriptions() {
        return subscriptions;
    }

    /** Keeps the instances of processes. */
    public ProcessStorage<Simulation> processStorage() {
        return simulation.processes();
    }

    /** Begins the settings of workflows in this process. */
    public Workflows.Builder<Simulation> workflows() {
        return Workflows.builder(store, subscriptions, simulation.processes())
                .deadLetters(simulation.deadLetters())
                .transactionalSteps(simulation.receipts());
    }

    /** The simulation that it belongs to. */
    public Simulation simulation() {
        return simulation;
    }

    /**
     * Fails now and then, and lets the process die now and then: to be called by handlers and steps, before and after
     * something outside has happened.
     *
     * @throws SimulatedFailureException as often as {@link Troubles#failures} says
     */
    public void disturb() {
        mayDie();
        if (simulation.happens(simulation.troubles().failures())) {
            throw new SimulatedFailureException();
        }
    }

    // ---------------------------------------------------------------- its fate

    Stepper stepper() {
        return stepper;
    }

    boolean isDead() {
        return isDead;
    }

    void die() {
        isDead = true;
    }

    Instant stillUntil() {
        return stillUntil;
    }

    void standStillUntil(Instant time) {
        stillUntil = time;
    }

    void requireAlive() {
        if (isDead) {
            throw new Crash();
        }
    }

    void mayDie() {
        requireAlive();
        if (!isCommitted() && simulation.happens(simulation.troubles().crashes())) {
            isDead = true;
            throw new Crash();
        }
    }

    void mayFail(Supplier<? extends RuntimeException> failure) {
        if (!isCommitted() && simulation.happens(simulation.troubles().outages())) {
            throw failure.get();
        }
    }

    boolean losesClaims() {
        boolean loses = simulation.happens(simulation.troubles().lostClaims());
        if (loses) {
            simulation.renewSoon();
        }
        return loses;
    }

    /** Whether something was written that nobody could undo in memory, and that belongs to a page. */
    private boolean isCommitted() {
        return isInPage && hasWrittenInPage;
    }

    void beginsPage() {
        isInPage = true;
        hasWrittenInPage = false;
    }

    void hasWritten() {
        hasWrittenInPage = true;
    }

    void endsPage() {
        isInPage = false;
    }
}
