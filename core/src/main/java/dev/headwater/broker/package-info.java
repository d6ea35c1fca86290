/**
 * Telling other services, and hearing of them, through a message broker: a topic is a log with another address, and is
 * read as the log is. Begin with {@link dev.headwater.broker.BrokerEventBus}.
 */
package dev.headwater.broker;
