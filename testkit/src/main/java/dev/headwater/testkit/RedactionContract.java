package dev.headwater.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.headwater.failure.Failure;
import dev.headwater.store.StreamId;
import dev.headwater.subscription.DeadLetter;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Failures of dead letters without what their exceptions said. */
abstract class RedactionContract<T> extends SubscriptionTopic<T> {

    private static final StreamId STREAM = new StreamId("a");

    RedactionContract(SubscriptionStorageContract<T> implementation) {
        super(implementation);
    }

    @Test
    void aRedactedFailureSaysOnlyWhatWasThrownAndWhere() throws Exception {
        owned(NAME, 1);
        var event = event("a");
        park(NAME, retrying(event, 0, Duration.ofMinutes(30)));
        var before = letter(NAME, event);

        assertEquals(1, letters.redactFailures(List.of(STREAM)));

        var failure = before.failure().orElseThrow();
        assertEquals(redacted(before), letter(NAME, event));
        assertEquals(
                new Failure(failure.exceptionClass(), Failure.REDACTED, Failure.REDACTED, failure.fingerprint()),
                letter(NAME, event).failure().orElseThrow());
    }

    @Test
    void everySubscriptionAndEventOfTheStreamsIsRedactedAndNoOther() throws Exception {
        owned(NAME, 1);
        owned(OTHER, 1);
        var events = events("a", "b", "c", "a");
        for (var subscription : List.of(NAME, OTHER)) {
            park(subscription, parked(events.get(0), 0), parked(events.get(1), 0), parked(events.get(2), 0));
            park(subscription, waiting(events.get(3), 0));
        }
        var before = all();
        var streams = List.of(STREAM, new StreamId("c"), new StreamId("unknown"));

        assertEquals(4, letters.countFailures(streams));
        assertEquals(4, letters.redactFailures(streams));

        assertEquals(
                before.stream()
                        .map(letter -> streams.contains(letter.stream()) ? redacted(letter) : letter)
                        .toList(),
                all());
    }

    @Test
    void aFailureIsRedactedOnce() throws Exception {
        owned(NAME, 1);
        park(NAME, parked(event("a"), 0));

        assertEquals(1, letters.redactFailures(List.of(STREAM)));
        assertEquals(0, letters.countFailures(List.of(STREAM)));
        assertEquals(0, letters.redactFailures(List.of(STREAM)));
        assertEquals(0, letters.redactFailures(List.of()));
    }

    @Test
    void aLetterThatFailsAgainSaysWhyAgain() throws Exception {
        owned(NAME, 1);
        var event = event("a");
        park(NAME, parked(event, 0));
        letters.redactFailures(List.of(STREAM));

        park(NAME, parked(event, 0));

        assertEquals("poison", letter(NAME, event).failure().orElseThrow().message());
        assertEquals(1, letters.countFailures(List.of(STREAM)));
    }

    @Test
    void countingRedactsNothing() throws Exception {
        owned(NAME, 1);
        park(NAME, parked(event("a"), 0));
        var before = all();

        assertEquals(1, letters.countFailures(List.of(STREAM)));
        assertEquals(0, letters.countFailures(List.of()));

        assertEquals(before, all());
    }

    private static DeadLetter redacted(DeadLetter letter) {
        return letter.failure()
                .map(failure -> letter.withFailure(failure.redacted()))
                .orElse(letter);
    }
}
