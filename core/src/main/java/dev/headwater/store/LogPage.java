package dev.headwater.store;

import java.util.List;

/**
 * A stretch of the log, for readers that keep a checkpoint.
 *
 * @param events the wanted events of the stretch, in position order
 * @param through the position that the stretch reaches: every wanted event up to here has been returned, so this is
 *     what a reader remembers
 * @param end whether the log ended there when the page was read
 */
public record LogPage(List<StoredEvent> events, long through, boolean end) {}
