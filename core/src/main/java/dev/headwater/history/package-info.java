/**
 * The stored past run through the present code before that is deployed, with nothing changed. Begin with
 * {@link dev.headwater.history.HistoryCheck}.
 *
 * <p>Only reads of the log and transactions that are rolled back belong here, never a write.
 */
package dev.headwater.history;
