/**
 * Storing events: one total order, group commit, and a true answer also after a lost connection.
 *
 * <p>Begin with {@link dev.headwater.postgres.append.AppendProtocol}, which explains the algorithm;
 * {@link dev.headwater.postgres.append.AppendCall} is its call to the server. What is read from the log, except to
 * append to it, never belongs here, nor does what happens to events once they are stored.
 */
package dev.headwater.postgres.append;
