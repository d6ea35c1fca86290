package dev.headwater.workflow.code;

import dev.headwater.Command;
import dev.headwater.DomainEvent;
import dev.headwater.Envelope;
import dev.headwater.Metadata;
import dev.headwater.store.Append;
import dev.headwater.store.ConcurrencyException;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.NewEvent;
import dev.headwater.store.StreamId;
import dev.headwater.workflow.WorkflowDefinition;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One turn of an instance: its journal, what has happened now, and what is decided because of it.
 *
 * <p>The code runs from its beginning. Calls that the journal answers are compared with it and have no effect. The
 * first call of a lane that it does not answer is the <em>frontier</em>: from there on new entries are decided. They
 * are recorded
 *
 * <ul>
 *   <li>before an effect begins, so that nothing that was decided before an effect can be decided otherwise after it;
 *   <li>together with the events of a command;
 *   <li>when every lane waits or the code has ended.
 * </ul>
 *
 * <p>Each append expects the version of the journal that this turn knows. That is all the fencing there is: whoever
 * appends first goes on, and everybody else comes to nothing. When a call can have no outcome, the problem is kept here
 * and the code is ended by a {@link Stop}; so no code of users can take a contradiction, or a database that is away,
 * for a failure of its own.
 *
 * <p>Lanes of one turn may run side by side; a lock guards what they share. It is held during appends, not during
 * effects.
 */
final class Turn {

    private static final Logger LOG = LoggerFactory.getLogger(Turn.class);

    /** From how many entries on a run is long, and when it is too long. */
    private static final int MANY_ENTRIES = 1_000;

    static final int MOST_ENTRIES = 10_000;

    /** The most events that wait for an instance. */
    static final int MOST_KEPT = 1_000;

    private final WorkflowDefinition<?, ?> definition;
    private final String id;
    private final Surroundings surroundings;
    private final Journal journal;
    private final Offer offer;
    private final Metadata metadata;
    private final Values values;
    private final ReentrantLock lock = new ReentrantLock();

    /** Decided and not yet recorded: what goes to the journal, and to other streams together with it. */
    private final List<NewEvent> pending = new ArrayList<>();

    private final List<Append.Part> others = new ArrayList<>();
    private boolean pendingIsForeseen;
    private boolean verified;
    private boolean isOfferTaken;
    private @Nullable Throwable problem;
    private Optional<Witness> witness = Optional.empty();

    /** @param verified whether the journal was read just now, rather than remembered */
    Turn(
            WorkflowDefinition<?, ?> definition,
            String id,
            Surroundings surroundings,
            Journal journal,
            Offer offer,
            Metadata metadata,
            boolean verified) {
        this.definition = definition;
        this.id = id;
        this.surroundings = surroundings;
        this.journal = journal;
        this.offer = offer;
        this.metadata = metadata;
        this.verified = verified;
        this.values = new Values(this);
    }

    WorkflowDefinition<?, ?> definition() {
        return definition;
    }

    String id() {
        return id;
    }

    StreamId stream() {
        return definition.journal(id);
    }

    Journal journal() {
        return journal;
    }

    Offer offer() {
        return offer;
    }

    Metadata metadata() {
        return metadata;
    }

    /** What the turn reads and writes besides entries. */
    Values values() {
        return values;
    }

    Surroundings surroundings() {
        return surroundings;
    }

    /** In which words messages speak of the instance. */
    String name() {
        return definition.name() + " " + id;
    }

    <T extends @Nullable Object> T locked(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    // ---------------------------------------------------------------- what is heard

    void heardBy(Witness newWitness) {
        witness = Optional.of(newWitness);
    }

    Optional<Witness> witness() {
        return witness;
    }

    /** What the code hands over, which must be the same whenever it runs. */
    void hear(Place place, String call, @Nullable Object handedOver) {
        if (witness.isEmpty()) {
            return;
        }
        var now = values.json(handedOver).toString();
        var before = witness.get().hear(key(place) + " " + call, now);
        if (before.isPresent()) {
            throw abandon(Contradiction.ofRuns(this, key(place) + " " + call + " " + before.get(), call + " " + now));
        }
    }

    // ---------------------------------------------------------------- what is offered

    boolean isOfferTaken() {
        return isOfferTaken;
    }

    void takeOffer() {
        isOfferTaken = true;
    }

    /** Whether the end of the time of this timer is what has happened. */
    Optional<Offer.TimeEnded> ended(long timer) {
        return offer instanceof Offer.TimeEnded ended && !isOfferTaken && ended.timer() == timer
                ? Optional.of(ended)
                : Optional.empty();
    }

    // ---------------------------------------------------------------- what is decided

    /** Decides on an entry: it holds from now on, and is recorded with the next append. */
    void decide(Entry entry) {
        pendingIsForeseen = pending.isEmpty() && isForeseen(entry);
        pending.add(event(entry));
        apply(entry);
    }

    /** A start by an event would be decided in just the same way by everybody who sees that event. */
    private static boolean isForeseen(Entry entry) {
        return entry instanceof Entry.Started started && started.position().isPresent();
    }

    private void apply(Entry entry) {
        journal.apply(entry);
        int entries = journal.entries();
        if (entries == MANY_ENTRIES) {
            LOG.warn(
                    "{} has {} entries in one run, all of which are read at every turn: let it end, or continueWith",
                    name(),
                    entries);
        } else if (entries > MOST_ENTRIES && !journal.isUndoing()) {
            throw abandon(new WorkflowStuckException(
                    name() + " has more than " + MOST_ENTRIES
                            + " entries in one run: expected fewer; let its code use continueWith in time",
                    null));
        }
    }

    /** Has a command leave with the next append. */
    Envelope<? extends Command<?>> command(Command<?> command) {
        return surroundings.store().<Command<?>>envelope(command).withMetadata(metadata);
    }

    /** An id that nobody can foresee. */
    UUID freshId() {
        return surroundings
                .store()
                .envelope(new Remarks.Resumed(definition.name(), id))
                .id();
    }

    void send(Envelope<? extends Command<?>> command) {
        pending.add(NewEvent.command(command));
        pendingIsForeseen = false;
    }

    /** Has events of other streams leave with the next append. */
    void alongside(StreamId stream, ExpectedVersion expected, List<? extends DomainEvent> entries) {
        others.add(new Append.Part(
                stream, expected, entries.stream().map(this::event).toList()));
        pendingIsForeseen = false;
    }

    private NewEvent event(DomainEvent entry) {
        return NewEvent.of(surroundings.store().envelope(entry).withMetadata(metadata));
    }

    /** The number of the next timer. */
    long nextTimer() {
        return journal.timers() + 1;
    }

    /** Ends the run, and has another one begin. */
    void continueWith(@Nullable Object input, Instant now) {
        var former = journal.beginning();
        int run = former.run() + 1;
        var seed = UUID.nameUUIDFromBytes((former.seed() + "/" + run).getBytes(StandardCharsets.UTF_8));
        decide(new Entry.Continued(
                run,
                definition.version(),
                values.json(input),
                seed,
                former.parent(),
                Map.copyOf(journal.kept()),
                journal.seen(),
                journal.timers(),
                now));
    }

    // ---------------------------------------------------------------- what is recorded

    /** Records what is decided before an effect begins. */
    void beforeEffect() {
        locked(() -> {
            if (pending.isEmpty() || (pendingIsForeseen && others.isEmpty())) {
                verify();
            } else {
                flush();
            }
            return null;
        });
    }

    /** Records what is decided. */
    void flush() {
        locked(() -> {
            if (!pending.isEmpty()) {
                append(List.of(), Optional.empty());
            } else if (!verified) {
                verify();
            }
            return null;
        });
    }

    /**
     * Records of a turn that came to nothing just that the instance has begun, so that people find it. Whoever sees the
     * event that started it would record the same.
     */
    void recordBeginning() {
        locked(() -> {
            try {
                surroundings
                        .store()
                        .append(Append.to(
                                stream(), ExpectedVersion.exactly(journal.version()), List.of(pending.getFirst())));
            } catch (ConcurrencyException e) {
                LOG.debug("{} was begun by somebody else: {}", name(), e.getMessage());
            }
            return null;
        });
    }

    /** A journal that was only remembered may be an old one; what is done because of it must not be. */
    private void verify() {
        if (!verified) {
            if (outside(() -> surroundings.store().streamVersion(stream())) != journal.version()) {
                throw abandon(new JournalMovedException(stream(), null));
            }
            verified = true;
        }
    }

    /**
     * Records an outcome together with the events of an aggregate that it is about.
     *
     * @throws ConcurrencyException when the aggregate is not as it was when it decided; everything is as before
     */
    void record(Entry outcome, Append.Part events) {
        locked(() -> {
            append(List.of(events), Optional.of(outcome));
            apply(outcome);
            return null;
        });
    }

    /**
     * Appends what is decided, with an entry more and with events of aggregates.
     *
     * @throws ConcurrencyException when an aggregate is not as it was when it decided; everything is as before
     */
    private void append(List<Append.Part> aggregates, Optional<Entry> more) {
        requireNoProblem();
        var entries = new ArrayList<>(pending);
        more.map(this::event).ifPresent(entries::add);
        var parts = new ArrayList<Append.Part>();
        parts.add(new Append.Part(stream(), ExpectedVersion.exactly(journal.version()), entries));
        parts.addAll(others);
        parts.addAll(aggregates);
        try {
            var result = surroundings.store().append(new Append(parts, Optional.empty()));
            journal.at(result.version(stream()));
        } catch (ConcurrencyException e) {
            if (aggregates.stream().anyMatch(part -> part.stream().equals(e.stream()))) {
                throw e;
            }
            throw abandon(new JournalMovedException(stream(), e));
        } catch (RuntimeException | Error e) {
            throw abandon(e);
        }
        pending.clear();
        others.clear();
        pendingIsForeseen = false;
        verified = true;
    }

    // ---------------------------------------------------------------- what goes wrong

    /** Does what is not the business of the workflow's code: when it fails the turn comes to nothing. */
    <T> T outside(Supplier<T> work) {
        try {
            return work.get();
        } catch (Stop e) {
            throw e;
        } catch (RuntimeException | Error e) {
            throw abandon(e);
        }
    }

    /** Brings the turn to nothing; the first reason is kept. */
    Stop abandon(Throwable reason) {
        locked(() -> {
            if (problem == null) {
                problem = reason;
            }
            return null;
        });
        return new Stop(Stop.Why.ABANDONED);
    }

    void requireNoProblem() {
        if (locked(() -> problem) != null) {
            throw new Stop(Stop.Why.ABANDONED);
        }
    }

    Optional<Throwable> problem() {
        return Optional.ofNullable(locked(() -> problem));
    }

    /** The journal says something else than the code. */
    Stop contradiction(Place place, String recorded, String call) {
        return abandon(Contradiction.at(this, place, recorded, call));
    }

    /** Lets a short time pass. */
    void pause(Duration time) {
        try {
            surroundings.hands().pause(time);
        } catch (InterruptedException e) {
            throw abandon(e);
        }
    }

    static Entry.Refusal refusal(Throwable failure) {
        return new Entry.Refusal(
                failure.getClass().getSimpleName(), Objects.requireNonNullElse(failure.getMessage(), ""));
    }

    /** Identifies an effect wherever it is repeated. */
    String key(Place place) {
        int run = locked(journal::beginning).run();
        return definition.name() + "-" + id + "/" + (run == 1 ? "" : "run " + run + "/") + place.withoutAttempt();
    }
}
