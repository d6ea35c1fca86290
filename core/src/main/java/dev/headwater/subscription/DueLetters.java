package dev.headwater.subscription;

import dev.headwater.subscription.spi.ParkedSequence;
import java.time.Duration;
import java.util.List;

/** When letters are to be tried again, and which. Used by one thread. */
final class DueLetters {

    /** How many sequences with letters to retry are looked at in one go. */
    static final int SEQUENCES = 100;

    private final WorkPlace<?> place;
    private long dueAt = Long.MAX_VALUE;

    DueLetters(WorkPlace<?> place) {
        this.place = place;
    }

    void within(Duration pause) {
        dueAt = Math.min(dueAt, place.settings().nanoTime() + Math.max(0, pause.toNanos()));
    }

    /** The sequences whose time has come. */
    List<ParkedSequence> take() {
        if (dueAt == Long.MAX_VALUE || place.settings().nanoTime() - dueAt < 0) {
            return List.of();
        }
        dueAt = Long.MAX_VALUE;
        List<ParkedSequence> sequences;
        try {
            sequences = place.storage().due(place.name(), place.owned().numbers(), SEQUENCES);
        } catch (RuntimeException e) {
            within(Duration.ZERO);
            throw e;
        }
        sequences.stream()
                .flatMap(sequence -> sequence.dueIn().stream())
                .filter(Duration::isPositive)
                .forEach(this::within);
        return sequences.stream()
                .filter(sequence ->
                        sequence.dueIn().filter(time -> !time.isPositive()).isPresent())
                .toList();
    }

    /** The time until there may be some, at most the one given. */
    Duration untilNext(Duration atMost) {
        return dueAt == Long.MAX_VALUE
                ? atMost
                : Duration.ofNanos(Math.min(
                        atMost.toNanos(), Math.max(1, dueAt - place.settings().nanoTime())));
    }

    /** Whether a letter waits for somebody to decide. */
    static boolean waitsForSomebody(DeadLetter letter) {
        return letter.state() == DeadLetter.State.PARKED && letter.nextRetry().isEmpty();
    }
}
