package dev.headwater.workflow.code;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Hears what code hands over in a turn, and compares what it hands over when it runs again. The journal alone tells
 * only which calls it makes. Used by one thread.
 */
final class Witness {

    static final String RESULT = "the result";
    static final String FAILURE = "the failure";

    private static final List<String> ENDS = List.of(RESULT, FAILURE);

    private final Map<String, String> heard = new HashMap<>();
    private final Map<String, String> before;

    private Witness(Map<String, String> before) {
        this.before = before;
    }

    static Witness ofTurn() {
        return new Witness(Map.of());
    }

    Witness ofRepetition() {
        return new Witness(heard);
    }

    /** An end that the turn has come to, and that the repetition has not. */
    Optional<String> missingEnd() {
        return before.entrySet().stream()
                .filter(entry -> ENDS.stream().anyMatch(entry.getKey()::endsWith))
                .filter(entry -> !heard.containsKey(entry.getKey()))
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .findFirst();
    }

    /** What was handed over there in the turn, if it is something else now. */
    Optional<String> hear(String where, @Nullable String what) {
        var now = String.valueOf(what);
        heard.put(where, now);
        return Optional.ofNullable(before.get(where)).filter(then -> !then.equals(now));
    }
}
