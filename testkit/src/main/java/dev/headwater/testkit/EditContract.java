package dev.headwater.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.headwater.DomainEvent;
import dev.headwater.Envelope;
import dev.headwater.MessageSerializer;
import dev.headwater.MessageType;
import dev.headwater.MessageTypes;
import dev.headwater.UndecodableMessageException;
import dev.headwater.memory.InMemorySubjectKeys;
import dev.headwater.privacy.Personal;
import dev.headwater.privacy.PersonalDataModule;
import dev.headwater.store.Append;
import dev.headwater.store.AppendResult;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.NewEvent;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import dev.headwater.subscription.DeadLetter.State;
import dev.headwater.subscription.DeadLetterFilter;
import dev.headwater.subscription.DeadLetterOffice;
import dev.headwater.subscription.DeadLetters.Correction;
import dev.headwater.subscription.DeadLetters.Decision;
import dev.headwater.testkit.ContractEvent.Noted;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Dead letters that are opened, and given up for a corrected event. */
abstract class EditContract<T> extends SubscriptionTopic<T> {

    private static final Noted CORRECTED = new Noted("corrected");

    EditContract(SubscriptionStorageContract<T> implementation) {
        super(implementation);
    }

    @MessageType("contract.of-another-program")
    record OfAnotherProgram(String text) implements DomainEvent {}

    @MessageType("contract.signed")
    record Signed(List<Personal<String>> by, String text) implements DomainEvent {}

    private List<StoredEvent> parkOneWithAFollower() throws Exception {
        owned(NAME, 2);
        owned(OTHER, 2);
        var events = events("a", "a");
        park(NAME, parked(events.get(0), 0), waiting(events.get(1), 0));
        park(OTHER, parked(events.get(0), 0), waiting(events.get(1), 0));
        return events;
    }

    private AppendResult edit(Noted corrected) {
        return new DeadLetterOffice(store, letters).editAsNew(NAME, 1, corrected, "somebody", "a typo");
    }

    @Test
    void anEditAppendsTheCorrectedEventAndGivesTheLetterUp() throws Exception {
        var events = parkOneWithAFollower();
        var original = events.getFirst();

        var result = edit(CORRECTED);

        assertEquals(3, store.headPosition());
        var correction = store.readEvent(result.lastPosition());
        assertEquals(3, correction.position());
        assertEquals(original.stream(), correction.stream());
        assertEquals(CORRECTED, correction.event());
        assertEquals(original.time(), correction.time());
        assertEquals(original.tags(), correction.tags());
        var metadata = correction.encoded().metadata();
        assertEquals(original.id(), metadata.causationId());
        assertEquals(original.id(), metadata.correlationId());
        assertEquals(original.id().toString(), metadata.attributes().get(DeadLetterOffice.CORRECTS));
        assertEquals(State.DISCARDED, letter(NAME, original).state());
        assertEquals("a", storage.due(NAME, Set.of(0, 1), 10).getFirst().sequenceKey());
        assertEquals(State.WAITING, letter(NAME, events.get(1)).state());
        assertEquals(State.PARKED, letter(OTHER, original).state());
        assertEquals(List.of(), letters.history(OTHER, 1));
        var decision = onlyDecision();
        assertEquals(
                new Decision(decision.time(), "edit", "somebody", "a typo", Optional.of(correction.id())), decision);
    }

    private Decision onlyDecision() {
        var history = letters.history(NAME, 1);
        assertEquals(1, history.size(), "one decision, but found " + history);
        return history.getFirst();
    }

    @Test
    void aRepeatedEditChangesNothing() throws Exception {
        var events = parkOneWithAFollower();
        var result = edit(CORRECTED);

        assertEquals(result, edit(CORRECTED));
        settle(NAME, events.getFirst());
        assertEquals(result, edit(CORRECTED), "the letter is gone by now");

        assertEquals(3, store.headPosition());
        onlyDecision();
    }

    @Test
    void anEditWithPersonalDataIsRepeatedSafelyToo() throws Exception {
        parkOneWithAFollower();
        var mapper = MessageSerializer.defaultMapper()
                .addModule(new PersonalDataModule(new InMemorySubjectKeys()))
                .build();
        var types = MessageTypes.of(Signed.class);
        var personal = new EventStore(
                subject.log(), MessageSerializer.builder(types).mapper(mapper).build());
        var office = new DeadLetterOffice(personal, letters);
        var signed = new Signed(List.of(Personal.of("person-1", "Ada")), "corrected");

        var result = office.editAsNew(NAME, 1, signed, "somebody", "a typo");

        assertEquals(result, office.editAsNew(NAME, 1, signed, "somebody", "a typo"));
        assertEquals(signed, personal.readEvent(result.lastPosition()).event());
        for (var otherwise : List.of(
                new Signed(List.of(Personal.of("person-1", "Bob")), "corrected"),
                new Signed(List.of(Personal.of("person-2", "Ada")), "corrected"),
                new Signed(List.of(Personal.of("person-1", "Ada")), "corrected otherwise"))) {
            assertThrows(IllegalStateException.class, () -> office.editAsNew(NAME, 1, otherwise, "somebody", "a typo"));
        }
        assertEquals(3, store.headPosition());
        onlyDecision();
    }

    @Test
    void peopleWhoEditDifferentLettersAtOnceDoNotStandInEachOthersWay() throws Exception {
        owned(NAME, 1);
        var keys = IntStream.range(0, 12).mapToObj(Integer::toString).toArray(String[]::new);
        for (var event : events(keys)) {
            park(NAME, parked(event, 0));
        }
        var office = new DeadLetterOffice(store, letters);

        Contenders.run(keys.length, i -> () -> office.editAsNew(NAME, i + 1, CORRECTED, "somebody", "a typo"))
                .forEach(Contenders.Outcome::value);

        assertEquals(2L * keys.length, store.headPosition());
    }

    @Test
    void anEditThatCannotBeAppendedLeavesTheLetterAsItWas() throws Exception {
        var original = parkOneWithAFollower().getFirst();
        var before = letter(NAME, original);

        requireFailure(new Correction(UUID.randomUUID(), () -> {
            throw new UnsupportedOperationException("on purpose");
        }));

        assertEquals(before, letter(NAME, original));
        assertEquals(List.of(), letters.history(NAME, 1));
        edit(CORRECTED);
        assertEquals(State.DISCARDED, letter(NAME, original).state());
    }

    private void requireFailure(Correction correction) {
        assertThrows(
                UnsupportedOperationException.class, () -> letters.correct(NAME, 1, correction, "somebody", "a typo"));
    }

    @Test
    void anEditThatEndedBetweenEventAndDecisionIsCompletedByRepeatingIt() throws Exception {
        var original = parkOneWithAFollower().getFirst();
        var event = Envelope.of(CORRECTED);
        var append = Append.to(original.stream(), ExpectedVersion.any(), List.of(NewEvent.of(event)));
        requireFailure(new Correction(event.id(), () -> {
            store.append(append);
            throw new UnsupportedOperationException("the end");
        }));
        assertEquals(3, store.headPosition());
        assertEquals(State.PARKED, letter(NAME, original).state());

        var correction = new Correction(event.id(), () -> store.append(append));
        assertEquals(
                3, letters.correct(NAME, 1, correction, "somebody", "a typo").lastPosition());

        assertEquals(3, store.headPosition());
        assertEquals(State.DISCARDED, letter(NAME, original).state());
        onlyDecision();
    }

    @Test
    void whatWasDecidedOtherwiseIsNotCorrected() throws Exception {
        var events = parkOneWithAFollower();
        edit(CORRECTED);
        assertThrows(IllegalStateException.class, () -> edit(new Noted("corrected otherwise")));
        settle(NAME, events.getFirst());
        assertThrows(IllegalStateException.class, () -> edit(new Noted("corrected otherwise")));
        letters.discard(DeadLetterFilter.of(NAME).at(2), "somebody", "of no use");
        var office = new DeadLetterOffice(store, letters);

        assertThrows(IllegalStateException.class, () -> office.editAsNew(NAME, 2, CORRECTED, "somebody", "a typo"));
        assertThrows(IllegalStateException.class, () -> office.editAsNew("nobody", 1, CORRECTED, "somebody", "why"));

        assertEquals(3, store.headPosition());
        onlyDecision();
    }

    @Test
    void ofSeveralWhoCorrectALetterOneSucceeds() throws Exception {
        parkOneWithAFollower();

        var outcomes = Contenders.run(2, i -> () -> edit(new Noted("corrected by " + i)));

        assertEquals(1, outcomes.stream().filter(Contenders.Outcome::succeeded).count(), "one, of " + outcomes);
        outcomes.stream()
                .filter(outcome -> !outcome.succeeded())
                .forEach(outcome -> assertInstanceOf(IllegalStateException.class, outcome.failure()));
        assertEquals(3, store.headPosition());
        onlyDecision();
    }

    @Test
    void aLetterIsOpenedWithItsEventAndHistory() throws Exception {
        var original = parkOneWithAFollower().getFirst();
        letters.retry(DeadLetterFilter.of(NAME).at(1), "somebody");
        var office = new DeadLetterOffice(store, letters);

        var opened = office.open(NAME, 1).orElseThrow();

        assertEquals(letter(NAME, original), opened.letter());
        assertEquals(original.event(), opened.event().event());
        assertArrayEquals(original.encoded().payload(), opened.event().encoded().payload());
        assertEquals(letters.history(NAME, 1), opened.history());
        assertEquals(Optional.empty(), office.open("nobody", 1));
    }

    @Test
    void aLetterThatNobodyHereCanDecodeIsOpenedWithItsBytesAndCorrected() throws Exception {
        owned(NAME, 2);
        new EventStore(subject.log(), MessageTypes.of(OfAnotherProgram.class))
                .append(new StreamId("a"), ExpectedVersion.any(), new OfAnotherProgram("für wen?"));
        park(NAME, parked(store.readEvent(1), 0));

        var event =
                new DeadLetterOffice(store, letters).open(NAME, 1).orElseThrow().event();

        assertThrows(UndecodableMessageException.class, event::event);
        assertEquals("contract.of-another-program", event.type());
        assertEquals("{\"text\":\"für wen?\"}", new String(event.encoded().payload(), StandardCharsets.UTF_8));
        assertEquals(2, edit(CORRECTED).lastPosition());
        assertEquals(CORRECTED, store.readEvent(2).event());
    }
}
