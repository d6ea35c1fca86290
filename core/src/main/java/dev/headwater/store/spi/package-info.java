/**
 * What a database does to hold an event log; applications do not use it. Begin with
 * {@link dev.headwater.store.spi.EventStorage}.
 *
 * <p>Messages are bytes here: what needs their classes, a registry or JSON belongs to
 * {@link dev.headwater.store.EventStore}.
 */
package dev.headwater.store.spi;
