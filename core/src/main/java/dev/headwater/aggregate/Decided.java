package dev.headwater.aggregate;

import dev.headwater.store.Append;

/**
 * What a command to an aggregate leads to, not yet appended, so that it can go into one append with parts for other
 * streams.
 *
 * <p>The ids in it derive from the id of the command, so of all that are made for one command only one is ever
 * appended: for any other one the store answers {@link dev.headwater.store.DuplicateEventException}, or
 * {@link dev.headwater.store.ConcurrencyException} when the aggregate has changed meanwhile.
 *
 * @param part the events, under the version of the aggregate that was decided on; where there are none, the record of
 *     the refusal or of nothing to do, in a reserved stream, which only a {@link dev.headwater.store.ToolkitStore}
 *     appends
 * @param execution the outcome of the command once the part is appended
 */
public record Decided(Append.Part part, Execution execution) {

    /** Whether the part has events of the aggregate, rather than the record that there are none. */
    public boolean hasEvents() {
        return !part.stream().isReserved();
    }
}
