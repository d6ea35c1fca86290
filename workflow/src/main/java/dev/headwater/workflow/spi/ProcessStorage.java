package dev.headwater.workflow.spi;

import dev.headwater.store.spi.EventStorage;
import dev.headwater.workflow.ProcessFilter;
import dev.headwater.workflow.ProcessInstance;
import dev.headwater.workflow.ProcessState;
import dev.headwater.workflow.UnclaimedEvent;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Keeps a row for each instance of a process: where it stands, what it remembers, and when its time ends; and the
 * events that nobody took.
 *
 * <p>Rows are written in the transaction of the subscription that owns the instance, and by nobody else. Times are
 * those of the storage's clock. Implementations are thread-safe, stay fast with a million rows, and pass the contract
 * suite of the testkit.
 *
 * @param <T> the transaction of subscriptions, such as {@code java.sql.Connection}
 */
public interface ProcessStorage<T> {

    /** The log as a part of a transaction: what is appended there becomes visible with its commit. */
    EventStorage within(T transaction);

    /** The rows of some instances, by id; those that are not there are missing. One query, however many they are. */
    Map<String, StoredInstance> load(String process, Collection<String> ids, T transaction) throws Exception;

    /**
     * Writes rows, each instance once, all in one statement. One that is new has begun now; one whose state, stage or
     * reason to wait is another one has been there since now, and so has one whose time begins anew.
     */
    void save(String process, Collection<InstanceChange> changes, T transaction) throws Exception;

    /** Notes events that nobody took; one that is noted already stays as it is. */
    void saveUnclaimed(String process, Collection<NoClaim> events, T transaction) throws Exception;

    /**
     * The time limits that have ended, the earliest first. Those that are returned are due again after a while, so that
     * nobody else gets them meanwhile, and nothing is lost when the caller dies; a row that a transaction is just
     * writing is left for another time.
     *
     * @param limit the most to return
     * @param again after how long they are due again
     */
    List<EndedTime> takeDue(int limit, Duration again);

    /** An instance, if there is one. */
    Optional<ProcessInstance> find(String process, String id);

    /**
     * Instances that a filter wants, by process, and those of a process in the order in which they began.
     *
     * @param after the last one of the page before; empty for the first page
     * @param limit the most to return
     */
    List<ProcessInstance> list(ProcessFilter filter, Optional<ProcessInstance> after, int limit);

    /** How many instances there are, by process and state; none of zero. */
    Map<String, Map<ProcessState, Long>> count();

    /** The instances that have not ended, by process and version; durations are by the clock of the storage. */
    List<Unfinished> unfinished();

    /**
     * Events that nobody took, by process, and those of a process in the order of the log.
     *
     * @param process of this process, or of all
     * @param after the last one of the page before; empty for the first page
     * @param limit the most to return
     */
    List<UnclaimedEvent> unclaimed(Optional<String> process, Optional<UnclaimedEvent> after, int limit);

    /** The first events that an instance would have taken and did not. */
    List<UnclaimedEvent> unclaimedOf(String process, String id, int limit);

    /** How many events nobody took, by process; none of zero. */
    Map<String, Long> countUnclaimed();

    /**
     * Removes rows of instances that ended long ago, with the events that nobody took as long ago.
     *
     * @param endedFor how long ago
     * @param limit the most rows to remove of each
     * @return how many rows were removed; fewer than the limit when none are left
     */
    int removeEnded(Duration endedFor, int limit);
}
