package dev.headwater.subscription;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;

/** Sequences of letters that are tried again in the lanes of their keys, one letter at a time. Used by one thread. */
final class LetterRetries {

    /** How many letters of a sequence are read at once. */
    private static final int LETTERS = 100;

    private final WorkPlace<?> place;
    private final Lanes lanes;
    private final Unstored unstored;
    private final DueLetters due;
    private final Map<String, Sequence> atWork = new HashMap<>();

    LetterRetries(WorkPlace<?> place, Lanes lanes, Unstored unstored, DueLetters due) {
        this.place = place;
        this.lanes = lanes;
        this.unstored = unstored;
        this.due = due;
    }

    private record Sequence(int segment, String key, Deque<DeadLetter> rest) {}

    /** Begins with what is due. */
    void begin() {
        var sequences = due.take();
        for (var sequence : sequences) {
            begin(sequence.segment(), sequence.sequenceKey(), false);
        }
    }

    /**
     * Begins with a sequence unless that is at work.
     *
     * @param always whether its first letter is tried although it waits for somebody
     */
    void begin(int segment, String key, boolean always) {
        if (atWork.containsKey(key)) {
            return;
        }
        if (lanes.has(key) || unstored.hasLetterOf(key)) {
            due.within(pause());
            return;
        }
        if (place.owned().epoch(segment) == null) {
            return;
        }
        var sequence = new Sequence(segment, key, new ArrayDeque<>(read(key)));
        var first = sequence.rest.peek();
        if (first != null && (always || !DueLetters.waitsForSomebody(first))) {
            atWork.put(key, sequence);
            offer(sequence, sequence.rest.remove());
        } else if (first == null) {
            place.owned().unpark(segment, key);
        }
    }

    private List<DeadLetter> read(String key) {
        try {
            return place.storage().sequence(place.name(), key, LETTERS);
        } catch (RuntimeException e) {
            due.within(Duration.ZERO);
            throw e;
        }
    }

    private void offer(Sequence sequence, DeadLetter letter) {
        var task = new LaneTask(sequence.segment, letter);
        if (letter.state() == DeadLetter.State.DISCARDED) {
            unstored.settle(task);
        } else {
            lanes.offer(task);
        }
    }

    /** It is stored that a letter was handled; the next one follows. */
    void settled(LaneTask task, boolean stillMeant) {
        lanes.drop(task.key);
        var sequence = atWork.remove(task.key);
        if (sequence == null) {
            return;
        }
        if (!stillMeant) {
            due.within(pause());
            return;
        }
        var next = sequence.rest.poll();
        if (next == null) {
            begin(sequence.segment, sequence.key, false);
        } else if (!DueLetters.waitsForSomebody(next)) {
            atWork.put(sequence.key, sequence);
            offer(sequence, next);
        }
        if (lettersMayBeLeft()) {
            due.within(Duration.ZERO);
        }
    }

    private boolean lettersMayBeLeft() {
        return atWork.size() == DueLetters.SEQUENCES - 1;
    }

    /** A letter has failed again, and its sequence ends there. */
    void failed(String key) {
        atWork.remove(key);
        due.within(pause());
    }

    private Duration pause() {
        return place.subscription().retry().firstPause();
    }

    void forget(IntPredicate lost) {
        atWork.values().removeIf(sequence -> lost.test(sequence.segment));
    }
}
