/**
 * Handlers that follow the log, across processes: projections, reactors, their checkpoints, retries and dead letters.
 * Begin with {@link dev.headwater.subscription.Subscription} and {@link dev.headwater.subscription.Subscriptions}; how
 * a page is handled is in {@code SubscriptionWorker} and {@code PageHandler}.
 *
 * <p>What is shared between processes goes through {@code dev.headwater.subscription.spi}, never through a particular
 * database. How failures are judged is decided in {@code dev.headwater.failure}.
 */
package dev.headwater.subscription;
