package dev.headwater.broker.spi;

/**
 * What is there of a partition.
 *
 * @param first the position of the first record that was not removed for its age; one more than {@code last} when there
 *     is none
 * @param last the position of the end
 */
public record Retained(long first, long last) {}
