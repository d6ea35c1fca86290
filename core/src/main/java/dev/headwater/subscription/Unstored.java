package dev.headwater.subscription;

import dev.headwater.subscription.spi.Letter;
import dev.headwater.subscription.spi.PageTransaction;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;

/** What is to be stored with the next checkpoint. Used by one thread. */
final class Unstored {

    private final List<Letter> letters = new ArrayList<>();
    private final List<LaneTask> withEffects = new ArrayList<>();
    /** The letters that were handled, and whether they still are to be settled. */
    private final Map<LaneTask, Boolean> settled = new LinkedHashMap<>();

    private int handled;

    void letter(Letter letter) {
        letters.add(letter);
    }

    void handled(LaneTask task, boolean recorded) {
        handled++;
        if (recorded) {
            withEffects.add(task);
        }
    }

    void settle(LaneTask task) {
        handled++;
        settled.put(task, true);
    }

    /** Whether somebody waits for it. */
    boolean isUrgent() {
        return !letters.isEmpty() || !settled.isEmpty();
    }

    int handled() {
        return handled;
    }

    boolean hasLetterOf(String key) {
        return letters.stream().anyMatch(letter -> letter.sequenceKey().equals(key));
    }

    void writeTo(PageTransaction<?> page) throws Exception {
        letters.forEach(page::park);
        withEffects.forEach(task -> page.forgetEffects(task.position));
        for (var each : settled.entrySet()) {
            var letter = each.getKey().letter;
            boolean stillMeant = letter != null && page.settle(letter);
            each.setValue(stillMeant);
            if (stillMeant) {
                page.forgetEffects(each.getKey().position);
            }
        }
    }

    List<Letter> letters() {
        return List.copyOf(letters);
    }

    /** The letters that were handled, and whether they were still to be settled when that was stored. */
    Map<LaneTask, Boolean> settled() {
        return new LinkedHashMap<>(settled);
    }

    /** All of it is stored. */
    void clear() {
        forget(segment -> true);
    }

    /** What is about these segments is not stored any more. */
    void forget(IntPredicate lost) {
        letters.removeIf(letter -> lost.test(letter.segment()));
        withEffects.removeIf(task -> lost.test(task.segment));
        settled.keySet().removeIf(task -> lost.test(task.segment));
        handled = 0;
    }
}
