package dev.headwater.postgres.jdbc;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sets of names as one text, joined with the control character U+001F, which no name holds: cheaper to send and to read
 * than arrays within arrays.
 */
public final class JoinedText {

    private static final char SEPARATOR = '\u001F';

    private JoinedText() {}

    /** Null for an empty set; the set of the empty name becomes two of them, since an empty text is no name. */
    public static @Nullable String join(Collection<String> names) {
        if (names.isEmpty()) {
            return null;
        }
        var joined = String.join(String.valueOf(SEPARATOR), names);
        return joined.isEmpty() ? String.valueOf(SEPARATOR) : joined;
    }

    /** The set that was joined; an empty one for null. */
    public static Set<String> split(@Nullable String joined) {
        return joined == null ? Set.of() : Set.copyOf(List.of(joined.split(String.valueOf(SEPARATOR), -1)));
    }
}
