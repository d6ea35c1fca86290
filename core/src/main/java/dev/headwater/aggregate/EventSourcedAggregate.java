package dev.headwater.aggregate;

import dev.headwater.DomainEvent;
import dev.headwater.store.Append;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An aggregate as an object: its methods check the rules and {@link #apply} events, {@link #when} alone changes its
 * fields.
 *
 * <p>Write {@link #when} as an exhaustive {@code switch} over a sealed event type. An aggregate belongs to one thread.
 *
 * @param <E> its events, best a sealed interface
 */
public abstract class EventSourcedAggregate<E extends DomainEvent> {

    private final List<E> uncommitted = new ArrayList<>();
    private long version;
    private Loading loading = Loading.NONE;

    /** The append of the first uncommitted events whose outcome is unknown. */
    private @Nullable Append unanswered;

    /** Creates an aggregate without events. */
    protected EventSourcedAggregate() {}

    /** The identity of the aggregate, known at the latest after its first event. */
    public abstract String id();

    /** Changes the fields as the event says; it never refuses one, since events have happened. */
    protected abstract void when(E event);

    /** Lets an event happen: it changes this object now and the store when the aggregate is saved. */
    protected final void apply(E event) {
        when(event);
        version++;
        uncommitted.add(event);
    }

    /** The version of the last event, counting those that are not saved yet; 0 when there is none. */
    public final long version() {
        return version;
    }

    /** The events that happened since the aggregate was loaded or saved. */
    public final List<E> uncommittedEvents() {
        return List.copyOf(uncommitted);
    }

    final long committedVersion() {
        return version - uncommitted.size();
    }

    /** What loading this aggregate took, for the snapshot policy. */
    final Loading loading() {
        return loading;
    }

    final void loaded(long newVersion, Loading newLoading) {
        version = newVersion;
        loading = newLoading;
    }

    final @Nullable Append unanswered() {
        return unanswered;
    }

    final void unanswered(Append append) {
        unanswered = append;
    }

    /** The first of the uncommitted events are stored. */
    final void committed(int events) {
        uncommitted.subList(0, events).clear();
        unanswered = null;
    }

    /** How many events were replayed to load an aggregate, and for how long. */
    record Loading(long replayedEvents, Duration replayTime) {
        static final Loading NONE = new Loading(0, Duration.ZERO);
    }
}
