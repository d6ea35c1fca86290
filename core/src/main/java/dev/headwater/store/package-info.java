/**
 * The event store as applications see it: streams, one order of all events, appends with conditions, reads. Begin with
 * {@link dev.headwater.store.EventStore}.
 *
 * <p>What a database must do for it stands in {@code dev.headwater.store.spi}. Nothing here knows of aggregates,
 * subscriptions or a particular database.
 */
package dev.headwater.store;
