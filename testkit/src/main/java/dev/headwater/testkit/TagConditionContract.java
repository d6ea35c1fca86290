package dev.headwater.testkit;

import static dev.headwater.store.AppendCondition.noneMatching;
import static dev.headwater.store.ExpectedVersion.noStream;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.headwater.store.Append;
import dev.headwater.store.AppendConditionException;
import dev.headwater.store.ConcurrencyException;
import dev.headwater.store.EventQuery;
import dev.headwater.store.EventQuery.Criterion;
import dev.headwater.store.NewEvent;
import dev.headwater.store.StreamId;
import dev.headwater.testkit.ContractEvent.Counted;
import dev.headwater.testkit.ContractEvent.Enrolled;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Appends that depend on events with certain tags. */
abstract class TagConditionContract extends ConditionContract {

    private static final EventQuery PHYSICS = EventQuery.withTags(Set.of("course:physics"));

    TagConditionContract(EventStoreContract implementation) {
        super(implementation);
    }

    @Test
    void acceptedWhenNothingMatches() {
        store.append(STREAM, ANY, new Enrolled("chemistry", "ada"));

        var result = store.append(physicsFor("ada").onlyIf(noneMatching(PHYSICS, 0)));

        assertEquals(2, result.lastPosition());
        assertEquals(new Enrolled("physics", "ada"), log().get(1).event());
    }

    @Test
    void refusedWhenAnEventMatches() {
        store.append(OTHER, ANY, new Counted(1), new Enrolled("physics", "grace"));

        requireRefused(noneMatching(PHYSICS, 0), 2);
    }

    @Test
    void onlyEventsAfterThePositionCount() {
        store.append(OTHER, ANY, new Enrolled("physics", "grace"), new Counted(1), new Enrolled("physics", "alan"));

        requireRefused(noneMatching(PHYSICS, 1), 3);
        requireRefused(noneMatching(PHYSICS, 2), 3);
        requireAccepted(noneMatching(PHYSICS, 3));
    }

    @Test
    void aPositionPastTheHeadIsAccepted() {
        store.append(OTHER, ANY, new Enrolled("physics", "grace"));

        requireAccepted(noneMatching(PHYSICS, 1_000));
        requireAccepted(noneMatching(PHYSICS, Long.MAX_VALUE));
    }

    @Test
    void theEventsOfTheAppendItselfDoNotCount() {
        var result =
                store.append(Append.to(STREAM, ANY, new Enrolled("physics", "ada"), new Enrolled("physics", "alan"))
                        .onlyIf(noneMatching(PHYSICS, 0)));

        assertEquals(2, result.version(STREAM));
        requireRefused(noneMatching(PHYSICS, 0), 1);
    }

    @Test
    void everyTagOfACriterionIsRequired() {
        store.append(OTHER, ANY, new Enrolled("physics", "grace"), new Enrolled("chemistry", "ada"));

        requireAccepted(noneMatching(EventQuery.withTags(Set.of("course:chemistry", "student:grace")), 0));
        requireRefused(noneMatching(EventQuery.withTags(Set.of("course:physics", "student:grace")), 0), 1);
    }

    @Test
    void theTypesOfACriterionAreRequired() {
        store.append(Append.to(OTHER, ANY, List.of(tagged(1, "seat:1"))));

        requireAccepted(noneMatching(criterion(Set.of("contract.noted"), Set.of(), "seat:1"), 0));
        requireRefused(noneMatching(criterion(Set.of("contract.noted", "contract.counted"), Set.of(), "seat:1"), 0), 1);
    }

    @Test
    void theCategoriesOfACriterionAreRequired() {
        store.append(Append.to(new StreamId("room-1"), ANY, List.of(tagged(1, "seat:1"))));

        requireAccepted(noneMatching(criterion(Set.of(), Set.of("roo", "room-1"), "seat:1"), 0));
        requireRefused(noneMatching(criterion(Set.of(), Set.of("hall", "room"), "seat:1"), 0), 1);
    }

    @Test
    void oneOfSeveralCriteriaIsEnough() {
        store.append(OTHER, ANY, new Counted(1), new Enrolled("physics", "grace"));
        var alanOrPhysics = EventQuery.withTags(Set.of("student:alan")).or(PHYSICS);
        var alanOrChemistry =
                EventQuery.withTags(Set.of("student:alan")).or(EventQuery.withTags(Set.of("course:chemistry")));

        requireRefused(noneMatching(alanOrPhysics, 0), 2);
        requireAccepted(noneMatching(alanOrChemistry, 0));
    }

    @Test
    void tagsAreComparedCharacterByCharacter() {
        var tags = List.of(
                "a", "A", "a ", " a", "a,b", "{a}", "\"a\"", "\\a", "'a'", "NULL", "%", "_", "\u00e9", "e\u0301");
        for (int i = 0; i < tags.size(); i++) {
            var condition = noneMatching(EventQuery.withTags(Set.of(tags.get(i))), 0);
            var append = Append.to(STREAM, ANY, List.of(tagged(i, tags.get(i)))).onlyIf(condition);
            assertEquals(i + 1, store.append(append).lastPosition(), "no event has the tag " + tags.get(i) + " yet");
            requireRefused(condition, i + 1);
        }
    }

    @Test
    void expectedVersionsAndConditionMustBothHold() {
        store.append(OTHER, noStream(), new Enrolled("physics", "grace"));

        refused(
                AppendConditionException.class,
                () -> store.append(Append.to(STREAM, noStream(), new Counted(1)).onlyIf(noneMatching(PHYSICS, 0))));
        refused(
                ConcurrencyException.class,
                () -> store.append(Append.to(OTHER, noStream(), new Counted(1)).onlyIf(noneMatching(PHYSICS, 1))));
        requireAccepted(noneMatching(PHYSICS, 1));
    }

    @Test
    void aRefusalKeepsEveryStreamOfTheAppendAsItWas() {
        store.append(OTHER, ANY, new Enrolled("physics", "grace"));

        refused(
                AppendConditionException.class,
                () -> store.append(Append.to(STREAM, ANY, new Counted(1))
                        .and(OTHER, ANY, new Counted(2))
                        .onlyIf(noneMatching(PHYSICS, 0))));

        assertEquals(0, store.streamVersion(STREAM));
        assertEquals(1, store.streamVersion(OTHER));
    }

    @Test
    void anAppendThatWasRefusedCanBeRepeatedAfterReadingAgain() {
        store.append(OTHER, ANY, new Enrolled("physics", "grace"));
        var append = physicsFor("ada");
        refused(AppendConditionException.class, () -> store.append(append.onlyIf(noneMatching(PHYSICS, 0))));

        assertEquals(2, store.append(append.onlyIf(noneMatching(PHYSICS, 1))).lastPosition());
    }

    @Test
    void ofManyContendersOneWins() {
        for (int round = 0; round < 5; round++) {
            long head = store.headPosition();
            var condition = noneMatching(PHYSICS, head);

            var outcomes = Contenders.run(
                    32,
                    i -> () -> (i % 2 == 0 ? store : elsewhere)
                            .append(Append.to(new StreamId("student-" + i), ANY, new Enrolled("physics", "s" + i))
                                    .onlyIf(condition)));

            var won = outcomes.stream().filter(Contenders.Outcome::succeeded).toList();
            assertEquals(1, won.size(), "winners");
            assertEquals(head + 1, won.getFirst().value().lastPosition());
            for (var outcome : outcomes) {
                if (!outcome.succeeded()) {
                    var refusal = assertInstanceOf(AppendConditionException.class, outcome.failure());
                    assertEquals(head + 1, refusal.conflictPosition());
                }
            }
            assertEquals(head + 1, store.headPosition());
        }
    }

    private static Append physicsFor(String student) {
        return Append.to(new StreamId("student-" + student), ANY, new Enrolled("physics", student));
    }

    private static NewEvent tagged(int number, String tag) {
        var event = NewEvent.of(new Counted(number));
        return new NewEvent(event.envelope(), Set.of(tag));
    }

    private static EventQuery criterion(Set<String> types, Set<String> categories, String tag) {
        return new EventQuery(List.of(new Criterion(types, categories, Set.of(tag))));
    }
}
