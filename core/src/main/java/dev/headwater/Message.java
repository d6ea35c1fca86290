package dev.headwater;

/**
 * What travels: a fact ({@link DomainEvent}, {@link IntegrationEvent}), a request ({@link Command}) or transient news
 * ({@link Notification}).
 *
 * <p>The four kinds have different promises, so a message is exactly one of them. Messages are immutable values,
 * normally records; their name on the wire comes from {@link MessageType}, never from the Java class.
 */
public sealed interface Message permits DomainEvent, IntegrationEvent, Command, Notification {}
