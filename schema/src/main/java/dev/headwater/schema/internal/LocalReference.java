package dev.headwater.schema.internal;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonPointer;

/** A {@code $ref} to a place in the same schema; there are no others. */
public final class LocalReference {

    private LocalReference() {}

    /** The place that a reference names, or null when it is not {@code #} with a JSON pointer in plain text. */
    public static @Nullable JsonPointer place(String reference) {
        if (reference.equals("#")) {
            return JsonPointer.empty();
        }
        return reference.startsWith("#/") && reference.indexOf('%') < 0
                ? JsonPointer.compile(reference.substring(1))
                : null;
    }
}
