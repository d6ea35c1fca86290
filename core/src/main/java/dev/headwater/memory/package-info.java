/**
 * Event store, subscriptions, snapshots and keys in the memory of the process, for tests and first steps. Begin with
 * {@link dev.headwater.memory.InMemoryEventStorage} and {@link dev.headwater.memory.InMemorySubscriptionStorage}.
 *
 * <p>They pass the same contract suites as every other implementation, and no other package depends on them. What the
 * interfaces promise is decided there, never here.
 */
package dev.headwater.memory;
