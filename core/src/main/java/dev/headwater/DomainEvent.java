package dev.headwater;

/**
 * A business fact that happened, stored in a stream of the event store.
 *
 * <p>Declare the events of one aggregate as records of a sealed interface that extends this one: an exhaustive
 * {@code switch} then turns a forgotten event into a compile error.
 */
public non-sealed interface DomainEvent extends Message {}
