package dev.headwater.store;

import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Which events of the log are wanted: those that meet at least one criterion, or all when there is none.
 *
 * @param anyOf the criteria
 */
public record EventQuery(List<Criterion> anyOf) {

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
     */
    public record Criterion(Set<String> types, Set<String> categories, Set<String> tags) {

        /** Copies the sets and checks the tags. */
        public Criterion {
            types = Set.copyOf(types);
            categories = Set.copyOf(categories);
            tags = Set.copyOf(tags);
            tags.forEach(NewEvent::requireValidTag);
        }

        /** Whether an event meets this criterion. */
        public boolean matches(String type, StreamId stream, Set<String> eventTags) {
            return (types.isEmpty() || types.contains(type))
                    && (categories.isEmpty() || categories.contains(stream.category()))
                    && eventTags.containsAll(tags);
        }
    }

    /** Every event. */
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
        if (anyOf.isEmpty() || other.anyOf.isEmpty()) {
            return ALL;
        }
        return new EventQuery(java.util.stream.Stream.concat(anyOf.stream(), other.anyOf.stream())
                .toList());
    }

    /** Whether an event is wanted. */
    public boolean matches(String type, StreamId stream, Set<String> tags) {
        for (var criterion : anyOf) {
            if (criterion.matches(type, stream, tags)) {
                return true;
            }
        }
        return anyOf.isEmpty();
    }

    /** The query over stored events, whose types may have had other names. */
    EventQuery storedUnder(UnaryOperator<Set<String>> names) {
        boolean same = anyOf.stream()
                .allMatch(criterion -> names.apply(criterion.types()).equals(criterion.types()));
        return same
                ? this
                : new EventQuery(anyOf.stream()
                        .map(criterion ->
                                new Criterion(names.apply(criterion.types()), criterion.categories(), criterion.tags()))
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
