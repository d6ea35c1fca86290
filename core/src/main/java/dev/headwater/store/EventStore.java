package dev.headwater.store;

import static dev.headwater.store.Direction.BACKWARDS;
import static dev.headwater.store.Direction.FORWARDS;

import dev.headwater.DomainEvent;
import dev.headwater.Envelope;
import dev.headwater.Message;
import dev.headwater.MessageContext;
import dev.headwater.MessageSerializer;
import dev.headwater.MessageTypes;
import dev.headwater.UuidV7;
import dev.headwater.store.spi.EncodedAppend;
import dev.headwater.store.spi.EncodedEvent;
import dev.headwater.store.spi.EventStorage;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The append-only log of an application's domain events, and the streams in it.
 *
 * <p>One total order: every event has a position, positions are given out without gaps in the order in which appends
 * become visible, and a reader who has seen a position has seen everything before it. An acknowledged append survives a
 * crash; a refused one leaves no trace. Within a stream events are numbered 1, 2, 3 …
 *
 * <p>Reads are lazy: they fetch pages as the returned stream is consumed, hold no connection in between, and need not
 * be closed. A forward read that overlaps appends sees each of them in order, or ends before it.
 *
 * <p>Immutable and thread-safe; {@link #withClock} and {@link #withIds} return another store over the same storage.
 * Calls block and suit virtual threads.
 */
public final class EventStore implements AutoCloseable {

    /** The largest sum of bytes in one append; of metadata and tags a character counts as one. */
    public static final long MAX_APPEND_BYTES = 64L * 1024 * 1024;

    /** How many events are looked at in one go behind one that seems to break a condition. */
    private static final int CONFLICT_PAGE = 500;

    private final EventStorage storage;
    private final MessageSerializer serializer;
    private final InstantSource clock;
    private final Supplier<UUID> ids;
    private final boolean reserved;

    /** Creates a store over a storage, with Headwater's JSON settings. */
    public EventStore(EventStorage storage, MessageTypes types) {
        this(storage, new MessageSerializer(types));
    }

    /** Creates a store over a storage, with the application's own serializer. */
    public EventStore(EventStorage storage, MessageSerializer serializer) {
        this(storage, serializer, InstantSource.system(), UuidV7::next, false);
    }

    private EventStore(
            EventStorage storage,
            MessageSerializer serializer,
            InstantSource clock,
            Supplier<UUID> ids,
            boolean reserved) {
        this.storage = storage;
        this.serializer = serializer;
        this.clock = clock;
        this.ids = ids;
        this.reserved = reserved;
    }

    /** The same store, for which it is now what this clock says; the system's clock unless given. */
    public EventStore withClock(InstantSource newClock) {
        return new EventStore(storage, serializer, newClock, ids, reserved);
    }

    /**
     * The same store, which takes the ids of new messages from here; {@link UuidV7} unless given.
     *
     * @param newIds never gives an id twice, whoever asks; thread-safe
     */
    public EventStore withIds(Supplier<UUID> newIds) {
        return new EventStore(storage, serializer, clock, newIds, reserved);
    }

    /** The same store over another storage of the same log, such as one within a transaction. */
    public EventStore over(EventStorage other) {
        return new EventStore(other, serializer, clock, ids, reserved);
    }

    /** The same store, which knows these types besides and may append to reserved streams. */
    EventStore ofToolkit(MessageTypes builtIn) {
        return new EventStore(storage, serializer.withBuiltIn(builtIn), clock, ids, true);
    }

    /** What this store takes the time from. */
    public InstantSource clock() {
        return clock;
    }

    /**
     * Wraps a message that happens now, by the clock and with an id of this store; inside a handler it continues the
     * conversation of the message being handled.
     */
    public <M extends Message> Envelope<M> envelope(M message) {
        return new Envelope<>(ids.get(), clock.instant(), MessageContext.metadata(), message);
    }

    /** Appends events that happen now to one stream; see {@link #append(Append)}. */
    public AppendResult append(StreamId stream, ExpectedVersion expected, DomainEvent... events) {
        return append(stream, expected, List.of(events));
    }

    /** Appends events that happen now to one stream; see {@link #append(Append)}. */
    public AppendResult append(StreamId stream, ExpectedVersion expected, List<? extends DomainEvent> events) {
        var happening =
                events.stream().map(event -> NewEvent.of(envelope(event))).toList();
        return append(Append.to(stream, expected, happening));
    }

    /**
     * Appends events to one stream or several, all or nothing, and returns when they are durable.
     *
     * <p>An append that is repeated with the same event ids is recognised and answered with the original result. Events
     * of types that are not registered, and payloads that could not be read back, are refused before anything is
     * stored.
     *
     * @throws IllegalArgumentException when a stream is {@linkplain StreamId#isReserved reserved}, or a type is not
     *     registered
     * @throws ConcurrencyException when a stream is not as expected
     * @throws AppendConditionException when the condition does not hold
     * @throws DuplicateEventException when an event id is taken by another event
     * @throws dev.headwater.InvalidMessageException when an event cannot be written so that it can be read again
     * @throws StoreUnavailableException when the store is out of reach and nothing was stored
     * @throws AppendOutcomeUnknownException when the connection was lost and the outcome could not be found out in
     *     time; it carries the append, which can be repeated
     */
    public AppendResult append(Append append) {
        append.parts().forEach(part -> requireOpen(part.stream()));
        var encoded = new EncodedAppend(
                append.parts().stream().map(this::encode).toList(),
                append.condition().map(condition -> condition.storedUnder(this::stored)));
        if (encoded.bytes() > MAX_APPEND_BYTES) {
            throw new IllegalArgumentException("The events of one append take " + encoded.bytes() + " bytes: at most "
                    + MAX_APPEND_BYTES + " are allowed; split it");
        }
        try {
            return append(encoded, append.condition());
        } catch (AppendOutcomeUnknownException e) {
            throw new AppendOutcomeUnknownException(append, e);
        }
    }

    /**
     * Appends under a condition that a storage judges by the names of types alone. Under a former name there may be
     * events that are not what the condition rules out: those are passed over, and the condition goes on behind them.
     */
    private AppendResult append(EncodedAppend encoded, Optional<AppendCondition> condition) {
        var given = encoded;
        while (true) {
            try {
                return storage.append(given);
            } catch (AppendConditionException e) {
                if (condition.equals(encoded.condition())) {
                    throw e;
                }
                var behind = behindOthers(condition.orElseThrow(() -> e), e.conflictPosition());
                given = new EncodedAppend(encoded.parts(), Optional.of(behind.storedUnder(this::stored)));
            }
        }
    }

    /**
     * The condition behind every event that does not break it.
     *
     * @throws AppendConditionException when one does
     */
    private AppendCondition behindOthers(AppendCondition condition, long from) {
        var query = condition.query();
        var page = new LogPage(List.of(), from - 1, false);
        while (!page.end()) {
            page = readLogPage(page.through(), query, CONFLICT_PAGE);
            for (var event : page.events()) {
                if (!event.current(query).isEmpty()) {
                    throw new AppendConditionException(condition, event.position());
                }
            }
        }
        return new AppendCondition(query, page.through());
    }

    /** The events of a stream from the first; none when there is no such stream. */
    public Stream<StoredEvent> readStream(StreamId stream) {
        return readStream(stream, 1);
    }

    /** The events of a stream from a version on; none when the version is past the end. */
    public Stream<StoredEvent> readStream(StreamId stream, long fromVersion) {
        requirePositive("version", fromVersion);
        return pages(fromVersion - 1, streamPages(stream, FORWARDS), StoredEvent::current);
    }

    /**
     * The events of a stream from a version on as they are stored: one for each version, also where upcasters make
     * several or none of it, which {@link StoredEvent#current()} gives.
     */
    public Stream<StoredEvent> readStreamAsStored(StreamId stream, long fromVersion) {
        requirePositive("version", fromVersion);
        return pages(fromVersion - 1, streamPages(stream, FORWARDS), List::of);
    }

    /** The events of a stream from the last to the first. */
    public Stream<StoredEvent> readStreamBackwards(StreamId stream) {
        return pages(Long.MAX_VALUE, streamPages(stream, BACKWARDS), EventStore::currentBackwards);
    }

    /** The events of a stream from a version back to the first. */
    public Stream<StoredEvent> readStreamBackwards(StreamId stream, long fromVersion) {
        requirePositive("version", fromVersion);
        return pages(oneAfter(fromVersion), streamPages(stream, BACKWARDS), EventStore::currentBackwards);
    }

    /** The events of the log after a position, 0 for all of them; reserved streams are left out. */
    public Stream<StoredEvent> readLog(long after) {
        return readLog(after, EventQuery.all());
    }

    /** The events of the log after a position that a query wants. */
    public Stream<StoredEvent> readLog(long after, EventQuery query) {
        requireNotNegative(after);
        return pages(after, logPages(query, FORWARDS), stored -> stored.current(query));
    }

    /**
     * The events of the log after a position that a query wants, as they are stored; see {@link #readStreamAsStored}.
     */
    public Stream<StoredEvent> readLogAsStored(long after, EventQuery query) {
        requireNotNegative(after);
        return pages(after, logPages(query, FORWARDS), List::of);
    }

    /** The events of the log that a query wants, from the last to the first. */
    public Stream<StoredEvent> readLogBackwards(EventQuery query) {
        return readLogBackwards(Long.MAX_VALUE, query);
    }

    /** The events of the log before a position that a query wants, from the last to the first. */
    public Stream<StoredEvent> readLogBackwards(long before, EventQuery query) {
        requireNotNegative(before);
        return pages(
                before,
                logPages(query, BACKWARDS),
                stored -> stored.current(query).reversed());
    }

    /**
     * Reads one page of the log, of at most {@code limit} events, for a reader that keeps a checkpoint. They are given
     * as they are stored; {@link StoredEvent#current(EventQuery)} tells what they mean.
     */
    public LogPage readLogPage(long after, EventQuery query, int limit) {
        requireNotNegative(after);
        requirePositive("limit", limit);
        var page = storage.readLog(stored(query), FORWARDS, after, limit);
        return new LogPage(page.events().stream().map(this::view).toList(), page.through(), page.end());
    }

    /** Which events, as they are stored, a page of the log holds for a query. */
    public Predicate<StoredEvent> filter(EventQuery query) {
        var stored = stored(query);
        return event -> event.isUnreadable() || stored.matches(event.encoded().type(), event.stream(), event.tags());
    }

    /** The stored events with these ids, in the order of the log, wherever they stand; unknown ids are left out. */
    public List<StoredEvent> findEvents(Collection<UUID> ids) {
        return storage.findEvents(ids).stream().map(this::view).toList();
    }

    /**
     * The event at a position, in a reserved stream too.
     *
     * @throws IllegalArgumentException when the log does not reach that far
     */
    public StoredEvent readEvent(long position) {
        requirePositive("position", position);
        var events =
                readLogPage(position - 1, EventQuery.all().withReserved(), 1).events();
        if (events.isEmpty() || events.getFirst().position() != position) {
            throw new IllegalArgumentException(
                    "There is no event at position " + position + ": the log ends at " + headPosition());
        }
        return events.getFirst();
    }

    /** An event made again of what was kept of it, since the log may have forgotten it. */
    public StoredEvent restore(long position, byte[] record) {
        return view(storage.restore(position, record));
    }

    /** Whether this store is a part of a transaction of the caller's; see {@link EventStorage#isProvisional}. */
    public boolean isProvisional() {
        return storage.isProvisional();
    }

    /** The position of the last event in the log; 0 when it is empty. */
    public long headPosition() {
        return storage.headPosition();
    }

    /**
     * The position after which stands every event that happened at a time or later, as far back as possible: that of
     * the last event in front of the first such one, or of the last event of all when there is none.
     *
     * <p>These are {@linkplain StoredEvent#time business times}, which need not grow with the positions, so events of
     * earlier times may stand after it too. What is in reserved streams counts as well. The log is searched from its
     * beginning, where it is stored.
     */
    public long positionBefore(Instant time) {
        return storage.positionBefore(time);
    }

    /** The version of the last event of a stream; 0 when it has none. */
    public long streamVersion(StreamId stream) {
        return storage.streamVersion(stream);
    }

    /** Calls {@code hint} soon after events may have been appended; see {@link EventStorage#onAppend}. */
    public Hints onAppend(Runnable hint) {
        return storage.onAppend(hint);
    }

    /** The serializer that this store writes and reads with. */
    public MessageSerializer serializer() {
        return serializer;
    }

    /** Closes the storage behind this store. */
    @Override
    public void close() {
        storage.close();
    }

    private Stream<StoredEvent> pages(
            long beyond, PagedEvents.PageReader reader, Function<StoredEvent, List<StoredEvent>> meaning) {
        return StreamSupport.stream(new PagedEvents(beyond, reader, serializer, meaning), false);
    }

    private PagedEvents.PageReader streamPages(StreamId stream, Direction direction) {
        return (beyond, limit) -> storage.readStream(stream, direction, beyond, limit);
    }

    private PagedEvents.PageReader logPages(EventQuery query, Direction direction) {
        var stored = stored(query);
        return (beyond, limit) -> storage.readLog(stored, direction, beyond, limit);
    }

    private static List<StoredEvent> currentBackwards(StoredEvent stored) {
        return stored.current().reversed();
    }

    /** The query in terms of the names under which events are stored. */
    private EventQuery stored(EventQuery query) {
        return query.storedUnder(serializer.upcasters()::storedNames);
    }

    private static long oneAfter(long version) {
        return version == Long.MAX_VALUE ? version : version + 1;
    }

    private static void requirePositive(String what, long number) {
        if (number < 1) {
            throw new IllegalArgumentException("The " + what + " is " + number + ": expected 1 or more");
        }
    }

    private static void requireNotNegative(long position) {
        if (position < 0) {
            throw new IllegalArgumentException("The position is " + position + ": expected 0 or more");
        }
    }

    private void requireOpen(StreamId stream) {
        if (stream.isReserved() && !reserved) {
            throw new IllegalArgumentException("The stream '" + stream
                    + "' is reserved: names that begin with $ belong to the toolkit; choose another name");
        }
    }

    private EncodedAppend.Part encode(Append.Part part) {
        var events = part.events().stream()
                .map(event -> new EncodedAppend.Event(serializer.encode(event.envelope()), event.tags()))
                .toList();
        return new EncodedAppend.Part(part.stream(), part.expected(), events);
    }

    private StoredEvent view(EncodedEvent event) {
        return new StoredEvent(event, serializer);
    }
}
