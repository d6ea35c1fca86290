package dev.headwater.workflow.code;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Hears what code hands over in a turn, and compares what it hands over when it runs again. The journal alone tells
 * only which calls it makes. Used by one thread.
 */
final class Witness {

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

    /** What was handed over there in the turn, if it is something else now. */
    Optional<String> hear(String where, @Nullable String what) {
        var now = String.valueOf(what);
        heard.put(where, now);
        return Optional.ofNullable(before.get(where)).filter(then -> !then.equals(now));
    }
}
