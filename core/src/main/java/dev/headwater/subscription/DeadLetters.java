package dev.headwater.subscription;

import dev.headwater.failure.Failure;
import dev.headwater.store.AppendResult;
import dev.headwater.store.StreamId;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

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

    /**
     * How many letters failed in the same way, by {@linkplain Failure#fingerprint() fingerprint}, most frequent first.
     */
    Map<String, Long> countByFingerprint(DeadLetterFilter filter);

    /**
     * Has the failed letters tried again; those that wait behind them follow.
     *
     * @param who is kept in the history
     * @return how many letters will be tried
     */
    int retry(DeadLetterFilter filter, String who);

    /**
     * Has the failed letters tried again as {@link #retry(DeadLetterFilter, String)} does, but not all at once, to
     * spare what they need: so many sequences begin in each second, in the order of the list, and what waits behind a
     * letter follows it. Letters that are already being tried get a new time, so a later call replaces the pace of an
     * earlier one.
     *
     * @param who is kept in the history
     * @return how many letters will be tried
     */
    int retry(DeadLetterFilter filter, Pace pace, String who);

    /**
     * Gives letters up: their events will never be handled by that subscription, and those behind them go on. A
     * projection that is at such an event right now is undone; a reactor may still cause its effect.
     *
     * @param who is kept in the history
     * @param reason is kept in the history
     * @return how many letters were given up
     */
    int discard(DeadLetterFilter filter, String who, String reason);

    /**
     * Gives a letter up in favour of a corrected event, which is appended while nobody else can decide about the
     * letter; {@link DeadLetterOffice#editAsNew} makes that event. When appending fails the letter stays as it was.
     * Should the process end between the two, the event is in the log and the letter still there: repeat it, with the
     * same event.
     *
     * @return where the corrected event stands, also when this had been done before
     * @throws IllegalStateException when there is no such letter, or when it was decided otherwise
     */
    AppendResult correct(String subscription, long position, Correction correction, String who, String reason);

    /**
     * Puts a corrected message in the place of one that came from elsewhere, whose letter holds it, and has it tried
     * there, in the order of the sequence. {@code dev.headwater.broker.TopicLetterOffice} makes it. A handler that is
     * at the original right now is undone, as far as that is possible. Repeating a call changes nothing.
     *
     * @throws IllegalStateException when there is no such letter, when it was decided otherwise, or when it holds no
     *     message, since the event stays in its log
     */
    void replace(String subscription, long position, Replacement replacement, String who, String reason);

    /**
     * How many letters of events in these streams say, in words that {@link #redactFailures} would replace, why their
     * handler failed.
     */
    long countFailures(Collection<StreamId> streams);

    /**
     * Replaces the message and the stack trace of every failure with an event of these streams, which may repeat what
     * the event holds. Class and fingerprint stay, and whether and when the letter is tried again.
     *
     * @return how many letters were changed
     */
    long redactFailures(Collection<StreamId> streams);

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
     * How fast sequences of letters are begun.
     *
     * @param perSecond how many in a second, 1 or more
     */
    record Pace(int perSecond) {

        /** Checks the number. */
        public Pace {
            if (perSecond < 1) {
                throw new IllegalArgumentException(
                        "The pace is " + perSecond + " sequences in a second: expected 1 or more");
            }
        }

        /** The time between two of them. */
        public Duration spacing() {
            return Duration.ofSeconds(1).dividedBy(perSecond);
        }
    }

    /**
     * An event that takes the place of another one.
     *
     * @param eventId its id
     * @param append appends it; repeating that with the same id must change nothing
     */
    record Correction(UUID eventId, Supplier<AppendResult> append) {}

    /**
     * A message that takes the place of one that came from elsewhere. The array is shared; nobody may change it.
     *
     * @param eventId its id
     * @param type the registered name of its type
     * @param record all of it, in the form in which letters hold such messages
     */
    @SuppressWarnings("ArrayRecordComponent") // it is kept, and not compared
    record Replacement(UUID eventId, String type, byte[] record) {}

    /**
     * What somebody decided about a letter.
     *
     * @param what {@code retry}, {@code discard} or {@code edit}
     * @param reason empty for a retry
     * @param correction the event that was appended instead, after an edit
     */
    record Decision(Instant time, String what, String who, String reason, Optional<UUID> correction) {}
}
