package dev.headwater.failure;

import dev.headwater.HeadwaterException;
import dev.headwater.UndecodableMessageException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which failures are worth another try, how often, and when: a value, immutable.
 *
 * <p>The pause before a retry is random between nothing and a bound that doubles with every attempt up to
 * {@code longestPause} ("full jitter"), so that many failures at one moment do not come back at one moment.
 *
 * @param attempts how often an event is tried in all, the first time included, before it becomes a dead letter that
 *     waits for somebody
 * @param firstPause the bound of the pause before the second attempt
 * @param longestPause the largest bound
 * @param totalTime no retry begins later than this after the first failure
 * @param circuit after so many events in a row have failed that might succeed later, whatever they need is presumed to
 *     be down: the subscription pauses, with the event at hand, until one succeeds
 * @param redrive when parked letters are tried again by themselves; empty for never
 * @param rules the first rule that knows a failure decides; without one {@link #classify} decides
 * @see <a href="https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/">Exponential back-off and
 *     jitter</a>
 */
public record RetryPolicy(
        int attempts,
        Duration firstPause,
        Duration longestPause,
        Duration totalTime,
        int circuit,
        Optional<Redrive> redrive,
        List<Rule> rules) {

    /** Five attempts, the pauses bounded by 1, 2, 4 and 8 seconds; 20 failures in a row open the circuit. */
    public static final RetryPolicy DEFAULT = new RetryPolicy(
            5, Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofHours(1), 20, Optional.empty(), List.of());

    /** Classes of SQLSTATE in which the server itself is the trouble: connection, resources, operator, system. */
    private static final Set<String> UNAVAILABLE_CLASSES = Set.of("08", "53", "57", "58");

    /**
     * Other states in which it is: a lock that somebody else holds, a server that only reads, and statements that the
     * driver has prepared on another server process than the one behind a pooler now.
     */
    private static final Set<String> UNAVAILABLE_STATES = Set.of("55P03", "25006", "26000", "42P05");

    /** Classes in which the same statement fails again: data, constraint, syntax and access rule. */
    private static final Set<String> PERMANENT_CLASSES = Set.of("22", "23", "42");

    /**
     * Says what some failures are. A rule that itself fails with a failure does not know it; that is logged once for
     * each rule.
     *
     * @param knows whether the rule is about a failure
     * @param kind what such a failure is
     */
    public record Rule(Predicate<Throwable> knows, FailureKind kind) {

        private static final Logger LOG = LoggerFactory.getLogger(RetryPolicy.class);

        /** The rules that have failed already. */
        private static final Map<Predicate<Throwable>, Boolean> FAILED =
                Collections.synchronizedMap(new WeakHashMap<>());

        private boolean isAbout(Throwable failure) {
            try {
                return knows.test(failure);
            } catch (RuntimeException | Error e) {
                if (FAILED.put(knows, true) == null) {
                    LOG.warn(
                            "A rule for failures that are {} has failed with one of the class {}, and counts as one that"
                                    + " does not know it; mend the rule: {}",
                            kind,
                            failure.getClass().getName(),
                            Failure.inBrief(e));
                }
                return false;
            }
        }
    }

    /**
     * When a letter that is parked, after its last attempt or at once, is tried again although nobody asked for it. The
     * pause is as long as the letter has failed already, so it doubles, within these bounds, and is shortened at random
     * by up to a tenth. There is no last attempt.
     *
     * @param firstPause the least pause
     * @param longestPause the longest pause
     */
    public record Redrive(Duration firstPause, Duration longestPause) {

        /** Checks the pauses. */
        public Redrive {
            requirePositive("first pause of re-driving", firstPause);
            requirePositive("longest pause of re-driving", longestPause);
        }

        private Duration pauseAfter(Duration sinceFirst, RandomGenerator random) {
            var pause = sinceFirst.compareTo(firstPause) < 0 ? firstPause : sinceFirst;
            if (pause.compareTo(longestPause) > 0) {
                pause = longestPause;
            }
            return pause.minusNanos(random.nextLong(pause.toNanos() / 10 + 1));
        }
    }

    /** Checks the values. */
    public RetryPolicy {
        rules = List.copyOf(rules);
        if (attempts < 1) {
            throw new IllegalArgumentException("The number of attempts is " + attempts + ": expected 1 or more");
        }
        if (circuit < 1) {
            throw new IllegalArgumentException("The circuit opens after " + circuit + " failures: expected 1 or more");
        }
        requirePositive("first pause", firstPause);
        requirePositive("longest pause", longestPause);
        requirePositive("total time", totalTime);
    }

    /** A policy that never tries an event again. */
    public static RetryPolicy none() {
        return DEFAULT.withAttempts(1);
    }

    /** The same policy with another number of attempts. */
    public RetryPolicy withAttempts(int newAttempts) {
        return new RetryPolicy(newAttempts, firstPause, longestPause, totalTime, circuit, redrive, rules);
    }

    /** The same policy with other pauses. */
    public RetryPolicy withPauses(Duration first, Duration longest) {
        return new RetryPolicy(attempts, first, longest, totalTime, circuit, redrive, rules);
    }

    /** The same policy that gives up so long after the first failure. */
    public RetryPolicy within(Duration newTotalTime) {
        return new RetryPolicy(attempts, firstPause, longestPause, newTotalTime, circuit, redrive, rules);
    }

    /** The same policy, which pauses everything after another number of failures in a row. */
    public RetryPolicy openingCircuitAfter(int failures) {
        return new RetryPolicy(attempts, firstPause, longestPause, totalTime, failures, redrive, rules);
    }

    /** The same policy, where parked letters are tried again by themselves. */
    public RetryPolicy redriving(Duration first, Duration longest) {
        var redriving = Optional.of(new Redrive(first, longest));
        return new RetryPolicy(attempts, firstPause, longestPause, totalTime, circuit, redriving, rules);
    }

    /** The same policy, where an exception of this class, or with one as its cause, is of this kind. */
    public RetryPolicy treating(Class<? extends Throwable> type, FailureKind kind) {
        return treating(failure -> Failure.chain(failure).stream().anyMatch(type::isInstance), kind);
    }

    /** The same policy, where failures that the predicate knows are of this kind; earlier rules go first. */
    public RetryPolicy treating(Predicate<Throwable> knows, FailureKind kind) {
        var more = new ArrayList<>(rules);
        more.add(new Rule(knows, kind));
        return new RetryPolicy(attempts, firstPause, longestPause, totalTime, circuit, redrive, more);
    }

    /**
     * What a failure is. Without a rule for it: an event that cannot be decoded, an {@link Error} and an SQL error
     * about data, constraints or syntax are permanent; an unreachable database, a lock that was not given in time and
     * too little memory are nobody's fault ({@link FailureKind#UNAVAILABLE}); anything else is transient.
     */
    public FailureKind classify(Throwable failure) {
        for (var rule : rules) {
            if (rule.isAbout(failure)) {
                return rule.kind();
            }
        }
        for (var cause : Failure.chain(failure)) {
            switch (cause) {
                case UndecodableMessageException e -> {
                    return FailureKind.PERMANENT;
                }
                case HeadwaterException e
                when e.isTransient() -> {
                    return FailureKind.UNAVAILABLE;
                }
                case SQLException e -> {
                    return ofSql(e);
                }
                case OutOfMemoryError e -> {
                    return FailureKind.UNAVAILABLE;
                }
                case Error e -> {
                    return FailureKind.PERMANENT;
                }
                default -> {}
            }
        }
        return FailureKind.TRANSIENT;
    }

    private static FailureKind ofSql(SQLException e) {
        var state = Objects.requireNonNullElse(e.getSQLState(), "");
        var stateClass = state.length() < 2 ? "" : state.substring(0, 2);
        if (e instanceof SQLTransientConnectionException
                || UNAVAILABLE_CLASSES.contains(stateClass)
                || UNAVAILABLE_STATES.contains(state)) {
            return FailureKind.UNAVAILABLE;
        }
        return PERMANENT_CLASSES.contains(stateClass) ? FailureKind.PERMANENT : FailureKind.TRANSIENT;
    }

    /** Whether the application itself has said what such a failure is. */
    public boolean hasRuleFor(Throwable failure) {
        return rules.stream().anyMatch(rule -> rule.isAbout(failure));
    }

    /**
     * The pause before the next attempt; empty when there is to be none.
     *
     * @param failure the latest failure
     * @param attemptsMade how often the event has been tried, 1 or more
     * @param sinceFirst the time since the first failure
     */
    public Optional<Duration> pauseAfter(
            Throwable failure, int attemptsMade, Duration sinceFirst, RandomGenerator random) {
        if (attemptsMade >= attempts || classify(failure) == FailureKind.PERMANENT) {
            return Optional.empty();
        }
        var pause = jittered(attemptsMade, random);
        return sinceFirst.plus(pause).compareTo(totalTime) > 0 ? Optional.empty() : Optional.of(pause);
    }

    /**
     * The pause before a parked letter is tried again; empty when it waits for somebody.
     *
     * @param sinceFirst the time since the first failure
     */
    public Optional<Duration> pauseOfParked(Duration sinceFirst, RandomGenerator random) {
        return redrive.map(redriving -> redriving.pauseAfter(sinceFirst, random));
    }

    /**
     * A random pause after that many failures, whether or not there is to be another attempt.
     *
     * @param failures how many there have been, 1 or more
     */
    public Duration jittered(int failures, RandomGenerator random) {
        var bound = firstPause;
        for (int i = 1; i < failures && bound.compareTo(longestPause) < 0; i++) {
            bound = bound.multipliedBy(2);
        }
        if (bound.compareTo(longestPause) > 0) {
            bound = longestPause;
        }
        return Duration.ofNanos(1 + random.nextLong(bound.toNanos()));
    }

    private static void requirePositive(String what, Duration duration) {
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException("The " + what + " is " + duration + ": expected more than zero");
        }
    }
}
