/**
 * What a failure means and how it is told, for whoever calls handlers: how often and when to try again, and what is
 * kept of an exception. Begin with {@link dev.headwater.failure.RetryPolicy}.
 *
 * <p>Only judgement and description belong here, never threads, stores or dead letters: bus and subscriptions build on
 * this package, and it knows neither.
 */
package dev.headwater.failure;
