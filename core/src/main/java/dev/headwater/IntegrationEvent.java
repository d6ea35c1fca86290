package dev.headwater;

/**
 * A fact as other services are told of it: a published contract, versioned with more care than a {@link DomainEvent}.
 *
 * <p>An integration event never leaves the process without its registered name and schema version.
 */
public non-sealed interface IntegrationEvent extends Message {}
