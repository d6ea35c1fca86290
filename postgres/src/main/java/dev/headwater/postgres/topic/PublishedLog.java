package dev.headwater.postgres.topic;

import dev.headwater.store.spi.EventStorage;

/**
 * A topic, and the log that it is.
 *
 * @param topic its name
 * @param storage the log
 */
public record PublishedLog(String topic, EventStorage storage) {}
