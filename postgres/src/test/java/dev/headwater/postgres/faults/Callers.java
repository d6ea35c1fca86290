package dev.headwater.postgres.faults;

import dev.headwater.store.EventStore;
import dev.headwater.testkit.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.ToLongFunction;

/** The callers of one process, each on a virtual thread of its own. Not thread-safe. */
final class Callers implements AutoCloseable {

    /** What a machine that is busy with other things may add to any wait. */
    private static final Duration SLACK = Duration.ofSeconds(10);

    private final Duration limit;
    private final Queue<Entry> journal = new ConcurrentLinkedQueue<>();
    private final Map<Thread, Throwable> failures = new ConcurrentHashMap<>();
    private final List<Caller> callers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    /**
     * Starts callers.
     *
     * @param limit how long one append may take
     */
    Callers(EventStore store, int number, long seed, Duration limit) {
        this.limit = limit.plus(SLACK);
        var random = new SplittableRandom(seed);
        for (int i = 0; i < number; i++) {
            var caller = new Caller(store, i, random.split(), journal::add);
            callers.add(caller);
            threads.add(Thread.ofVirtual()
                    .name("caller-" + i)
                    .uncaughtExceptionHandler(failures::put)
                    .start(caller));
        }
    }

    /** Waits until every caller has had so many more appends acknowledged, and none waits for longer than it may. */
    void awaitAcknowledged(int more) {
        var goals = callers.stream().map(caller -> caller.acknowledged() + more).toList();
        Await.until("every caller has had " + more + " appends acknowledged", limit.multipliedBy(2), () -> {
            requireInTime();
            for (int i = 0; i < goals.size(); i++) {
                if (callers.get(i).acknowledged() < goals.get(i)) {
                    return false;
                }
            }
            return true;
        });
    }

    /** Requires that no append has taken longer than it may, and that no caller was surprised. */
    void requireInTime() {
        failures.forEach((thread, failure) -> {
            throw new AssertionError("The caller " + thread.getName() + " met what it should not", failure);
        });
        for (int i = 0; i < callers.size(); i++) {
            var longest = callers.get(i).longest();
            Verdict.require(
                    longest.compareTo(limit) <= 0,
                    "An append of caller %d takes %s already: expected an answer within %s",
                    i,
                    longest,
                    limit);
        }
    }

    Thread thread(int number) {
        return threads.get(number);
    }

    Caller caller(int number) {
        return callers.get(number);
    }

    long unknown() {
        return sum(Caller::unknown);
    }

    long unavailable() {
        return sum(Caller::unavailable);
    }

    private Duration longest() {
        return callers.stream().map(Caller::longest).reduce(Duration.ZERO, (a, b) -> a.compareTo(b) < 0 ? b : a);
    }

    private long sum(ToLongFunction<Caller> count) {
        return callers.stream().mapToLong(count).sum();
    }

    /** Lets every caller end, and compares what they were told with the log. */
    void audit(EventStore store) {
        callers.forEach(Caller::stop);
        Await.until("every caller has ended", limit.multipliedBy(2), () -> {
            requireInTime();
            return threads.stream().noneMatch(Thread::isAlive);
        });
        requireInTime();
        var audit = new LogAudit();
        journal.forEach(audit::note);
        for (var intent : audit.pending(0)) {
            audit.note(new Entry.Acknowledged(intent.key(), store.append(intent.toAppend())));
        }
        audit.readLog(store);
        audit.check(audit.takeDue());
        Verdict.require(
                audit.unsettled().isEmpty(), "Appends whose outcome the log does not confirm: %s", audit.unsettled());
    }

    @Override
    public String toString() {
        return "%d appends acknowledged, %d answered as not stored, %d as of unknown outcome, none took longer than %d ms"
                .formatted(
                        sum(Caller::acknowledged),
                        unavailable(),
                        unknown(),
                        longest().toMillis());
    }

    @Override
    public void close() {
        callers.forEach(Caller::stop);
    }
}
