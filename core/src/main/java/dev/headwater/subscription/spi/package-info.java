/**
 * What a database does to keep checkpoints, segments and dead letters; applications do not use it, but for the
 * transaction that a projection is handed. Begin with {@link dev.headwater.subscription.spi.SubscriptionStorage}.
 *
 * <p>Only what must be atomic or shared belongs here. When to try again and what to skip is decided above.
 */
package dev.headwater.subscription.spi;
