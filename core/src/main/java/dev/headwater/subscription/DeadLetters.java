package dev.headwater.subscription;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What can be done with events that a subscription could not handle.
 *
 * <p>A decision is only recorded here; the instance that owns the key carries it out, in the order of the sequence, at
 * once when it is idle and within a third of its lease otherwise. So a retry cannot overtake, and cannot run beside,
 * another event of the same key. Thread-safe.
 */
public interface DeadLetters {

    /**
     * A page of letters, ordered by subscription and position.
     *
     * @param after the last letter of the page before
     */
    List<DeadLetter> list(DeadLetterFilter filter, DeadLetter after, int limit);

    /** The first page of letters, ordered by subscription and position. */
    List<DeadLetter> list(DeadLetterFilter filter, int limit);

    /** How many letters, and how many sequences they are in. */
    Count count(DeadLetterFilter filter);

    /** How many letters failed in the same way, by {@linkplain Failure#fingerprint() fingerprint}. */
    Map<String, Long> countByFingerprint(DeadLetterFilter filter);

    /**
     * Has the failed letters tried again; those that wait behind them follow.
     *
     * @param who is kept in the history
     * @return how many letters will be tried
     */
    int retry(DeadLetterFilter filter, String who);

    /**
     * Gives letters up: their events will never be handled by that subscription, and those behind them go on.
     *
     * @param who is kept in the history
     * @param reason is kept in the history
     * @return how many letters were given up
     */
    int discard(DeadLetterFilter filter, String who, String reason);

    /** What was decided about the letter of an event, oldest first; also when the letter is gone. */
    List<Decision> history(String subscription, long position);

    /**
     * How many dead letters there are.
     *
     * @param letters events that were not handled
     * @param sequences keys that they belong to
     */
    record Count(long letters, long sequences) {}

    /**
     * What somebody decided about a letter.
     *
     * @param what {@code retry} or {@code discard}
     * @param reason empty for a retry
     */
    record Decision(Instant time, String what, String who, String reason) {}
}
