package dev.headwater.subscription;

import dev.headwater.failure.Failure;
import java.util.List;
import java.util.Optional;

/**
 * What the handler of a projection would do with an event, found out in a transaction that was rolled back.
 *
 * @param failure how it fails; empty when it succeeds
 * @param changes what it would write, one line for each table, such as {@code orders: 1 updated}
 */
public record Rehearsal(Optional<Failure> failure, List<String> changes) {

    /** Copies the changes. */
    public Rehearsal {
        changes = List.copyOf(changes);
    }
}
