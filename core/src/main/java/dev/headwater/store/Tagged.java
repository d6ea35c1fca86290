package dev.headwater.store;

import java.util.Set;

/**
 * An event that says by itself which tags it is found by, such as {@code course:c1} and {@code student:s7}.
 *
 * @see AppendCondition
 */
public interface Tagged {

    /**
     * The tags of this event: at most {@value NewEvent#MAX_TAGS}, each of at most {@value NewEvent#MAX_TAG_LENGTH}
     * characters.
     */
    Set<String> tags();
}
