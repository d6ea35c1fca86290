/**
 * What subscriptions keep: checkpoints, members, effects and dead letters.
 *
 * <p>Begin with {@link dev.headwater.postgres.delivery.PostgresSubscriptionStorage}. Which event is handled when, and
 * what becomes of a failure, is decided in the core and never here: this room keeps what was decided, in one
 * transaction with what the handler wrote.
 */
package dev.headwater.postgres.delivery;
