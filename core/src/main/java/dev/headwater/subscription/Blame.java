package dev.headwater.subscription;

import dev.headwater.HeadwaterException;
import dev.headwater.failure.Failure;
import dev.headwater.failure.FailureKind;
import dev.headwater.failure.RetryPolicy;
import dev.headwater.subscription.OwnedSegments.Keyed;
import dev.headwater.subscription.spi.Letter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Judges failures of a handler: whether an event is to blame, and what becomes of that event. Used by one thread.
 *
 * <p>A failure that looks as if something were out of reach is only a suspicion. It is believed when several different
 * keys fail one after the other and nothing succeeds in between; then the circuit opens, and no event is to blame until
 * something succeeds. One event that alone fails takes the blame after some attempts. Any other failure is its event's
 * own, until so many different keys have failed in a row that the circuit opens, too.
 */
final class Blame {

    /** After so many attempts an event takes the blame for what seems to be out of reach, since it fails alone. */
    static final int PATIENCE = 3;

    /** So many different keys in a row tell that something is out of reach. */
    private static final int WITNESSES = 3;

    private final RetryPolicy policy;
    private final Supplier<? extends RandomGenerator> random;
    /** The keys that have failed since something succeeded, with their segments. */
    private final Map<String, Integer> failing = new LinkedHashMap<>();
    /** Those of them whose events were put aside. */
    private final Map<String, Integer> suspects = new LinkedHashMap<>();

    private Map<String, Integer> relieved = Map.of();
    private boolean open;

    Blame(RetryPolicy policy, Supplier<? extends RandomGenerator> random) {
        this.policy = policy;
        this.random = random;
    }

    /** Something was handled; whether that closes the circuit. */
    boolean succeeded() {
        boolean closes = open;
        if (closes) {
            relieved = new LinkedHashMap<>(suspects);
        }
        failing.clear();
        suspects.clear();
        open = false;
        return closes;
    }

    /** The keys, with their segments, that were put aside when the circuit was about to open; told once. */
    Map<String, Integer> takeRelieved() {
        var taken = relieved;
        relieved = Map.of();
        return taken;
    }

    /** A key that was put aside when the circuit was about to open, with its segment; nothing when there is none. */
    Map.@Nullable Entry<String, Integer> anySuspect() {
        return suspects.isEmpty()
                ? null
                : List.copyOf(suspects.entrySet()).get(random.get().nextInt(suspects.size()));
    }

    /** Whether nothing works, so that no event is to blame. */
    boolean isOpen() {
        return open;
    }

    FailureKind kindOf(Throwable failure) {
        return failure instanceof UnavailableException || failure instanceof UnknownKeyException
                ? FailureKind.UNAVAILABLE
                : policy.classify(failure);
    }

    /**
     * Whether no event of a page is to blame for a failure. What the policy only supposes is believed {@link #PATIENCE}
     * times; what a rule of the application says, always.
     */
    boolean isNobodysFault(Throwable failure, int failures) {
        if (open) {
            return true;
        }
        boolean believed = failures < PATIENCE
                || failure instanceof UnavailableException
                || failure instanceof UnknownKeyException
                || isCertain(failure);
        return believed && kindOf(failure) == FailureKind.UNAVAILABLE;
    }

    /** Whether the application itself has said that such a failure is nobody's fault. */
    boolean isCertain(Throwable failure) {
        return policy.hasRuleFor(failure);
    }

    /** Notes that the event of a key has failed; whether so many have failed in a row that none is to blame. */
    boolean opensCircuit(int segment, String key, Throwable failure) {
        failing.put(key, segment);
        open |= kindOf(failure) == FailureKind.UNAVAILABLE
                ? failing.size() >= WITNESSES
                : failing.size() > policy.circuit();
        return open;
    }

    /** What everything needs is out of reach, as was found out otherwise. */
    void open() {
        open = true;
    }

    void requireClosedCircuit(Keyed event, Throwable failure) {
        if (opensCircuit(event.segment(), event.key(), failure)) {
            throw unavailable(failure);
        }
    }

    UnavailableException unavailable(Throwable failure) {
        return new UnavailableException(failure, failing.size());
    }

    Letter failed(Keyed event, Throwable failure) {
        suspects.put(event.key(), event.segment());
        return letter(event, failure, 1, Duration.ZERO);
    }

    Letter failedAgain(Keyed event, DeadLetter letter, Throwable failure) {
        return letter(event, failure, letter.attempts() + 1, sinceFirstFailure(letter));
    }

    /** The letter of an event without a key that could be used, which waits for somebody. */
    static Letter unusable(Keyed event, UnusableKeyException problem) {
        return new Letter(
                event.segment(),
                event.key(),
                event.event(),
                DeadLetter.State.PARKED,
                1,
                Optional.empty(),
                Optional.of(Failure.of(problem)));
    }

    /** The time from the first failure of a letter to the turn that it now has, both by the clock of the storage. */
    private static Duration sinceFirstFailure(DeadLetter letter) {
        var turn = letter.nextRetry().or(letter::lastFailure);
        return letter.firstFailure()
                .flatMap(first -> turn.map(time -> Duration.between(first, time)))
                .orElse(Duration.ZERO);
    }

    private Letter letter(Keyed event, Throwable failure, int attempts, Duration sinceFirst) {
        var chance = random.get();
        var pause = policy.pauseAfter(failure, attempts, sinceFirst, chance);
        return new Letter(
                event.segment(),
                event.key(),
                event.event(),
                pause.isPresent() ? DeadLetter.State.RETRYING : DeadLetter.State.PARKED,
                attempts,
                pause.or(() -> policy.pauseOfParked(sinceFirst, chance)),
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

    /** Carries a failure that nobody's event is to blame for. */
    static final class UnavailableException extends HeadwaterException {

        private static final long serialVersionUID = 1L;

        private UnavailableException(Throwable cause, int failing) {
            super(
                    failing > 1
                            ? failing + " keys in a row have failed, so what they need is presumed to be down"
                            : "what every event needs is out of reach",
                    cause);
        }
    }
}
