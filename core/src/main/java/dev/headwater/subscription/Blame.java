package dev.headwater.subscription;

import dev.headwater.HeadwaterException;
import dev.headwater.failure.Failure;
import dev.headwater.failure.FailureKind;
import dev.headwater.failure.RetryPolicy;
import dev.headwater.subscription.OwnedSegments.Keyed;
import dev.headwater.subscription.spi.Letter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** Judges failures of a handler: whether an event is to blame, and what becomes of that event. Used by one thread. */
final class Blame {

    /**
     * After so many failures in a row that seem nobody's fault, each event is tried alone and takes the blame, since a
     * handler that breaks its connection looks like a database that is away.
     */
    static final int PATIENCE = 3;

    private final RetryPolicy policy;
    /** How many events in a row have failed that might succeed later. */
    private int failedInARow;

    Blame(RetryPolicy policy) {
        this.policy = policy;
    }

    void succeeded() {
        failedInARow = 0;
    }

    FailureKind kindOf(Throwable failure) {
        return failure instanceof UnavailableException ? FailureKind.UNAVAILABLE : policy.classify(failure);
    }

    /**
     * Whether no event is to blame for a failure. What the policy only supposes is believed {@link #PATIENCE} times;
     * what a rule of the application says, always.
     */
    boolean isNobodysFault(Throwable failure, int failures) {
        return kindOf(failure) == FailureKind.UNAVAILABLE
                && (failures < PATIENCE || failure instanceof UnavailableException || policy.hasRuleFor(failure));
    }

    /** Whether so many events in a row have failed that something they all need must be down. */
    boolean opensCircuit(Throwable failure) {
        return policy.classify(failure) == FailureKind.TRANSIENT && ++failedInARow > policy.circuit();
    }

    void requireClosedCircuit(Throwable failure) {
        if (opensCircuit(failure)) {
            throw unavailable(failure);
        }
    }

    UnavailableException unavailable(Throwable failure) {
        return new UnavailableException(failure, failedInARow);
    }

    Letter failed(Keyed event, Throwable failure) {
        return letter(event, failure, 1, Duration.ZERO);
    }

    Letter failedAgain(Keyed event, DeadLetter letter, Throwable failure) {
        return letter(event, failure, letter.attempts() + 1, sinceFirstFailure(letter));
    }

    /** The time from the first failure of a letter to the turn that it now has, both by the clock of the storage. */
    private static Duration sinceFirstFailure(DeadLetter letter) {
        var turn = letter.nextRetry().or(letter::lastFailure);
        return letter.firstFailure()
                .flatMap(first -> turn.map(time -> Duration.between(first, time)))
                .orElse(Duration.ZERO);
    }

    private Letter letter(Keyed event, Throwable failure, int attempts, Duration sinceFirst) {
        var random = ThreadLocalRandom.current();
        var pause = policy.pauseAfter(failure, attempts, sinceFirst, random);
        return new Letter(
                event.segment(),
                event.key(),
                event.event(),
                pause.isPresent() ? DeadLetter.State.RETRYING : DeadLetter.State.PARKED,
                attempts,
                pause.or(() -> policy.pauseOfParked(sinceFirst, random)),
                Optional.of(Failure.of(failure)));
    }

    static Letter waiting(Keyed event) {
        return new Letter(
                event.segment(),
                event.key(),
                event.event(),
                DeadLetter.State.WAITING,
                0,
                Optional.empty(),
                Optional.empty());
    }

    /** Carries a failure that nobody's event is to blame for, when part of the page was handled before it. */
    static final class UnavailableException extends HeadwaterException {

        private static final long serialVersionUID = 1L;

        private UnavailableException(Throwable cause, int failedInARow) {
            super(
                    failedInARow > 1
                            ? failedInARow + " events in a row have failed, so what they need is presumed to be down"
                            : "what every event needs is out of reach",
                    cause);
        }
    }
}
