package dev.headwater.store;

import java.util.function.UnaryOperator;

/**
 * Makes an append depend on events outside of its streams, a <em>dynamic consistency boundary</em>: it is refused when
 * an event that the query wants has been appended after the given position.
 *
 * <p>Read with the query, decide, and append with the same query and the position read up to. The answer is exact: of
 * two decisions that rest on the same events only one is accepted. Any query will do: by tags, by types, by categories,
 * or for every event, which admits no append by anybody since. The wider it is, the more appends refuse each other.
 *
 * <p>The older the position, the more there may be to look at, but nobody else waits for that: a storage looks before
 * the critical section of appends, and in it only at what has come since.
 *
 * @param query which events must not be there
 * @param after 0 to refuse if any such event exists at all
 * @see <a href="https://dcb.events/specification/">Dynamic Consistency Boundary, specification</a>
 */
public record AppendCondition(EventQuery query, long after) {

    /** Checks the position. */
    public AppendCondition {
        if (after < 0) {
            throw new IllegalArgumentException(
                    "The position of an append condition is " + after + ": expected 0 or more");
        }
    }

    /** The condition over stored events, whose types may have had other names; itself when they have not. */
    AppendCondition storedUnder(UnaryOperator<EventQuery> stored) {
        var translated = stored.apply(query);
        return translated.equals(query) ? this : new AppendCondition(translated, after);
    }

    /** Refuses the append when an event that the query wants exists after the position. */
    public static AppendCondition noneMatching(EventQuery query, long after) {
        return new AppendCondition(query, after);
    }
}
