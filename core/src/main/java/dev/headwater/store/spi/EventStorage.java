package dev.headwater.store.spi;

import dev.headwater.store.AppendResult;
import dev.headwater.store.Direction;
import dev.headwater.store.EventQuery;
import dev.headwater.store.Hints;
import dev.headwater.store.StreamId;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/**
 * What a database has to do to hold an event log; {@link dev.headwater.store.EventStore} does the rest.
 *
 * <p>An implementation passes the contract suite of the testkit. In short: appends are atomic, and are acknowledged
 * only when they survive a crash; positions are given out in commit order, without gaps, so that a reader who saw
 * position n has seen everything before it; the versions of a stream are 1, 2, 3 …; an event id is unique in the store.
 * Implementations are thread-safe and meant to be called from virtual threads.
 */
public interface EventStorage extends AutoCloseable {

    /**
     * Appends all events of {@code append} or none.
     *
     * <p>An append whose event ids are already stored by an earlier call with the same parts is answered with the
     * original result.
     *
     * @throws dev.headwater.store.ConcurrencyException when a stream is not as expected
     * @throws dev.headwater.store.AppendConditionException when the condition does not hold
     * @throws dev.headwater.store.DuplicateEventException when an event id is taken
     * @throws dev.headwater.store.StoreUnavailableException when nothing was stored because the store is out of reach
     * @throws dev.headwater.store.AppendOutcomeUnknownException when the outcome could not be found out in time
     */
    AppendResult append(EncodedAppend append);

    /**
     * Reads a page of a stream.
     *
     * @param beyond the version next to the first one wanted, in the direction of reading: forwards 0 for the
     *     beginning, backwards {@link Long#MAX_VALUE} for the end
     * @param limit the most events to return, 1 or more; a storage may return fewer to bound its memory, but never none
     *     before the end
     * @return the page; {@link Page#through} is the version of its last event, or {@code beyond} when it is empty
     */
    Page readStream(StreamId stream, Direction direction, long beyond, int limit);

    /**
     * Reads a page of the log.
     *
     * @param query which events are wanted
     * @param beyond the position next to the first one wanted, in the direction of reading: forwards 0 for the
     *     beginning, backwards {@link Long#MAX_VALUE} for the end
     * @param limit the most events to return, 1 or more; a storage may return fewer to bound its memory, and none
     *     before the end only together with a {@link Page#through} that has moved
     * @return the page; reading forwards to the end, {@link Page#through} is the head of the log as the page saw it, at
     *     least {@code beyond}
     */
    Page readLog(EventQuery query, Direction direction, long beyond, int limit);

    /**
     * The events with these ids, wherever they stand, in the order of the log; ids that no event has are left out.
     *
     * @param ids perhaps none, and perhaps some of them twice
     */
    List<EncodedEvent> findEvents(Collection<UUID> ids);

    /**
     * Whether this storage is a part of a transaction of the caller's, so that what it appends may still be undone, and
     * is seen by nobody else so far. Nothing that is derived from it may be kept outside of that transaction.
     */
    default boolean isProvisional() {
        return false;
    }

    /** The position of the last event in the log; 0 when it is empty. */
    long headPosition();

    /**
     * The position of the last event in front of the first one that happened at a time or later; {@link #headPosition}
     * when there is none. Times need not grow with positions, so events of earlier times may stand after it too.
     */
    long positionBefore(Instant time);

    /**
     * Makes an event again of what was kept of it; see {@link Arrival#record}.
     *
     * @throws UnsupportedOperationException when events of this log have nothing that could be kept
     */
    default EncodedEvent restore(long position, byte[] record) {
        throw new UnsupportedOperationException("Events of this log stay in it, so nothing else is kept of them");
    }

    /** The version of the last event of a stream; 0 when it has none. */
    long streamVersion(StreamId stream);

    /**
     * Calls {@code hint}, on a thread of the storage's choice, soon after events may have been appended, by this
     * process or another.
     *
     * <p>A hint may come late, once for many appends, without reason, or never: it only saves waiting for the next
     * poll. The hint must return at once.
     *
     * @return ends the hints when closed
     */
    Hints onAppend(Runnable hint);

    @Override
    void close();
}
