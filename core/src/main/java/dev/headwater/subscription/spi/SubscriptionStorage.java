package dev.headwater.subscription.spi;

import dev.headwater.subscription.DeadLetter;
import dev.headwater.subscription.SubscriptionOverview;
import dev.headwater.subscription.SubscriptionStatus;
import dev.headwater.subscription.UnknownSubscriptionException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Keeps how far every subscription has come, who is at work on it, and what could not be handled.
 *
 * <p>The keys of a subscription are spread over a fixed number of segments. An instance owns a segment for a lease,
 * measured on the storage's clock and renewed while the instance lives. The lease decides only who may claim a segment;
 * what keeps a former owner from writing is the {@linkplain Holding number} that every write takes. Implementations are
 * thread-safe and pass the contract suite of the testkit.
 *
 * @param <T> what handlers write through, such as {@code java.sql.Connection}
 */
public interface SubscriptionStorage<T> {

    /**
     * Makes a subscription known; when it is already, nothing changes.
     *
     * @param segments how many segments it has for ever
     * @param initialPosition the first checkpoint of each
     * @return how many segments it has
     */
    int register(String subscription, int segments, long initialPosition);

    /**
     * Tells that an instance is alive: renews its leases, and claims free segments up to its fair share.
     *
     * @param instance the instance
     * @param subscriptions those that it runs
     * @param lease how long from now on others must leave its segments alone
     * @return what it has to do, for each that is known; one that was forgotten meanwhile is missing
     */
    Map<String, Assignment> renew(String instance, Set<String> subscriptions, Duration lease);

    /** What an instance owns of a subscription, as it stands. */
    Holding holding(String subscription, String instance);

    /**
     * Gives segments back, which others may claim at once; those that the instance has lost are left alone. What it
     * owns afterwards is to be read again.
     */
    void release(String subscription, String instance, Collection<Claim> claims);

    /** An instance no longer runs a subscription: its segments are free, and its share goes to the others. */
    void leave(String subscription, String instance);

    /**
     * Ends the leases of every instance of a subscription whose name begins like this, but for one: their segments can
     * be claimed at once, and their shares go to the others. One of them that is alive after all writes no more in what
     * others have claimed, as when its lease had run out, and shares again with its next renewal. Of a subscription
     * that is not known there is nothing to end.
     *
     * @param former how the names of instances begin that are known to be dead
     * @param successor the instance that knows, which is left alone
     */
    void succeed(String subscription, String former, String successor);

    /**
     * Begins the transaction in which checkpoints move. No segment of the owner changes hands before it ends.
     *
     * @param holding everything that the owner has, as it knows it; a segment that it does not know of stays as it is
     * @param to where checkpoints stand afterwards, by segment; the others of the holding stay where they are
     * @throws ClaimLostException when the next number of the owner is taken, so that something is different; nothing
     *     was changed
     */
    PageTransaction<T> begin(String subscription, Holding holding, Map<Integer, Checkpoint> to) throws Exception;

    /**
     * Records that an effect of the event at a position is done, at once and for itself; once more changes nothing. It
     * is remembered until the event is {@linkplain PageTransaction#forgetEffects done with}, and not at all when it is
     * so already: every checkpoint has passed it, and it is no dead letter.
     *
     * @param name tells the effects of an event apart
     */
    void recordEffect(String subscription, long position, String name);

    /** The effects of the event at a position that are recorded as done. */
    Set<String> effects(String subscription, long position);

    /**
     * The keys in these segments that have dead letters. A first letter that waits, though nothing is before it, was
     * left behind and is made due.
     */
    List<ParkedSequence> parked(String subscription, Set<Integer> segments);

    /** The keys in these segments that are to be tried again by themselves, those first whose time comes first. */
    List<ParkedSequence> due(String subscription, Set<Integer> segments, int limit);

    /** The first letters of a key, in order. */
    List<DeadLetter> sequence(String subscription, String sequenceKey, int limit);

    /**
     * What was kept of an event with its dead letter, as {@link dev.headwater.store.StoredEvent#record} had it; empty
     * when there is no such letter, or the event stays in its log.
     */
    Optional<byte[]> record(String subscription, long position);

    /** Who owns what, and how far it has come; by segment, and none when the subscription is not known. */
    List<SubscriptionStatus.Segment> segments(String subscription);

    /**
     * Stops a subscription on every instance; each follows with its next renewal. One that is paused already stays as
     * it is.
     *
     * @param who is told to whoever asks why it stands still
     * @throws UnknownSubscriptionException when it is not known
     */
    void pause(String subscription, String who);

    /**
     * Lets a subscription go on.
     *
     * @throws UnknownSubscriptionException when it is not known
     * @throws IllegalStateException when another one has taken its place
     */
    void resume(String subscription);

    /** What is known of one subscription, or of all, by name; in one statement, and at constant cost for each. */
    List<SubscriptionOverview> overview(Optional<String> subscription);

    /**
     * How many of its transactions may be open at once, so that room is left for appends, a renewal and a read. There
     * is no limit unless an implementation has one.
     */
    default int concurrentTransactions() {
        return Integer.MAX_VALUE;
    }

    /**
     * Moves every checkpoint of a subscription, whoever owns its segments, and forgets the dead letters behind it, with
     * every record of effects except those of the letters that stay.
     *
     * @param position the events after it come again, or those before it never
     * @throws UnknownSubscriptionException when it is not known
     */
    void reset(String subscription, long position);

    /**
     * Puts one subscription in the place of another, in one transaction: does the work, such as replacing a view, and
     * stops the former one for good, whose owners can write no more.
     *
     * @throws IllegalStateException when the successor has not come as far as the former one, or has dead letters;
     *     nothing was changed
     * @throws Exception what the work threw; nothing was changed
     */
    void replace(String former, String successor, PageTransaction.Part<T> work) throws Exception;

    /**
     * Does a part of the work in a transaction that is rolled back whatever happens.
     *
     * @return what it would have changed, one line for each table
     * @throws Exception what the part threw
     */
    List<String> rehearse(PageTransaction.Part<T> part) throws Exception;

    /**
     * Removes everything that is kept of a subscription. Whoever still runs it can write no more, and learns with the
     * next renewal that it is gone.
     *
     * @throws UnknownSubscriptionException when it is not known
     */
    void forget(String subscription);
}
