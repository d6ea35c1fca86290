package dev.headwater.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headwater.subscription.SubscriptionStatus;
import dev.headwater.subscription.spi.Claim;
import dev.headwater.subscription.spi.ClaimLostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Who owns what. */
abstract class SegmentContract<T> extends SubscriptionTopic<T> {

    SegmentContract(SubscriptionStorageContract<T> implementation) {
        super(implementation);
    }

    @Test
    void theFirstRegistrationDecides() {
        assertEquals(3, storage.register(NAME, 3, 7));
        assertEquals(3, storage.register(NAME, 5, 9));
        assertEquals(2, storage.register(OTHER, 2, 0));

        assertEquals(
                List.of(
                        new SubscriptionStatus.Segment(0, 7, Optional.empty()),
                        new SubscriptionStatus.Segment(1, 7, Optional.empty()),
                        new SubscriptionStatus.Segment(2, 7, Optional.empty())),
                storage.segments(NAME));
        assertEquals(List.of(0L), positions(OTHER));
        assertEquals(List.of(), storage.segments("unknown"));
    }

    @Test
    void ofManyFirstRegistrationsOneDecides() {
        var numbers = Contenders.run(8, i -> () -> storage.register(NAME, i + 1, i)).stream()
                .map(Contenders.Outcome::value)
                .collect(Collectors.toSet());

        assertEquals(1, numbers.size(), "all are told the same number of segments, but found " + numbers);
        assertEquals(numbers.iterator().next(), storage.segments(NAME).size());
        assertEquals(1, positions(NAME).size());
    }

    @Test
    void oneInstanceOwnsEverything() {
        storage.register(NAME, SEGMENTS, 5);

        var assignment = renew(A);

        assertEquals(
                IntStream.range(0, SEGMENTS).boxed().toList(),
                assignment.claims().stream().map(Claim::segment).sorted().toList());
        assertTrue(assignment.claims().stream()
                .allMatch(claim -> claim.checkpoint().position() == 5));
        assertEquals(0, assignment.surplus());
        assertFalse(assignment.paused());
        assertFalse(assignment.lettersDue());
        assertEquals(
                Set.copyOf(assignment.claims()),
                Set.copyOf(storage.holding(NAME, A).claims()));
        assertEquals(Set.of(A), new HashSet<>(owners().values()));
        assertEquals(List.of(), storage.holding(NAME, B).claims());
    }

    @Test
    void renewingChangesNothingByItself() {
        storage.register(NAME, SEGMENTS, 0);
        var first = renew(A);
        for (int i = 0; i < 3; i++) {
            var again = renew(A);
            assertTrue(again.asksForSameAs(first), "expected " + first + " again, but found " + again);
        }
    }

    @Test
    void everySubscriptionIsRenewedAtOnce() {
        storage.register(NAME, 4, 1);
        storage.register(OTHER, 2, 2);

        var assignments = storage.renew(A, Set.of(NAME, OTHER), LONG);

        assertEquals(Set.of(NAME, OTHER), assignments.keySet());
        assertEquals(4, storage.holding(NAME, A).claims().size());
        assertEquals(2, storage.holding(OTHER, A).claims().size());
        assertEquals(List.of(2L), positions(OTHER));
    }

    @Test
    void instancesOfAnotherSubscriptionTakeNoShare() {
        storage.register(NAME, 4, 0);
        storage.register(OTHER, 4, 0);
        storage.renew(B, Set.of(OTHER), LONG);

        assertEquals(4, renew(A).claims().size());
        assertEquals(0, renew(A).surplus());
    }

    @Test
    void sharesAreFair() {
        storage.register(NAME, SEGMENTS, 0);

        assertEquals(List.of(16), sizes(converge(A)));
        assertEquals(List.of(8, 8), sizes(converge(A, B)));
        assertEquals(List.of(5, 5, 6), sizes(converge(A, B, C)));
    }

    @Test
    void moreInstancesThanSegmentsLeaveSomeIdle() {
        storage.register(NAME, 2, 0);
        renew(A);
        renew(B);
        renew(C);
        for (int round = 0; round < 5; round++) {
            for (var instance : List.of(A, B, C)) {
                var assignment = renew(instance);
                storage.release(NAME, instance, assignment.claims().subList(0, assignment.surplus()));
            }
        }

        assertEquals(List.of(1, 1), sizes(owners()));
    }

    @Test
    void theSurplusIsTold() {
        storage.register(NAME, SEGMENTS, 0);
        renew(A);

        assertEquals(0, renew(B).claims().size());
        assertEquals(8, renew(A).surplus());
        assertEquals(16, renew(A).claims().size(), "nothing is taken away from an instance that lives");
    }

    @Test
    void replacingEveryInstanceMovesNoSegmentMoreThanNeeded() {
        storage.register(NAME, SEGMENTS, 0);
        var before = converge(A, B, C);
        var alive = new ArrayList<>(List.of(A, B, C));
        for (var next : List.of("instance-d", "instance-e", "instance-f")) {
            var leaver = alive.removeFirst();
            storage.leave(NAME, leaver);
            before = requireOnlyTheLeaversMove(before, leaver, alive.size(), converge(alive.toArray(String[]::new)));
            alive.add(next);
            before = requireOnlyTheJoinersMove(before, next, alive.size(), converge(alive.toArray(String[]::new)));
        }
    }

    @Test
    void addingAnInstanceBeforeOneLeavesMovesNoSegmentMoreThanNeeded() {
        storage.register(NAME, SEGMENTS, 0);
        var before = converge(A, B, C);
        var alive = new ArrayList<>(List.of(A, B, C));
        for (var next : List.of("instance-d", "instance-e", "instance-f")) {
            alive.add(next);
            before = requireOnlyTheJoinersMove(before, next, alive.size(), converge(alive.toArray(String[]::new)));
            var leaver = alive.removeFirst();
            storage.leave(NAME, leaver);
            before = requireOnlyTheLeaversMove(before, leaver, alive.size(), converge(alive.toArray(String[]::new)));
        }
    }

    @Test
    void anInstanceInThePlaceOfAnotherTakesWhatThatOneHad() {
        storage.register(NAME, SEGMENTS, 0);
        var before = converge(A, B, C);

        storage.leave(NAME, B);
        requireOnlyTheLeaversMove(before, B, 3, converge("instance-d", A, C));
    }

    private static Map<Integer, String> requireOnlyTheLeaversMove(
            Map<Integer, String> before, String leaver, int instances, Map<Integer, String> after) {
        before.forEach((segment, owner) -> {
            if (!owner.equals(leaver)) {
                assertEquals(owner, after.get(segment), "the owner of segment " + segment + " when another left");
            }
        });
        requireFair(instances, after);
        return after;
    }

    private static Map<Integer, String> requireOnlyTheJoinersMove(
            Map<Integer, String> before, String joiner, int instances, Map<Integer, String> after) {
        before.forEach((segment, owner) -> {
            if (!joiner.equals(after.get(segment))) {
                assertEquals(owner, after.get(segment), "the owner of segment " + segment + " when another joined");
            }
        });
        requireFair(instances, after);
        return after;
    }

    private static void requireFair(int instances, Map<Integer, String> owners) {
        var sizes = sizes(owners);
        assertEquals(instances, sizes.size(), "how many instances own something");
        assertTrue(sizes.getLast() - sizes.getFirst() <= 1, "fair shares, but found " + sizes);
    }

    private static List<Integer> sizes(Map<Integer, String> owners) {
        var sizes = new TreeMap<String, Integer>();
        owners.values().forEach(owner -> sizes.merge(owner, 1, Integer::sum));
        return sizes.values().stream().sorted().toList();
    }

    @Test
    void releasedSegmentsCanBeClaimedAtOnce() {
        storage.register(NAME, SEGMENTS, 0);
        var claims = renew(A).claims();
        renew(B);

        storage.release(NAME, A, claims.subList(3, 5));

        assertEquals(14, storage.holding(NAME, A).claims().size());
        assertEquals(
                segments(claims.subList(3, 5)),
                segments(renew(B).claims()),
                "the segments that were given back are claimed at once");
    }

    @Test
    void whatAnInstanceHasLostItCannotRelease() {
        storage.register(NAME, 4, 0);
        var claims = renew(A).claims();
        storage.leave(NAME, A);
        assertEquals(4, renew(B).claims().size());

        storage.release(NAME, A, claims);

        assertEquals(4, storage.holding(NAME, B).claims().size());
    }

    @Test
    void oneThatLeavesFreesItsSegmentsAndItsShare() {
        storage.register(NAME, SEGMENTS, 0);
        converge(A, B);

        storage.leave(NAME, A);

        assertEquals(List.of(), storage.holding(NAME, A).claims());
        assertEquals(16, renew(B).claims().size(), "all segments are claimed with the next renewal");
        storage.leave(NAME, A);
        assertEquals(16, storage.holding(NAME, B).claims().size());
    }

    @Test
    void leavingOneSubscriptionLeavesTheOthersAlone() {
        storage.register(NAME, 4, 0);
        storage.register(OTHER, 4, 0);
        storage.renew(A, Set.of(NAME, OTHER), LONG);

        storage.leave(NAME, A);

        assertEquals(4, storage.holding(OTHER, A).claims().size());
    }

    @Test
    void aLeaseThatLastsKeepsOthersAway() {
        storage.register(NAME, 4, 0);
        var claims = renew(A, LONG).claims();
        subject.letTimePass(SHORT);

        assertEquals(List.of(), renew(B, SHORT).claims());
        assertEquals(Set.copyOf(claims), Set.copyOf(storage.holding(NAME, A).claims()));
    }

    @Test
    void aLeaseThatRanOutCanBeClaimed() {
        storage.register(NAME, 4, 3);
        var former = renew(A, SHORT).claims();
        subject.letTimePass(SHORT);

        var claims = renew(B, LONG).claims();

        assertEquals(segments(former), segments(claims));
        assertEquals(List.of(), storage.holding(NAME, A).claims());
        requireHigherEpochs(former, claims);
        assertTrue(claims.stream().allMatch(claim -> claim.checkpoint().position() == 3));
    }

    @Test
    void aRenewalLengthensTheLease() {
        storage.register(NAME, 4, 0);
        renew(A, SHORT);
        renew(A, LONG);
        subject.letTimePass(SHORT);

        assertEquals(List.of(), renew(B).claims());
    }

    @Test
    void oneThatComesBackBeforeAnybodyClaimsKeepsItsSegments() throws Exception {
        storage.register(NAME, 4, 0);
        var holding = renew(A, SHORT).holding();
        subject.letTimePass(SHORT);

        assertEquals(holding, renew(A).holding());
        advance(NAME, holding, 5, transaction -> {});
        assertEquals(List.of(5L), positions(NAME));
    }

    @Test
    void oneThatDiedTakesNoShare() {
        storage.register(NAME, SEGMENTS, 0);
        renew(A, SHORT);
        subject.letTimePass(SHORT);
        converge(B, C);

        assertEquals(List.of(8, 8), sizes(owners()));
    }

    @Test
    void aSuccessorTakesOverAtOnceWhatThoseBeforeItHad() throws Exception {
        storage.register(NAME, SEGMENTS, 3);
        var former = renew("shop#1").holding();
        renew("shop#2");

        storage.succeed(NAME, "shop#", "shop#3");

        var claims = renew("shop#3").claims();
        assertEquals(segments(former.claims()), segments(claims), "the share of those before it is its own");
        requireHigherEpochs(former.claims(), claims);
        assertThrows(ClaimLostException.class, () -> advance(NAME, former, 5, transaction -> {}));
        assertEquals(List.of(3L), positions(NAME));
    }

    @Test
    void aSuccessorLeavesOthersAndItselfAlone() {
        storage.register(NAME, SEGMENTS, 0);
        storage.register(OTHER, 4, 0);
        storage.renew("shop#1", Set.of(OTHER), LONG);
        var before = converge("shop#3", "shop-2#1", A);

        storage.succeed(NAME, "shop#", "shop#3");
        storage.succeed("unknown", "shop#", "shop#3");

        assertEquals(before, owners(), "nobody who lives loses anything");
        assertEquals(4, storage.holding(OTHER, "shop#1").claims().size(), "another subscription is not concerned");
    }

    @Test
    void oneThatWasTakenForDeadSharesAgain() throws Exception {
        storage.register(NAME, SEGMENTS, 0);
        var former = renew("shop#1").holding();
        storage.succeed(NAME, "shop#", "shop#2");

        assertEquals(List.of(8, 8), sizes(converge("shop#1", "shop#2")));
        assertThrows(ClaimLostException.class, () -> advance(NAME, former, 5, transaction -> {}));
        advance(NAME, storage.holding(NAME, "shop#1"), 6, transaction -> {});
    }

    @Test
    void everyChangeOfTheOwnerRaisesTheEpoch() {
        storage.register(NAME, 4, 0);
        var first = renew(A).claims();
        storage.leave(NAME, A);
        var second = renew(B).claims();
        storage.leave(NAME, B);
        var third = renew(A).claims();

        requireHigherEpochs(first, second);
        requireHigherEpochs(second, third);
    }

    @Test
    void concurrentRenewalsGiveEachSegmentOneOwner() {
        storage.register(NAME, SEGMENTS, 0);
        var instances = IntStream.range(0, 6).mapToObj(i -> "instance-" + i).toList();

        var claimed = Contenders.run(6, i -> () -> renew(instances.get(i)).claims());

        var seen = new HashMap<Integer, Integer>();
        claimed.forEach(outcome -> outcome.value().forEach(claim -> seen.merge(claim.segment(), 1, Integer::sum)));
        assertTrue(seen.values().stream().allMatch(times -> times == 1), "one owner for each, but found " + seen);
        assertEquals(List.of(2, 2, 3, 3, 3, 3), sizes(converge(instances.toArray(String[]::new))));
    }

    @Test
    void aPauseIsToldToEveryInstanceOfThatSubscriptionOnly() {
        storage.register(NAME, 4, 0);
        storage.register(OTHER, 4, 0);
        storage.renew(A, Set.of(NAME, OTHER), LONG);

        storage.pause(NAME, "anna");

        assertTrue(renew(A).paused());
        assertTrue(renew(B).paused());
        assertEquals(
                Map.of(NAME, true, OTHER, false),
                storage.renew(A, Set.of(NAME, OTHER), LONG).entrySet().stream()
                        .collect(Collectors.toMap(
                                Map.Entry::getKey, entry -> entry.getValue().paused())));
        storage.register(NAME, 4, 0);
        assertTrue(renew(A).paused(), "a start alone does not resume");
        storage.resume(NAME);
        assertFalse(renew(A).paused());
    }

    @Test
    void aResetMovesEverySegmentAndEndsEveryClaim() throws Exception {
        var holding = owned(NAME, 4);
        storage.register(OTHER, 2, 9);
        var before = advance(NAME, holding, 10, transaction -> {});

        storage.reset(NAME, 4);

        assertEquals(List.of(4L), positions(NAME));
        assertEquals(List.of(9L), positions(OTHER));
        assertThrows(ClaimLostException.class, () -> advance(NAME, before, 11, transaction -> {}));
        requireHigherEpochs(before.claims(), held(NAME).claims());
        advance(NAME, held(NAME), 5, transaction -> {});
        assertEquals(List.of(5L), positions(NAME));
    }

    private static void requireHigherEpochs(List<Claim> before, List<Claim> after) {
        assertEquals(segments(before), segments(after));
        var former = before.stream().collect(Collectors.toMap(Claim::segment, Claim::epoch));
        for (var claim : after) {
            var formerEpoch = former.getOrDefault(claim.segment(), Long.MAX_VALUE);
            assertTrue(claim.epoch() > formerEpoch, "an epoch after " + formerEpoch + ", but found " + claim);
        }
    }

    private static Set<Integer> segments(List<Claim> claims) {
        return claims.stream().map(Claim::segment).collect(Collectors.toSet());
    }
}
