/**
 * Reading pages of the log and of streams, and learning that there is something new to read.
 *
 * <p>Begin with {@link dev.headwater.postgres.read.LogReader}. No table is ever written here.
 */
package dev.headwater.postgres.read;
