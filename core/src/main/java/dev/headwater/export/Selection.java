package dev.headwater.export;

import dev.headwater.store.EventQuery;
import java.net.URI;

/**
 * Which part of which log an export holds.
 *
 * @param source the log, as CloudEvents name it
 * @param query which events are wanted
 * @param after the position before the first one looked at
 * @param through the last position looked at
 */
record Selection(URI source, EventQuery query, long after, long through) {}
