package dev.headwater.testkit;

import static dev.headwater.store.AppendCondition.noneMatching;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.headwater.store.Append;
import dev.headwater.store.AppendConditionException;
import dev.headwater.store.EventQuery;
import dev.headwater.store.EventQuery.Criterion;
import dev.headwater.store.NewEvent;
import dev.headwater.store.StreamId;
import dev.headwater.testkit.ContractEvent.Counted;
import dev.headwater.testkit.ContractEvent.Enrolled;
import dev.headwater.testkit.ContractEvent.Noted;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Appends that depend on events anywhere in the log: by types, by categories, or on all of them. */
abstract class LogConditionContract extends ConditionContract {

    private static final EventQuery NOTES = EventQuery.ofTypes(Set.of("contract.noted"));
    private static final EventQuery ENROLMENTS = EventQuery.ofTypes(Set.of("contract.enrolled"));
    private static final EventQuery NEVER = EventQuery.ofTypes(Set.of("contract.unknown"));
    private static final List<String> TYPES = List.of("contract.noted", "contract.counted", "contract.unknown");
    private static final List<String> CATEGORIES = List.of("order", "orders", "Order", "$order");
    private static final List<String> TAGS = List.of("a", "b", "c", "d");

    LogConditionContract(EventStoreContract implementation) {
        super(implementation);
    }

    @Test
    void byTypeAlone() {
        store.append(OTHER, ANY, new Counted(1), new Noted("a"), new Counted(2), new Noted("b"));

        requireRefused(noneMatching(NOTES, 0), 2);
        requireRefused(noneMatching(NOTES.or(NEVER), 2), 4);
        requireAccepted(noneMatching(NOTES, 4));
        requireAccepted(noneMatching(NEVER, 0));
    }

    @Test
    void byCategoryAlone() {
        store.append(OTHER, ANY, new Counted(1));
        store.append(new StreamId("room-1"), ANY, new Counted(2));

        requireRefused(noneMatching(EventQuery.ofCategories(Set.of("room", "hall")), 0), 2);
        requireAccepted(noneMatching(EventQuery.ofCategories(Set.of("room")), 2));
        requireAccepted(noneMatching(EventQuery.ofCategories(Set.of("roo", "room-1", "Room")), 0));
    }

    @Test
    void byEveryEvent() {
        requireAccepted(noneMatching(EventQuery.all(), 0));
        requireRefused(noneMatching(EventQuery.all(), 0), 1);
        requireAccepted(noneMatching(EventQuery.all(), 1));
    }

    @Test
    void anEventFarBehindIsFound() {
        store.append(new StreamId("room-1"), ANY, new Noted("a"), new Enrolled("physics", "ada"));
        appendNoise(3_000);

        requireRefused(noneMatching(NOTES, 0), 1);
        requireRefused(noneMatching(EventQuery.ofCategories(Set.of("room")), 1), 2);
        requireRefused(noneMatching(EventQuery.withTags(Set.of("student:ada", "course:physics")), 0), 2);
        requireRefused(noneMatching(criterion(Set.of("contract.enrolled"), Set.of(), "student:ada"), 0), 2);
        requireAccepted(noneMatching(NOTES, 2));
        requireAccepted(noneMatching(criterion(Set.of("contract.noted"), Set.of(), "course:noise"), 0));

        long second = store.append(new StreamId("room-1"), ANY, new Noted("b")).lastPosition();
        requireRefused(noneMatching(NOTES, 1), second);
    }

    @Test
    void whatNeverOccursIsNotFoundInALongLog() {
        appendNoise(3_000);

        requireAccepted(noneMatching(NEVER, 0));
        requireAccepted(noneMatching(EventQuery.ofCategories(Set.of("hall")), 0));
        requireAccepted(noneMatching(EventQuery.withTags(Set.of("course:noise", "course:none")), 0));
        requireAccepted(noneMatching(criterion(Set.of("contract.unknown"), Set.of(), "course:noise"), 0));
        requireAccepted(noneMatching(criterion(Set.of(), Set.of("hall"), "course:noise"), 0));
        requireAccepted(noneMatching(EventQuery.withTags(Set.of("student:s1", "student:s2")), 0));
    }

    @Test
    void ofManyContendersByTypeOneWins() {
        requireOneWinner(List.of(ENROLMENTS));
    }

    @Test
    void ofManyContendersByCategoryOneWins() {
        requireOneWinner(List.of(EventQuery.ofCategories(Set.of("student"))));
    }

    @Test
    void ofManyContendersWhoseConditionsOverlapOneWins() {
        requireOneWinner(List.of(
                ENROLMENTS,
                EventQuery.withTags(Set.of("course:physics")),
                EventQuery.ofCategories(Set.of("student")),
                criterion(Set.of("contract.enrolled"), Set.of("student"), "course:physics"),
                EventQuery.all()));
    }

    /** Every contender brings an event that each of the queries matches. */
    private void requireOneWinner(List<EventQuery> queries) {
        for (int round = 0; round < 5; round++) {
            long head = store.headPosition();

            var outcomes = Contenders.run(
                    32,
                    i -> () -> (i % 2 == 0 ? store : elsewhere)
                            .append(Append.to(new StreamId("student-" + i), ANY, new Enrolled("physics", "s" + i))
                                    .onlyIf(noneMatching(queries.get(i % queries.size()), head))));

            var won = outcomes.stream().filter(Contenders.Outcome::succeeded).toList();
            assertEquals(1, won.size(), "winners");
            for (var outcome : outcomes) {
                if (!outcome.succeeded()) {
                    var refusal = assertInstanceOf(AppendConditionException.class, outcome.failure());
                    assertEquals(head + 1, refusal.conflictPosition());
                }
            }
            assertEquals(head + 1, store.headPosition());
        }
    }

    @Test
    void anyConditionIsRefusedForTheFirstEventThatMatches() {
        long seed = 20_262;
        var random = new Random(seed);
        for (int i = 0; i < 60; i++) {
            var stream = new StreamId(pick(random, CATEGORIES) + "-" + random.nextInt(4));
            toolkit.append(Append.to(stream, ANY, randomEvents(random, i)));
        }
        var all = wholeLog();

        for (int i = 0; i < 60; i++) {
            var query = randomQuery(random);
            long after = random.nextInt(all.size());
            var first = all.stream()
                    .filter(event ->
                            event.position() > after && query.matches(event.type(), event.stream(), event.tags()))
                    .findFirst();
            var append = Append.to(new StreamId("quiet"), ANY, new Enrolled("condition " + i, "of seed " + seed))
                    .onlyIf(noneMatching(query, after));
            var outcome =
                    Contenders.run(1, number -> () -> store.append(append)).getFirst();
            var what = "condition " + i + " of seed " + seed + ": " + query + " after " + after;
            if (first.isPresent()) {
                var refusal = assertInstanceOf(AppendConditionException.class, outcome.failure(), what);
                assertEquals(first.get().position(), refusal.conflictPosition(), what);
            } else {
                assertEquals(store.headPosition(), outcome.value().lastPosition(), what);
            }
        }
    }

    private static List<NewEvent> randomEvents(Random random, int part) {
        return IntStream.rangeClosed(1, 1 + random.nextInt(100))
                .mapToObj(number -> {
                    // The last tag is rare, and the first type gives way to the second one.
                    var event = random.nextInt(60) > part ? new Noted("n") : new Counted(number);
                    var tags = new HashSet<String>();
                    for (var tag : TAGS) {
                        if (random.nextInt(tag.equals("d") ? 200 : 3) == 0) {
                            tags.add(tag);
                        }
                    }
                    return new NewEvent(NewEvent.of(event).envelope(), tags);
                })
                .toList();
    }

    private static EventQuery randomQuery(Random random) {
        var criteria = new ArrayList<Criterion>();
        for (int i = 0; i <= random.nextInt(2); i++) {
            criteria.add(new Criterion(
                    some(random, TYPES, 3), some(random, CATEGORIES, 3), some(random, TAGS, 2), random.nextBoolean()));
        }
        return new EventQuery(criteria);
    }

    private static Set<String> some(Random random, List<String> names, int oneIn) {
        var some = new HashSet<String>();
        for (var name : names) {
            if (random.nextInt(oneIn) == 0) {
                some.add(name);
            }
        }
        return some;
    }

    private static String pick(Random random, List<String> names) {
        return names.get(random.nextInt(names.size()));
    }

    /** Appends so many events of one type, with one tag on all and one of seven others on each. */
    private void appendNoise(int count) {
        int part = 500;
        for (int first = 0; first < count; first += part) {
            store.append(
                    STREAM,
                    ANY,
                    IntStream.range(first, first + part)
                            .mapToObj(i -> new Enrolled("noise", "s" + i % 7))
                            .toList());
        }
    }

    private static EventQuery criterion(Set<String> types, Set<String> categories, String tag) {
        return new EventQuery(List.of(new Criterion(types, categories, Set.of(tag))));
    }
}
