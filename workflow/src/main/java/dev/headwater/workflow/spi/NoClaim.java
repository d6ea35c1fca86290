package dev.headwater.workflow.spi;

import dev.headwater.workflow.UnclaimedEvent;

/**
 * An event that nobody took.
 *
 * @param id the instance that it would have belonged to
 * @param position its place in the log
 * @param type the registered name of its type
 * @param reason why nobody took it
 * @param answered whether commands are sent because of it
 */
public record NoClaim(String id, long position, String type, UnclaimedEvent.Reason reason, boolean answered) {}
