package dev.headwater.workflow.code;

import dev.headwater.DomainEvent;
import dev.headwater.Envelope;
import dev.headwater.MessageType;
import dev.headwater.MessageTypes;
import dev.headwater.Metadata;
import dev.headwater.aggregate.DeciderRepository;
import dev.headwater.memory.InMemoryEventStorage;
import dev.headwater.store.Append;
import dev.headwater.store.AppendResult;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.NewEvent;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import dev.headwater.store.ToolkitStore;
import dev.headwater.store.spi.EncodedAppend;
import dev.headwater.store.spi.EventStorage;
import dev.headwater.store.spi.ForwardingEventStorage;
import dev.headwater.workflow.WorkflowDefinition;
import dev.headwater.workflow.code.Shop.OrderEvent;
import dev.headwater.workflow.code.Shop.PaymentEvent;
import dev.headwater.workflow.code.Shop.ShopCommand;
import dev.headwater.workflow.code.Shop.StockEvent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log, the services of the shop, two runners of a workflow and a timekeeper on one thread, driven by one seed: who
 * does something next, what comes twice, how time passes, and where the process dies. Nothing else decides anything, so
 * the same seed gives the same log, with its ids and times.
 */
final class Simulation {

    private static final Logger LOG = LoggerFactory.getLogger(Simulation.class);
    private static final int MOST_STEPS = 20_000;

    /** The end of a time, as it stands in the log. */
    @MessageType("$process.time-ended")
    record TimeEnded(String process, String instance, long timer) implements DomainEvent {}

    static final MessageTypes BUILT_IN = MessageTypes.builtIn(Entry.class, Remarks.class, TimeEnded.class);

    /** What goes wrong in a simulation. */
    static final class Troubles {
        long crashAt = -1;
        double crashes;
        double repetitions;
        double overlaps;
        boolean longDowntime;
        boolean commandsAreNotRecognised;
        boolean timersOvertakeTheLog;
        UnaryOperator<EventStorage> storage = UnaryOperator.identity();
    }

    private static final long MOST_APPENDS = 3_000;

    private final Random random;
    private final Troubles troubles;
    private final EventStorage storage;
    private final EventStore store;
    private final EventStore toolkit;
    private final World world;
    private final DeciderRepository<ShopCommand, String, OrderEvent> orders;
    private final DeciderRepository<ShopCommand, String, PaymentEvent> payments;
    private final DeciderRepository<ShopCommand, String, StockEvent> stock;
    private final List<List<WorkflowDefinition<?, ?>>> workflows = new ArrayList<>();
    private final List<List<WorkflowReactor>> runners = new ArrayList<>();
    private final Map<String, Queue> queues = new TreeMap<>();
    private final Map<String, Instant> timers = new TreeMap<>();
    private final Map<String, TimeEnded> records = new HashMap<>();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private long read;
    private long boundaries;
    private long appends;
    private boolean isOverlapping;
    private boolean isCalm;

    /** The events of one key of one reader, and how many of them are handled and stored as handled. */
    private static final class Queue {
        final List<Work> work = new ArrayList<>();
        int done;
        int stored;
    }

    private record Work(StoredEvent event, Callable<Void> handle, Instant notBefore) {}

    Simulation(long seed, Troubles troubles) {
        this.random = new Random(seed);
        this.troubles = troubles;
        this.world = new World(random);
        this.storage = troubles.storage.apply(new Boundaries(new InMemoryEventStorage()));
        this.store = new EventStore(storage, Shop.TYPES)
                .withClock(() -> now)
                .withIds(() -> new UUID(random.nextLong(), random.nextLong()));
        this.toolkit = ToolkitStore.of(store, BUILT_IN);
        this.orders = DeciderRepository.of(store, "order", OrderEvent.class, new Shop.Orders());
        this.payments = DeciderRepository.of(store, "payment", PaymentEvent.class, new Shop.Payments());
        this.stock = DeciderRepository.of(store, "stock", StockEvent.class, new Shop.Stock());
    }

    /** Dies where it is to die: before and after every append. */
    private final class Boundaries extends ForwardingEventStorage {
        Boundaries(EventStorage storage) {
            super(storage);
        }

        @Override
        public AppendResult append(EncodedAppend append) {
            boundary();
            var result = super.append(append);
            appends++;
            if (appends > MOST_APPENDS) {
                throw new AssertionError("More than " + MOST_APPENDS + " appends: it does not come to an end");
            }
            boundary();
            return result;
        }
    }

    private void boundary() {
        if (isCalm) {
            return;
        }
        boundaries++;
        if (boundaries == troubles.crashAt || random.nextDouble() < troubles.crashes) {
            throw new Crash();
        }
    }

    private final class OneThread implements Hands {
        @Override
        public void pause(Duration time) {
            now = now.plus(time);
        }

        @Override
        public <T> T within(Duration limit, Callable<T> effect) throws Exception {
            boundary();
            overlap();
            T result;
            try {
                result = effect.call();
            } catch (Exception e) {
                boundary();
                throw e;
            }
            boundary();
            overlap();
            return result;
        }

        @Override
        public void sideBySide(List<Runnable> pieces) {
            var shuffled = new ArrayList<>(pieces);
            Collections.shuffle(shuffled, random);
            shuffled.forEach(Runnable::run);
        }
    }

    /** The log as it is stored. */
    EventStorage storage() {
        return storage;
    }

    World world() {
        return world;
    }

    EventStore toolkit() {
        return toolkit;
    }

    Instant now() {
        return now;
    }

    long appends() {
        return appends;
    }

    long boundaries() {
        return boundaries;
    }

    DeciderRepository<ShopCommand, String, OrderEvent> orders() {
        return orders;
    }

    DeciderRepository<ShopCommand, String, PaymentEvent> payments() {
        return payments;
    }

    DeciderRepository<ShopCommand, String, StockEvent> stock() {
        return stock;
    }

    Surroundings surroundings() {
        var routes = new AggregateRoutes()
                .add(ShopCommand.Ship.class, orders, ShopCommand::order)
                .add(ShopCommand.Cancel.class, orders, ShopCommand::order);
        return new Surroundings(toolkit, routes, new OneThread(), Receipts.none());
    }

    /** Runs a workflow, in these versions. */
    void run(WorkflowDefinition<?, ?>... versions) {
        workflows.add(List.of(versions));
        runners.add(new ArrayList<>());
        restartRunners();
    }

    /** The last workflow goes on with other code, and what was put aside is tried again. */
    void replace(WorkflowDefinition<?, ?>... versions) {
        workflows.set(workflows.size() - 1, List.of(versions));
        restartRunners();
    }

    private void restartRunners() {
        for (int i = 0; i < workflows.size(); i++) {
            runners.set(i, List.of(runner(workflows.get(i)), runner(workflows.get(i))));
        }
    }

    private WorkflowReactor runner(List<WorkflowDefinition<?, ?>> versions) {
        return new WorkflowReactor(
                new InstanceTurns(versions, surroundings()),
                surroundings(),
                "$process.time-ended",
                event -> new WorkflowReactor.TimeEnded(
                        ((TimeEnded) event).process(), ((TimeEnded) event).instance(), ((TimeEnded) event).timer()));
    }

    /** Something happens, outside of everything that goes wrong. */
    void happen(StreamId stream, DomainEvent... events) {
        calmly(() -> (stream.isReserved() ? toolkit : store).append(stream, ExpectedVersion.any(), events));
    }

    /** Somebody starts an instance, outside of everything that goes wrong. */
    <I> void start(WorkflowDefinition<I, ?> definition, String id, I input) {
        calmly(() -> new Calls(toolkit).start(definition, id, input));
    }

    private void calmly(Runnable work) {
        isCalm = true;
        try {
            work.run();
        } finally {
            isCalm = false;
        }
    }

    /** Goes on until nothing is left to be done; what may still come by itself in time has come then. */
    void settle() {
        if (!settle(MOST_STEPS)) {
            throw new IllegalStateException("there is no end of it after " + MOST_STEPS + " steps");
        }
    }

    /** Goes on for so many steps at most; whether nothing is left to be done then. */
    boolean settle(int steps) {
        for (int step = 0; step < steps; step++) {
            try {
                if (!step()) {
                    return true;
                }
            } catch (JournalMovedException e) {
                LOG.debug("comes again: {}", e.getMessage());
            } catch (Exception | Error e) {
                if (!Crash.is(e)) {
                    throw e instanceof RuntimeException failure ? failure : new IllegalStateException(e);
                }
                restart();
            }
        }
        return false;
    }

    /** What was in memory is gone, and what was done since the last checkpoint comes again. */
    private void restart() {
        restartRunners();
        queues.values().forEach(queue -> queue.done = queue.stored);
        now = now.plus(troubles.longDowntime ? Duration.ofHours(2) : Duration.ofSeconds(1));
    }

    private boolean step() throws Exception {
        readLog();
        var ready = new ArrayList<Callable<Void>>();
        Instant next = null;
        for (var queue : queues.values()) {
            if (queue.done < queue.work.size()) {
                var work = queue.work.get(queue.done);
                if (work.notBefore().isAfter(now)) {
                    next = earlier(next, work.notBefore());
                } else {
                    ready.add(() -> handle(queue));
                }
            }
        }
        for (var timer : timers.entrySet()) {
            if (timer.getValue().isAfter(now)) {
                next = earlier(next, timer.getValue());
            } else {
                ready.add(() -> end(timer.getKey()));
            }
        }
        if (!ready.isEmpty()) {
            ready.get(random.nextInt(ready.size())).call();
            return true;
        }
        if (next == null) {
            return false;
        }
        now = next;
        return true;
    }

    private static Instant earlier(@Nullable Instant one, Instant other) {
        return one == null || other.isBefore(one) ? other : one;
    }

    private Void handle(Queue queue) throws Exception {
        queue.work.get(queue.done).handle().call();
        boundary();
        queue.done++;
        if (random.nextBoolean()) {
            queue.stored = queue.done;
        }
        boundary();
        if (random.nextDouble() < troubles.repetitions) {
            queue.done = Math.max(queue.stored - 1, 0);
            queue.stored = queue.done;
        }
        return null;
    }

    /** What is recorded becomes work of whoever has subscribed to it. */
    private void readLog() {
        for (var stored : toolkit.readLogPage(read, Everything.QUERY, 1000).events()) {
            read = stored.position();
            if (stored.type().startsWith("$command")) {
                continue;
            }
            var message = stored.messageEnvelope().message();
            if (message instanceof ShopCommand command) {
                queue("command " + service(command) + command.order())
                        .work
                        .add(new Work(stored, () -> carryOut(stored, command), notBefore(command)));
            } else {
                for (int i = 0; i < runners.size(); i++) {
                    subscribe(i, stored);
                }
                noteTimers(stored);
            }
        }
    }

    private void subscribe(int workflow, StoredEvent stored) {
        var reactor = runners.get(workflow).getFirst();
        if (toolkit.filter(reactor.query()).test(stored)) {
            var queue = queue("workflow " + workflow + " " + reactor.key(stored));
            queue.work.add(new Work(stored, () -> react(workflow, stored), now));
        }
    }

    private Queue queue(String key) {
        return queues.computeIfAbsent(key, each -> new Queue());
    }

    private Void react(int workflow, StoredEvent stored) throws Exception {
        var runner = runners.get(workflow).get(random.nextInt(2));
        overlap = () -> runners.get(workflow).get(random.nextInt(2)).react(stored);
        try {
            runner.react(stored);
        } finally {
            overlap = () -> {};
        }
        return null;
    }

    private interface Overlap {
        void happen() throws Exception;
    }

    private Overlap overlap = () -> {};

    /** Somebody else who holds the instance for its own takes the same turn, while an effect is caused. */
    private void overlap() throws Exception {
        if (!isOverlapping && random.nextDouble() < troubles.overlaps) {
            isOverlapping = true;
            try {
                overlap.happen();
            } catch (JournalMovedException e) {
                LOG.debug("the other one was first: {}", e.getMessage());
            } catch (WorkflowStuckException e) {
                throw new AssertionError(e);
            } finally {
                isOverlapping = false;
            }
        }
    }

    private static String service(ShopCommand command) {
        return switch (command) {
            case ShopCommand.Pay pay -> "payment ";
            case ShopCommand.Refund refund -> "payment ";
            case ShopCommand.Reserve reserve -> "stock ";
            case ShopCommand.Release release -> "stock ";
            default -> "order ";
        };
    }

    private Instant notBefore(ShopCommand command) {
        boolean isLate = (command instanceof ShopCommand.Pay pay && pay.kind() == Shop.Kind.LATE_PAYMENT)
                || (command instanceof ShopCommand.Reserve reserve && reserve.kind() == Shop.Kind.LATE_STOCK);
        return isLate ? now.plus(OrderProcess.LIMIT).plusSeconds(1) : now.plusMillis(random.nextInt(2000));
    }

    private Void carryOut(StoredEvent stored, ShopCommand command) {
        var envelope =
                new Envelope<>(stored.id(), stored.time(), stored.encoded().metadata(), command);
        var repository = service(command).equals("payment ") ? payments : stock;
        if (troubles.commandsAreNotRecognised) {
            repository.execute(command.order(), command);
        } else {
            repository.execute(command.order(), envelope);
        }
        return null;
    }

    private void noteTimers(StoredEvent stored) {
        if (stored.event() instanceof Entry.Awaiting awaiting
                && awaiting.timer().isPresent()) {
            note(stored, awaiting.timer().getAsLong(), awaiting.atMost().orElseThrow());
        } else if (stored.event() instanceof Entry.AttemptFailed failed) {
            note(stored, failed.timer(), failed.pause());
        }
    }

    private void note(StoredEvent stored, long timer, Duration time) {
        var record = new TimeEnded(
                stored.stream().category().substring(1), stored.stream().id(), timer);
        var key = record.toString();
        records.put(key, record);
        timers.put(key, now.plus(time));
    }

    private Void end(String timer) throws Exception {
        var record = records.get(timer);
        var id = UUID.nameUUIDFromBytes(timer.getBytes(StandardCharsets.UTF_8));
        var envelope = new Envelope<>(id, now, Metadata.NONE, record);
        calmly(() -> toolkit.append(Append.to(
                StreamId.of("$timers", record.process()), ExpectedVersion.any(), List.of(NewEvent.of(envelope)))));
        timers.remove(timer);
        if (troubles.timersOvertakeTheLog) {
            var stored = toolkit.readLogBackwards(Everything.QUERY).findFirst().orElseThrow();
            for (int i = 0; i < runners.size(); i++) {
                runners.get(i).getFirst().react(stored);
            }
        }
        return null;
    }

    // ---------------------------------------------------------------- what has come of it

    List<StoredEvent> log() {
        return toolkit.readLog(0, Everything.QUERY).toList();
    }

    List<StoredEvent> stream(StreamId stream) {
        return toolkit.readStream(stream).toList();
    }

    /** The log in full, to compare two of them. */
    List<String> printed() {
        return log().stream()
                .map(event -> event + " " + event.time() + " "
                        + new String(event.encoded().payload(), StandardCharsets.UTF_8))
                .toList();
    }

    /** The entries of a journal, without the commands between them. */
    List<Entry> journal(StreamId stream) {
        return stream(stream).stream()
                .filter(event -> JournalTypes.isEntry(event.type()))
                .map(event -> (Entry) event.event())
                .toList();
    }

    Optional<Entry.Ended> ended(StreamId stream) {
        return journal(stream).stream()
                .filter(Entry.Ended.class::isInstance)
                .map(Entry.Ended.class::cast)
                .findFirst();
    }

    Map<String, Instant> timers() {
        return new LinkedHashMap<>(timers);
    }
}
