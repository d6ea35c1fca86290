package dev.headwater.testkit.simulation;

import dev.headwater.MessageSerializer;
import dev.headwater.MessageTypes;
import dev.headwater.memory.InMemoryEventStorage;
import dev.headwater.memory.InMemorySubscriptionStorage;
import dev.headwater.store.EventQuery;
import dev.headwater.store.EventStore;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.spi.EventStorage;
import dev.headwater.subscription.DeadLetters;
import dev.headwater.subscription.Stepper;
import dev.headwater.subscription.SubscriptionSettings;
import dev.headwater.subscription.Subscriptions;
import dev.headwater.workflow.ProcessInstance;
import dev.headwater.workflow.Workflows;
import dev.headwater.workflow.memory.InMemoryProcessStorage;
import dev.headwater.workflow.memory.InMemoryStepReceipts;
import dev.headwater.workflow.spi.StepReceipts;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A system of processes on one log, in memory and on one thread, whose seed decides everything that is up to chance:
 * who does something next, where a process dies, what fails, what is delivered again, for how long a process stands
 * still. Ids are drawn as well, and time is that of the simulation. So a seed repeats a run exactly, its whole
 * {@linkplain #log log} with ids and times included.
 *
 * <p>What works in it is the engine that works in production, over the storages in memory. The code of a workflow runs
 * once more after each of its turns, and what it does is compared: code that asks the clock, or depends on an order
 * that nobody has promised, is {@linkplain #leftOver left over} as stuck.
 *
 * <p>Time passes when the test says so, and never by itself. A process dies with all it has in memory; after a while
 * the application is started again over the same storages. Not thread-safe; several simulations may run side by side.
 *
 * <pre>{@code
 * Simulation.seeds(TYPES, 1_000).forEach(simulation -> {
 *     simulation.running(process -> process.workflows().run(STAY).start());
 *     simulation.workflows().start(STAY, "1", new Stay("Ann", 3));
 *     simulation.pass(ofHours(1));
 *     simulation.finish(ofDays(1));
 *     assertThat(simulation.find("stay", "1").orElseThrow().state()).isEqualTo(COMPLETED);
 * });
 * }</pre>
 */
public final class Simulation {

    private static final Instant BEGINNING = Instant.parse("2026-01-01T00:00:00Z");

    /** What takes more steps without any time passing has no end. */
    private static final int MOST_STEPS = 100_000;

    private static final int LONGEST_STANDSTILL_SECONDS = 90;

    /** Within it subscriptions store how far they have come where nothing concerns them. */
    private static final Duration A_LITTLE = Duration.ofSeconds(5);

    /** How long a process keeps what it works on without a sign of life. */
    private static final Duration LEASE = Duration.ofSeconds(30);

    /** How long it takes until somebody notices that there is something to take over. */
    private static final Duration RENEWAL = LEASE.dividedBy(3);

    private static final String NOBODY = "";

    private final long seed;
    private final RandomGenerator random;
    private final MessageSerializer serializer;
    private final InMemoryEventStorage events = new InMemoryEventStorage();
    private final InMemorySubscriptionStorage<Simulation> checkpoints;
    private final InMemoryProcessStorage<Simulation> processes;
    private final StepReceipts<Simulation> receipts;
    private final EventStore store;
    private final Workflows workflows;
    private final List<Slot> slots = new ArrayList<>();
    private final List<Lease> ending = new ArrayList<>();

    private Troubles troubles;
    private Instant now = BEGINNING;

    private Simulation(MessageSerializer serializer, long seed) {
        this.seed = seed;
        this.random = new SplittableRandom(seed);
        this.serializer = serializer;
        this.troubles = Troubles.USUAL.drawn(random);
        this.checkpoints = new InMemorySubscriptionStorage<>(this, clock());
        this.processes = new InMemoryProcessStorage<>(events, clock());
        this.receipts = new InMemoryStepReceipts<>(events, Simulation.class, this);
        this.store = storeOver(events);
        var outside = SubscriptionSettings.DEFAULT.steppedBy(new Stepper(clock(), random));
        this.workflows = Workflows.builder(store, new Subscriptions<>(store, checkpoints, outside), processes)
                .deadLetters(deadLetters())
                .withoutTimekeeper()
                .start();
    }

    /** What an application does when a process of it starts. */
    @FunctionalInterface
    public interface Application {
        /** Starts subscriptions and workflows, in a process that has just begun. */
        void start(SimulatedProcess process) throws Exception;
    }

    /** A place for a process: one life follows the other. */
    private static final class Slot {
        private final Application application;
        private @Nullable SimulatedProcess process;
        private Instant startsAt;

        private Slot(Application application, Instant startsAt) {
            this.application = application;
            this.startsAt = startsAt;
        }
    }

    /** What a process holds that gives no sign of life, and until when; all look then what is theirs. */
    private record Lease(String instance, Instant end) {}

    /** A simulation of a system that stores these messages, with one seed. */
    public static Simulation of(MessageTypes types, long seed) {
        return of(new MessageSerializer(types), seed);
    }

    /** A simulation of a system that writes and reads messages in its own way, with one seed. */
    public static Simulation of(MessageSerializer serializer, long seed) {
        return new Simulation(serializer, seed);
    }

    /** Simulations of a system that stores these messages, with so many seeds from 1 on. */
    public static Seeds seeds(MessageTypes types, int number) {
        return seeds(new MessageSerializer(types), number);
    }

    /** Simulations of a system that writes and reads messages in its own way, with so many seeds from 1 on. */
    public static Seeds seeds(MessageSerializer serializer, int number) {
        return new Seeds(serializer, 1, number);
    }

    // ---------------------------------------------------------------- the system

    /** From now on a process runs an application; called again, one process more. */
    public Simulation running(Application application) {
        slots.add(new Slot(application, now));
        startThoseDue();
        return this;
    }

    /** From now on these things go wrong, so often; {@link Troubles#USUAL} unless chosen. */
    public Simulation with(Troubles newTroubles) {
        troubles = newTroubles.drawn(random);
        return this;
    }

    /** From now on nothing goes wrong any more; processes that are away come back in their time. */
    public Simulation calm() {
        troubles = Troubles.NONE;
        alive().forEach(process -> process.standStillUntil(now));
        share();
        return this;
    }

    /** Lets every process die now; they come back after so long. */
    public void crash(Duration downtime) {
        slots.forEach(slot -> bury(slot, downtime));
    }

    // ---------------------------------------------------------------- time

    /** Has everything done that can be done now, without any time passing. */
    public void settle() {
        for (int steps = 0; step(); steps++) {
            if (steps == MOST_STEPS) {
                throw new IllegalStateException("There is no end of it at " + now + ": after " + MOST_STEPS
                        + " steps there was still something to do without any time passing");
            }
        }
    }

    /** Lets time pass, and everything happen that comes with it. */
    public void pass(Duration time) {
        var end = now.plus(time);
        settle();
        for (var next = next(); next.isPresent() && !next.get().isAfter(end); next = next()) {
            now = next.get().isAfter(now) ? next.get() : now.plusMillis(1);
            settle();
        }
        now = end;
        settle();
    }

    /**
     * Lets nothing go wrong any more and so much time pass, and looks whether everything has come to its end.
     *
     * @throws AssertionError when something is {@linkplain #leftOver left over}
     */
    public void finish(Duration time) {
        calm();
        pass(time);
        renew();
        pass(A_LITTLE);
        var left = leftOver();
        if (!left.isEmpty()) {
            throw new AssertionError("Expected that everything has come to its end by " + now + ", and found\n  "
                    + String.join("\n  ", left));
        }
    }

    /** Does one thing, if there is one to do. */
    private boolean step() {
        endLeases();
        startThoseDue();
        var able = slots.stream().filter(this::hasSomethingToDo).toList();
        if (able.isEmpty()) {
            return false;
        }
        var slot = able.get(able.size() == 1 ? 0 : random.nextInt(able.size()));
        alive(slot, process -> process.stepper().step());
        var process = slot.process;
        if (process != null && happens(troubles.standstills())) {
            standStill(process, Duration.ofSeconds(random.nextInt(LONGEST_STANDSTILL_SECONDS)));
        }
        return true;
    }

    private void standStill(SimulatedProcess process, Duration time) {
        process.standStillUntil(now.plus(time));
        if (time.compareTo(LEASE) > 0) {
            ending.add(new Lease(process.subscriptions().instance(), now.plus(LEASE)));
            ending.add(new Lease(NOBODY, process.stillUntil()));
        }
    }

    private Stream<SimulatedProcess> alive() {
        return slots.stream().flatMap(slot -> Stream.ofNullable(slot.process));
    }

    /** Has every process find out what is its share, as it would do some time later. */
    private void renew() {
        alive().forEach(process -> process.subscriptions().renewSoon());
    }

    /** Processes come and go: some give back what is too much for them, and then others take that. */
    private void share() {
        renew();
        ending.add(new Lease(NOBODY, now.plus(RENEWAL)));
        ending.add(new Lease(NOBODY, now.plus(RENEWAL.multipliedBy(2))));
    }

    /** What others keep from working on is given free. */
    private void endLeases() {
        var ended = ending.stream().filter(lease -> !lease.end().isAfter(now)).toList();
        for (var lease : ended) {
            if (!lease.instance().equals(NOBODY)) {
                checkpoints
                        .overview(Optional.empty())
                        .forEach(subscription -> checkpoints.leave(subscription.name(), lease.instance()));
            }
        }
        if (ended.stream().anyMatch(lease -> !lease.instance().equals(NOBODY))) {
            share();
        } else if (!ended.isEmpty()) {
            renew();
        }
        ending.removeAll(ended);
    }

    private boolean hasSomethingToDo(Slot slot) {
        var process = slot.process;
        return process != null && isAtWork(process) && process.stepper().hasSomethingToDo();
    }

    private boolean isAtWork(SimulatedProcess process) {
        return !process.stillUntil().isAfter(now);
    }

    private void startThoseDue() {
        for (var slot : slots) {
            if (slot.process == null && !slot.startsAt.isAfter(now)) {
                slot.process = new SimulatedProcess(this);
                alive(slot, slot.application::start);
                share();
            }
        }
    }

    private interface Deed {
        void with(SimulatedProcess process) throws Exception;
    }

    /** Has a process do something, and buries it if it dies of that. */
    private void alive(Slot slot, Deed deed) {
        var process = slot.process;
        if (process == null) {
            return;
        }
        try {
            deed.with(process);
        } catch (Crash e) {
            process.die();
        } catch (RuntimeException e) {
            if (!process.isDead()) {
                throw e;
            }
        } catch (Exception e) {
            if (!process.isDead()) {
                throw new IllegalStateException("The application could not be started: " + e.getMessage(), e);
            }
        }
        if (process.isDead()) {
            long seconds = troubles.longestDowntime().toSeconds();
            bury(slot, Duration.ofSeconds(random.nextBoolean() ? 1 : random.nextLong(seconds + 1)));
        }
    }

    private void bury(Slot slot, Duration downtime) {
        var process = slot.process;
        if (process != null) {
            process.die();
            ending.add(new Lease(process.subscriptions().instance(), now.plus(LEASE)));
        }
        slot.process = null;
        slot.startsAt = now.plus(downtime);
    }

    private Optional<Instant> next() {
        return Stream.concat(slots.stream().flatMap(this::next), ending.stream().map(Lease::end))
                .min(Instant::compareTo);
    }

    private Stream<Instant> next(Slot slot) {
        var process = slot.process;
        if (process == null) {
            return Stream.of(slot.startsAt);
        }
        if (!isAtWork(process)) {
            return Stream.of(process.stillUntil());
        }
        var stepper = process.stepper();
        var limit = processes.nextDue().flatMap(due -> stepper.nextLook().map(look -> later(due, look)));
        return Stream.concat(stepper.next().stream(), limit.stream());
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    // ---------------------------------------------------------------- what a test sees

    /** Which seed it is. */
    public long seed() {
        return seed;
    }

    /** What is up to chance; for a test that draws what happens as well. */
    public RandomGenerator random() {
        return random;
    }

    /** What time it is. */
    public Instant now() {
        return now;
    }

    /** The clock of everything in it. */
    public InstantSource clock() {
        return this::now;
    }

    /** The log for the test, to which nothing goes wrong. */
    public EventStore store() {
        return store;
    }

    /** Starts, cancels and shows instances for the test, to which nothing goes wrong; what follows is done in steps. */
    public Workflows workflows() {
        return workflows;
    }

    /** An instance of a process, if there is one. */
    public Optional<ProcessInstance> find(String process, String id) {
        return processes.find(process, id);
    }

    /** The events that could not be handled. */
    public DeadLetters deadLetters() {
        return checkpoints.deadLetters();
    }

    /**
     * What has not come to an end, a line each: dead letters, subscriptions that are behind, instances that have not
     * ended, and time limits that are running.
     */
    public List<String> leftOver() {
        return LeftOver.in(events.headPosition(), checkpoints, processes);
    }

    /** Everything that is recorded, a line each, with ids and times: the same for the same seed. */
    public List<String> log() {
        return store.readLogAsStored(0, EventQuery.all().withReserved())
                .map(Simulation::line)
                .toList();
    }

    private static String line(StoredEvent event) {
        return event.position() + " " + event.time() + " " + event.stream() + " " + event.version() + " " + event.type()
                + " " + event.id() + " " + new String(event.encoded().payload(), StandardCharsets.UTF_8);
    }

    // ---------------------------------------------------------------- for its processes

    Troubles troubles() {
        return troubles;
    }

    /** Somebody takes over what was lost, as it would come to pass by itself. */
    void renewSoon() {
        ending.add(new Lease(NOBODY, now.plus(RENEWAL)));
    }

    boolean happens(double share) {
        return share > 0 && random.nextDouble() < share;
    }

    EventStorage events() {
        return events;
    }

    InMemorySubscriptionStorage<Simulation> checkpoints() {
        return checkpoints;
    }

    InMemoryProcessStorage<Simulation> processes() {
        return processes;
    }

    StepReceipts<Simulation> receipts() {
        return receipts;
    }

    EventStore storeOver(EventStorage storage) {
        return new EventStore(storage, serializer)
                .withClock(clock())
                .withIds(() -> new UUID(random.nextLong(), random.nextLong()));
    }
}
