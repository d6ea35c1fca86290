package dev.headwater.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headwater.subscription.SubscriptionOverview;
import dev.headwater.subscription.SubscriptionOverview.Letters;
import dev.headwater.subscription.SubscriptionOverview.Pause;
import dev.headwater.subscription.UnknownSubscriptionException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What the storage tells about subscriptions, and names that it does not know. */
abstract class OverviewContract<T> extends SubscriptionTopic<T> {

    OverviewContract(SubscriptionStorageContract<T> implementation) {
        super(implementation);
    }

    private SubscriptionOverview overview(String subscription) {
        var found = storage.overview(Optional.of(subscription));
        assertEquals(1, found.size(), "one subscription of that name, but found " + found);
        return found.getFirst();
    }

    @Test
    void everySubscriptionIsToldByName() throws Exception {
        advance(NAME, owned(NAME, 2), 3, transaction -> {});
        storage.register(OTHER, 1, 7);

        var all = storage.overview(Optional.empty());

        assertEquals(
                List.of(OTHER, NAME),
                all.stream().map(SubscriptionOverview::name).toList());
        assertEquals(List.of(overview(OTHER), overview(NAME)), all);
        assertEquals(storage.segments(NAME), overview(NAME).segments());
        assertEquals(3, overview(NAME).position());
        assertEquals(7, overview(OTHER).position());
        assertEquals(Optional.empty(), overview(NAME).pause());
        assertEquals(Optional.empty(), overview(NAME).replacedBy());
        assertEquals(Letters.NONE, overview(NAME).letters());
        assertEquals(List.of(), storage.overview(Optional.of("unknown")));
    }

    @Test
    void whoPausedFirstIsToldUntilSomebodyResumes() {
        storage.register(NAME, 2, 0);
        storage.register(OTHER, 2, 0);

        storage.pause(NAME, "anna");
        var first = overview(NAME).pause().orElseThrow();
        storage.pause(NAME, "bert");

        assertEquals("anna", first.who());
        assertEquals(Optional.of(first), overview(NAME).pause());
        assertEquals(Optional.empty(), overview(OTHER).pause());
        storage.resume(NAME);
        assertEquals(Optional.empty(), overview(NAME).pause());
        storage.pause(NAME, "bert");
        assertEquals(Optional.of("bert"), overview(NAME).pause().map(Pause::who));
    }

    @Test
    void lettersAreCountedWithTheCommonestReason() throws Exception {
        owned(NAME, 2);
        owned(OTHER, 2);
        var failed = parked(event("a"), 0);
        park(NAME, failed, parked(event("b"), 1), waiting(event("a"), 0));
        park(OTHER, parked(event("c"), 0));

        var reason = failed.failure().orElseThrow().fingerprint();
        assertEquals(new Letters(3, false, Optional.of(reason)), overview(NAME).letters());
        assertEquals(1, overview(OTHER).letters().number());
    }

    @Test
    void aResetIsToldAtOnce() throws Exception {
        advance(NAME, owned(NAME, 2), 9, transaction -> {});
        assertEquals(9, overview(NAME).position());

        storage.reset(NAME, 4);

        assertEquals(4, overview(NAME).position());
        assertEquals(List.of(4L), positions(NAME));
    }

    @Test
    void oneThatWasReplacedSaysSoAndCannotGoOn() throws Exception {
        owned(NAME, 2);
        owned(OTHER, 2);

        storage.replace(NAME, OTHER, transaction -> {});

        assertEquals(Optional.of(OTHER), overview(NAME).replacedBy());
        assertEquals(Optional.empty(), overview(NAME).pause());
        assertTrue(renew(A).paused());
        var refusal = assertThrows(IllegalStateException.class, () -> storage.resume(NAME));
        assertTrue(refusal.toString().contains(OTHER), "it names the successor: " + refusal);
        assertTrue(renew(A).paused());
        storage.resume(OTHER);
    }

    @Test
    void oneThatWasForgottenIsMissingAndTheOthersGoOn() {
        owned(NAME, 2);
        owned(OTHER, 2);

        storage.forget(NAME);

        var assignments = storage.renew(A, Set.of(NAME, OTHER), LONG);
        assertEquals(Set.of(OTHER), assignments.keySet());
        assertEquals(2, storage.holding(OTHER, A).claims().size());
        assertEquals(List.of(), storage.overview(Optional.of(NAME)));
        assertFalse(storage.renew(A, Set.of(NAME), LONG).containsKey(NAME));
    }

    @Test
    void namesThatNobodyKnowsAreRefusedWithTheNearest() {
        storage.register("orders", 2, 0);
        storage.register("confirmations", 2, 0);

        requireRefused(name -> storage.pause(name, "anna"));
        requireRefused(storage::resume);
        requireRefused(name -> storage.reset(name, 0));
        requireRefused(storage::forget);
    }

    private static void requireRefused(Consumer<String> call) {
        var refusal = assertThrows(UnknownSubscriptionException.class, () -> call.accept("order"));
        assertTrue(refusal.toString().contains("such as 'orders'"), "the nearest first: " + refusal);
    }
}
