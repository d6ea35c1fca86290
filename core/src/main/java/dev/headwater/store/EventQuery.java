package dev.headwater.store;

import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Which events of the log are wanted: those that meet at least one criterion, or all when there is none.
 *
 * <p>What stands in {@linkplain StreamId#isReserved reserved streams} belongs to the toolkit and is never wanted,
 * unless the query says so with {@link #withReserved}. That holds wherever a query is used: for reads, subscriptions
 * and conditions of appends.
 *
 * @param anyOf the criteria
 */
public record EventQuery(List<Criterion> anyOf) {

    private static final Criterion ANYTHING = new Criterion(Set.of(), Set.of(), Set.of());
    private static final EventQuery ALL = new EventQuery(List.of());

    /** Copies the criteria. */
    public EventQuery {
        anyOf = List.copyOf(anyOf);
    }

    /**
     * One way to be wanted: every set that is not empty must be met.
     *
     * @param types the event has one of these type names
     * @param categories its stream is in one of these categories
     * @param tags it has all of these tags
     * @param reserved whether its stream may be a reserved one
     */
    public record Criterion(Set<String> types, Set<String> categories, Set<String> tags, boolean reserved) {

        /** Copies the sets and checks the tags. */
        public Criterion {
            types = Set.copyOf(types);
            categories = Set.copyOf(categories);
            tags = Set.copyOf(tags);
            tags.forEach(NewEvent::requireValidTag);
        }

        /** A criterion that nothing in a reserved stream meets. */
        public Criterion(Set<String> types, Set<String> categories, Set<String> tags) {
            this(types, categories, tags, false);
        }

        /** The same criterion, which what stands in reserved streams can meet too. */
        public Criterion withReserved() {
            return new Criterion(types, categories, tags, true);
        }

        /** Whether it names neither types nor categories nor tags. */
        public boolean isOpen() {
            return types.isEmpty() && categories.isEmpty() && tags.isEmpty();
        }

        /** Whether an event meets this criterion. */
        public boolean matches(String type, StreamId stream, Set<String> eventTags) {
            return (reserved || !stream.isReserved())
                    && (types.isEmpty() || types.contains(type))
                    && (categories.isEmpty() || categories.contains(stream.category()))
                    && eventTags.containsAll(tags);
        }
    }

    /** Every event that is not in a reserved stream. */
    public static EventQuery all() {
        return ALL;
    }

    /** Events of these types. */
    public static EventQuery ofTypes(Set<String> types) {
        return new EventQuery(List.of(new Criterion(requireSome(types, "type"), Set.of(), Set.of())));
    }

    /** Events in streams of these categories. */
    public static EventQuery ofCategories(Set<String> categories) {
        return new EventQuery(List.of(new Criterion(Set.of(), requireSome(categories, "category"), Set.of())));
    }

    /** Events that have all of these tags. */
    public static EventQuery withTags(Set<String> tags) {
        return new EventQuery(List.of(new Criterion(Set.of(), Set.of(), requireSome(tags, "tag"))));
    }

    /** Events that this query or another one wants. */
    public EventQuery or(EventQuery other) {
        if ((anyOf.isEmpty() && !other.isReserved()) || (other.anyOf.isEmpty() && !isReserved())) {
            return ALL;
        }
        return new EventQuery(
                Stream.concat(criteria().stream(), other.criteria().stream()).toList());
    }

    /** The same query, which wants events in reserved streams too: those that meet the same criteria. */
    public EventQuery withReserved() {
        return new EventQuery(criteria().stream().map(Criterion::withReserved).toList());
    }

    /** Whether it wants every event of the log, in reserved streams too. */
    public boolean wantsWholeLog() {
        return anyOf.stream().anyMatch(criterion -> criterion.isOpen() && criterion.reserved());
    }

    private boolean isReserved() {
        return anyOf.stream().anyMatch(Criterion::reserved);
    }

    /** The criteria, of which there is one also for all events. */
    private List<Criterion> criteria() {
        return anyOf.isEmpty() ? List.of(ANYTHING) : anyOf;
    }

    /** Whether an event is wanted. */
    public boolean matches(String type, StreamId stream, Set<String> tags) {
        for (var criterion : anyOf) {
            if (criterion.matches(type, stream, tags)) {
                return true;
            }
        }
        return anyOf.isEmpty() && !stream.isReserved();
    }

    /** The query over stored events, whose types may have had other names. */
    EventQuery storedUnder(UnaryOperator<Set<String>> names) {
        boolean same = anyOf.stream()
                .allMatch(criterion -> names.apply(criterion.types()).equals(criterion.types()));
        return same
                ? this
                : new EventQuery(anyOf.stream()
                        .map(criterion -> new Criterion(
                                names.apply(criterion.types()),
                                criterion.categories(),
                                criterion.tags(),
                                criterion.reserved()))
                        .toList());
    }

    private static Set<String> requireSome(Set<String> names, String what) {
        if (names.isEmpty()) {
            throw new IllegalArgumentException(
                    "Expected at least one " + what + ": an empty set would match every event");
        }
        return names;
    }
}
