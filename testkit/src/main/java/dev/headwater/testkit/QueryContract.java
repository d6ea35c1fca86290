package dev.headwater.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.headwater.DomainEvent;
import dev.headwater.store.Append;
import dev.headwater.store.EventQuery;
import dev.headwater.store.EventQuery.Criterion;
import dev.headwater.store.NewEvent;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import dev.headwater.testkit.ContractEvent.Counted;
import dev.headwater.testkit.ContractEvent.Enrolled;
import dev.headwater.testkit.ContractEvent.Noted;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The log filtered by type, category and tags, as the storage does it: nothing above it filters once more. */
abstract class QueryContract extends StorageContract {

    private static final List<String> TYPES = List.of("contract.noted", "contract.counted", "contract.unknown");
    private static final List<String> CATEGORIES = List.of("order", "order2", "Order", "orders", "$order");
    private static final List<String> TAGS = List.of("a", "b", "c");

    QueryContract(EventStoreContract implementation) {
        super(implementation);
    }

    @Test
    void byType() {
        store.append(STREAM, ANY, new Noted("a"), new Counted(1), new Noted("b"), new Enrolled("c", "s"));

        requireFound(EventQuery.ofTypes(Set.of("contract.noted")), 1, 3);
        requireFound(EventQuery.ofTypes(Set.of("contract.noted", "contract.enrolled")), 1, 3, 4);
        requireFound(EventQuery.ofTypes(Set.of("contract", "Contract.noted", "contract_noted", "contract.%")));
    }

    @Test
    void byCategory() {
        store.append(new StreamId("order-1"), ANY, new Counted(1));
        store.append(new StreamId("orders-1"), ANY, new Counted(2));
        store.append(new StreamId("order2-1"), ANY, new Counted(3));
        store.append(new StreamId("order"), ANY, new Counted(4));
        store.append(new StreamId("Order-1"), ANY, new Counted(5));
        store.append(new StreamId("order-2-b"), ANY, new Counted(6));
        store.append(new StreamId("pre-order-1"), ANY, new Counted(7));
        store.append(new StreamId("order-"), ANY, new Counted(8));
        store.append(new StreamId("-order"), ANY, new Counted(9));
        store.append(new StreamId(" order-1"), ANY, new Counted(10));

        requireFound(EventQuery.ofCategories(Set.of("order")), 1, 4, 6, 8);
        requireFound(EventQuery.ofCategories(Set.of("orders", "Order")), 2, 5);
        requireFound(EventQuery.ofCategories(Set.of("")), 9);
        requireFound(EventQuery.ofCategories(Set.of("order-1", "orde", "o")));
    }

    @Test
    void wildcardsInCategoriesAreOrdinaryCharacters() {
        var categories =
                List.of("a_b", "axb", "a%b", "ab", "a\\b", "a*b", "a?b", "a.b", "%", "_", "*", "a'b", "é", "e\u0301");
        for (var category : categories) {
            store.append(new StreamId(category + "-1"), ANY, new Noted(category));
        }

        for (int i = 0; i < categories.size(); i++) {
            requireFound(EventQuery.ofCategories(Set.of(categories.get(i))), i + 1);
        }
    }

    @Test
    void byTags() {
        append("order-1", "a");
        append("order-1", "a", "b");
        append("order-2", "b");
        append("order-2");
        append("order-3", "A", "ab", "a,b", "{a}");

        requireFound(EventQuery.withTags(Set.of("a")), 1, 2);
        requireFound(EventQuery.withTags(Set.of("b")), 2, 3);
        requireFound(EventQuery.withTags(Set.of("a", "b")), 2);
        requireFound(EventQuery.withTags(Set.of("a,b")), 5);
        requireFound(EventQuery.withTags(Set.of("{a}", "ab")), 5);
        requireFound(EventQuery.withTags(Set.of("c")));
    }

    @Test
    void allPartsOfACriterionAndAnyOfSeveral() {
        append("order-1", "a");
        append("orders-1", "a");
        store.append(new StreamId("order-1"), ANY, new Noted("no tag"));
        append("order-2", "b");

        var counted = new Criterion(Set.of("contract.counted"), Set.of("order"), Set.of("a"));
        var noted = new Criterion(Set.of("contract.noted"), Set.of("order", "orders"), Set.of());

        requireFound(new EventQuery(List.of(counted)), 1);
        requireFound(new EventQuery(List.of(noted)), 3);
        requireFound(new EventQuery(List.of(counted, noted)), 1, 3);
        requireFound(new EventQuery(List.of(counted)).or(EventQuery.withTags(Set.of("b"))), 1, 4);
        requireFound(new EventQuery(List.of(new Criterion(Set.of(), Set.of(), Set.of()))), 1, 2, 3, 4);
        requireFound(EventQuery.all(), 1, 2, 3, 4);
    }

    @Test
    void anEventThatMeetsSeveralCriteriaIsFoundOnce() {
        append("order-1", "a", "b");

        requireFound(
                EventQuery.withTags(Set.of("a"))
                        .or(EventQuery.withTags(Set.of("b")))
                        .or(EventQuery.ofCategories(Set.of("order"))),
                1);
    }

    @Test
    void manyNamesInOneQuery() {
        append("order-1", "a");
        append("item-1", "b");
        var many = IntStream.range(0, 1_000).mapToObj(i -> "name" + i).collect(Collectors.toSet());
        var types = new HashSet<>(many);
        types.add("contract.counted");
        var categories = new HashSet<>(many);
        categories.add("item");

        requireFound(new EventQuery(List.of(new Criterion(types, categories, Set.of()))), 2);
        requireFound(EventQuery.ofTypes(types), 1, 2);
    }

    @Test
    void rareEventsAreFoundBehindManyOthers() {
        store.append(STREAM, ANY, new Noted("first"));
        store.append(OTHER, ANY, counted(5_000));
        store.append(STREAM, ANY, new Noted("last"));

        requireFound(EventQuery.ofTypes(Set.of("contract.noted")), 1, 5_002);
    }

    @Test
    void anyQueryFindsWhatMatches() {
        long seed = 20_261;
        var random = new Random(seed);
        for (int i = 0; i < 150; i++) {
            var stream = new StreamId(pick(random, CATEGORIES) + "-" + random.nextInt(4));
            toolkit.append(Append.to(stream, ANY, randomEvents(random)));
        }
        var all = wholeLog();
        assertFalse(all.isEmpty());

        for (int i = 0; i < 60; i++) {
            var query = randomQuery(random);
            long after = random.nextInt(all.size() + 2);
            var expected = all.stream()
                    .filter(event -> query.matches(event.type(), event.stream(), event.tags()))
                    .map(StoredEvent::position)
                    .toList();
            var what = "query " + i + " of seed " + seed + ": " + query + " at " + after;
            assertEquals(
                    expected.stream().filter(position -> position > after).toList(),
                    positions(store.readLogAsStored(after, query).toList()),
                    what);
            assertEquals(
                    expected.reversed().stream()
                            .filter(position -> position < after)
                            .toList(),
                    positions(store.readLogBackwards(after, query).toList()),
                    what);
        }
    }

    private void append(String stream, String... tags) {
        var event = NewEvent.of(new Counted(0));
        store.append(Append.to(new StreamId(stream), ANY, List.of(new NewEvent(event.envelope(), Set.of(tags)))));
    }

    private void requireFound(EventQuery query, long... positions) {
        var expected = java.util.Arrays.stream(positions).boxed().toList();
        assertEquals(expected, positions(store.readLogAsStored(0, query).toList()), query + " forwards");
        assertEquals(
                expected.reversed(), positions(store.readLogBackwards(query).toList()), query + " backwards");
        for (long after = 0; after <= Math.min(store.headPosition(), 10); after++) {
            long bound = after;
            assertEquals(
                    expected.stream().filter(position -> position > bound).toList(),
                    positions(store.readLogAsStored(after, query).toList()),
                    query + " after " + after);
            assertEquals(
                    expected.reversed().stream()
                            .filter(position -> position < bound)
                            .toList(),
                    positions(store.readLogBackwards(after, query).toList()),
                    query + " before " + after);
        }
    }

    private static List<NewEvent> randomEvents(Random random) {
        var events = new ArrayList<NewEvent>();
        int count = 1 + random.nextInt(5);
        for (int i = 0; i < count; i++) {
            DomainEvent event = random.nextBoolean() ? new Noted("n") : new Counted(i);
            events.add(new NewEvent(NewEvent.of(event).envelope(), some(random, TAGS)));
        }
        return events;
    }

    private static EventQuery randomQuery(Random random) {
        var criteria = new ArrayList<Criterion>();
        int count = random.nextInt(4);
        for (int i = 0; i < count; i++) {
            criteria.add(new Criterion(
                    some(random, TYPES), some(random, CATEGORIES), some(random, TAGS), random.nextBoolean()));
        }
        return new EventQuery(criteria);
    }

    private static Set<String> some(Random random, List<String> names) {
        return names.stream().filter(name -> random.nextInt(3) == 0).collect(Collectors.toSet());
    }

    private static String pick(Random random, List<String> names) {
        return names.get(random.nextInt(names.size()));
    }
}
