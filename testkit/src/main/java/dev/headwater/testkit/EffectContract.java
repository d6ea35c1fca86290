package dev.headwater.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.headwater.subscription.spi.Checkpoint;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Effects that are done, remembered for as long as their events are not. */
abstract class EffectContract<T> extends SubscriptionTopic<T> {

    EffectContract(SubscriptionStorageContract<T> implementation) {
        super(implementation);
    }

    @Test
    void anEffectThatIsDoneIsRemembered() {
        owned(NAME, 2);
        storage.recordEffect(NAME, 3, "mail");
        storage.recordEffect(NAME, 3, "parcel");
        storage.recordEffect(NAME, 3, "mail");
        storage.recordEffect(NAME, 4, "parcel");

        assertEquals(Set.of("mail", "parcel"), storage.effects(NAME, 3));
        assertEquals(Set.of("parcel"), storage.effects(NAME, 4));
        assertEquals(Set.of(), storage.effects(NAME, 5));
    }

    @Test
    void theEffectsOfAnotherSubscriptionAreOthers() throws Exception {
        owned(NAME, 2);
        owned(OTHER, 2);
        storage.recordEffect(NAME, 3, "mail");

        assertEquals(Set.of(), storage.effects(OTHER, 3));
        forget(OTHER, 3);
        assertEquals(Set.of("mail"), storage.effects(NAME, 3));
    }

    @Test
    void anEffectStaysDoneThoughTheTransactionAroundItFails() {
        var holding = owned(NAME, 2);

        assertThrows(
                IllegalStateException.class,
                () -> advance(NAME, holding, 3, transaction -> {
                    storage.recordEffect(NAME, 3, "mail");
                    throw new IllegalStateException("on purpose");
                }));

        assertEquals(Set.of("mail"), storage.effects(NAME, 3));
    }

    @Test
    void effectsAreForgottenOnlyWithTheCheckpoint() throws Exception {
        var holding = owned(NAME, 2);
        storage.recordEffect(NAME, 3, "mail");
        storage.recordEffect(NAME, 4, "mail");

        assertThrows(
                IllegalStateException.class,
                () -> advance(NAME, holding, 3, transaction -> {
                    transaction.forgetEffects(3);
                    throw new IllegalStateException("on purpose");
                }));
        assertEquals(Set.of("mail"), storage.effects(NAME, 3));
        forget(NAME, 3);

        assertEquals(Set.of(), storage.effects(NAME, 3));
        assertEquals(Set.of("mail"), storage.effects(NAME, 4));
    }

    @Test
    void parkingAnEventForgetsNoEffect() throws Exception {
        owned(NAME, 2);
        var event = event("s");
        storage.recordEffect(NAME, event.position(), "mail");

        park(NAME, parked(event, 0));
        assertEquals(Set.of("mail"), storage.effects(NAME, event.position()));
        settle(NAME, event);
        forget(NAME, event.position());

        assertEquals(Set.of(), storage.effects(NAME, event.position()));
    }

    @Test
    void aResetForgetsAllEffectsButThoseOfTheLettersThatStay() throws Exception {
        owned(NAME, 2);
        owned(OTHER, 2);
        var stays = event("a");
        var comesAgain = event("b");
        park(NAME, parked(stays, 0), parked(comesAgain, 0));
        storage.recordEffect(NAME, stays.position(), "mail");
        storage.recordEffect(NAME, comesAgain.position(), "mail");
        storage.recordEffect(NAME, 99, "mail");
        storage.recordEffect(OTHER, 99, "mail");

        storage.reset(NAME, stays.position());

        assertEquals(Set.of("mail"), storage.effects(NAME, stays.position()));
        assertEquals(Set.of(), storage.effects(NAME, comesAgain.position()));
        assertEquals(Set.of(), storage.effects(NAME, 99));
        assertEquals(Set.of("mail"), storage.effects(OTHER, 99));
    }

    @Test
    void aSubscriptionThatIsForgottenTakesItsEffectsWithIt() {
        owned(NAME, 2);
        storage.recordEffect(NAME, 3, "mail");

        storage.forget(NAME);
        owned(NAME, 2);

        assertEquals(Set.of(), storage.effects(NAME, 3));
    }

    @Test
    void aRecordThatComesWhenTheEventIsDoneWithIsNotKept() throws Exception {
        owned(NAME, 2);
        var events = events("a", "b", "c", "d");
        park(NAME, parked(events.get(1), 0));
        advance(NAME, held(NAME), 3, transaction -> {});

        for (var event : events) {
            storage.recordEffect(NAME, event.position(), "late");
        }

        assertEquals(Set.of(), storage.effects(NAME, 1));
        assertEquals(Set.of("late"), storage.effects(NAME, 2), "it is a dead letter, which may be tried again");
        assertEquals(Set.of(), storage.effects(NAME, 3));
        assertEquals(Set.of("late"), storage.effects(NAME, 4));
    }

    @Test
    void anEffectOfAnEventThatIsOpenIsKept() throws Exception {
        var holding = owned(NAME, 1);
        advance(NAME, holding, Map.of(0, new Checkpoint(9, List.of(3L))), transaction -> {});

        storage.recordEffect(NAME, 3, "mail");

        assertEquals(Set.of("mail"), storage.effects(NAME, 3));
    }

    private void forget(String subscription, long position) throws Exception {
        advance(subscription, held(subscription), position, transaction -> transaction.forgetEffects(position));
    }
}
