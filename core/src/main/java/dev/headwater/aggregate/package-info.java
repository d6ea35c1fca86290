/**
 * Aggregates whose state is made of their events: as functions ({@link dev.headwater.aggregate.Decider}) or as a class
 * ({@link dev.headwater.aggregate.EventSourcedAggregate}), each with its repository, and when to take snapshots. Begin
 * with {@link dev.headwater.aggregate.DeciderRepository}.
 *
 * <p>Only the event store is used, and never a storage behind it; subscriptions and read models are not known here.
 */
package dev.headwater.aggregate;
