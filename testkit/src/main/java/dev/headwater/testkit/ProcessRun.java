package dev.headwater.testkit;

import static dev.headwater.testkit.ProcessMessages.TYPES;

import dev.headwater.DomainEvent;
import dev.headwater.store.EventQuery;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import dev.headwater.subscription.DeadLetter;
import dev.headwater.subscription.DeadLetterFilter;
import dev.headwater.subscription.StartFrom;
import dev.headwater.subscription.SubscriptionSettings;
import dev.headwater.subscription.SubscriptionStatus;
import dev.headwater.subscription.Subscriptions;
import dev.headwater.subscription.spi.Checkpoint;
import dev.headwater.subscription.spi.ForwardingSubscriptionStorage;
import dev.headwater.subscription.spi.Holding;
import dev.headwater.subscription.spi.PageTransaction;
import dev.headwater.subscription.spi.SubscriptionStorage;
import dev.headwater.testkit.ProcessMessages.Fact;
import dev.headwater.testkit.ProcessMessages.Order;
import dev.headwater.workflow.Policy;
import dev.headwater.workflow.ProcessManager;
import dev.headwater.workflow.Workflows;
import dev.headwater.workflow.spi.EndedTime;
import dev.headwater.workflow.spi.ForwardingProcessStorage;
import dev.headwater.workflow.spi.ProcessStorage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** Processes at work on a database, whose clock stands still but for those who end times. */
final class ProcessRun<T> implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final SubscriptionSettings SETTINGS = SubscriptionSettings.DEFAULT
            .withPollInterval(Duration.ofMillis(20))
            .withLease(Duration.ofSeconds(2))
            .recoveringWith(Duration.ofMillis(1), Duration.ofMillis(10));

    private final ProcessSubject<T> subject;
    private final EventStore store;
    private final AtomicInteger failuresBeforeCommit = new AtomicInteger();
    private final AtomicInteger failuresAfterCommit = new AtomicInteger();
    private final List<Workflows> workflows = new ArrayList<>();
    private final List<Subscriptions<T>> subscriptions = new ArrayList<>();
    private final Set<String> names = new LinkedHashSet<>();

    ProcessRun(ProcessSubject<T> subject) {
        this.subject = subject;
        this.store = new EventStore(subject.log(), TYPES);
    }

    EventStore store() {
        return store;
    }

    ProcessStorage<T> storage() {
        return subject.processes();
    }

    Workflows workflows() {
        return workflows.getLast();
    }

    void failingBeforeCommit(int times) {
        failuresBeforeCommit.set(times);
    }

    void failingAfterCommit(int times) {
        failuresAfterCommit.set(times);
    }

    void start(ProcessManager<?, ?> process) {
        begin(builder().run(process, StartFrom.beginning()), process.name());
    }

    void startAnother(ProcessManager<?, ?> process) {
        start(process);
        Await.until("the work is shared", PATIENCE, () -> owners("$" + process.name()) == 2);
    }

    void startAtTheEnd(ProcessManager<?, ?> process) {
        begin(builder().run(process), process.name());
    }

    void start(Policy policy) {
        begin(builder().run(policy, StartFrom.beginning()), policy.name());
    }

    private long owners(String subscription) {
        return subject.subscriptions().segments(subscription).stream()
                .flatMap(segment -> segment.owner().stream())
                .distinct()
                .count();
    }

    private Workflows.Builder<T> builder() {
        return builder(subject.processes());
    }

    private Workflows.Builder<T> builder(ProcessStorage<T> storage) {
        var started = new Subscriptions<>(store, new Failing(subject.subscriptions()), SETTINGS);
        subscriptions.add(started);
        return Workflows.builder(store, started, storage).withoutTimekeeper();
    }

    private void begin(Workflows.Builder<T> builder, String name) {
        workflows.add(builder.start());
        names.add("$" + name);
    }

    void stop() {
        workflows.forEach(Workflows::close);
        subscriptions.forEach(Subscriptions::close);
        workflows.clear();
        subscriptions.clear();
    }

    void happens(Fact fact) {
        store.append(new StreamId("fact-" + fact.id()), ExpectedVersion.any(), (DomainEvent) fact);
    }

    /** Records the times that have ended. */
    int endTimes() {
        try (var timekeeper = builder().start()) {
            return timekeeper.endTimes();
        }
    }

    /** Records times that somebody has taken before. */
    void endTimes(List<EndedTime> taken) {
        var left = new ArrayList<>(taken);
        var slow = new ForwardingProcessStorage<>(subject.processes()) {
            @Override
            public List<EndedTime> takeDue(int limit, Duration again) {
                var all = List.copyOf(left);
                left.clear();
                return all;
            }
        };
        try (var timekeeper = builder(slow).start()) {
            timekeeper.endTimes();
        }
    }

    /** Returns when everything in the log was handled or put aside. */
    void settle() {
        Await.until("everything was handled", PATIENCE, () -> {
            long head = store.headPosition();
            return names.stream().allMatch(name -> {
                var segments = subject.subscriptions().segments(name);
                return !segments.isEmpty()
                        && segments.stream()
                                .mapToLong(SubscriptionStatus.Segment::position)
                                .allMatch(position -> position >= relevantHead(head));
            });
        });
    }

    /** The last position that is no command, which nobody reads here. */
    private long relevantHead(long head) {
        return store.readLogBackwards(EventQuery.all().withReserved())
                .filter(event -> event.position() <= head && !isCommand(event))
                .mapToLong(StoredEvent::position)
                .findFirst()
                .orElse(0);
    }

    private static boolean isCommand(StoredEvent event) {
        return TYPES.find(event.type())
                .map(type -> Order.class.isAssignableFrom(type.type()))
                .orElse(false);
    }

    List<StoredEvent> commands() {
        return store.readLog(0, EventQuery.ofTypes(TYPES.namesOf(Order.class)).withReserved())
                .toList();
    }

    /** The commands in the order of the log, as in "Pay 1". */
    List<String> sent() {
        return commands().stream()
                .map(event -> (Order) event.message())
                .map(order -> order.getClass().getSimpleName() + " " + order.id())
                .toList();
    }

    long timesInTheLog() {
        return store.readLog(0, EventQuery.ofCategories(Set.of("$timers")).withReserved())
                .count();
    }

    List<DeadLetter> letters() {
        return subject.letters().list(DeadLetterFilter.all(), 100);
    }

    @Override
    public void close() {
        stop();
        subject.close();
    }

    /** Breaks off pages around their commit. */
    private final class Failing extends ForwardingSubscriptionStorage<T> {

        private Failing(SubscriptionStorage<T> storage) {
            super(storage);
        }

        @Override
        public PageTransaction<T> begin(String subscription, Holding holding, Map<Integer, Checkpoint> to)
                throws Exception {
            return new FailingPage<>(super.begin(subscription, holding, to), failuresBeforeCommit, failuresAfterCommit);
        }
    }
}
