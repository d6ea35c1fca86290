package dev.headwater.subscription.spi;

/**
 * The right of an instance to handle the keys of a segment.
 *
 * @param segment the segment, from 0
 * @param epoch grows when the segment changes hands, so that a former owner can be told from the present one
 * @param checkpoint how far the segment has come
 */
public record Claim(int segment, long epoch, Checkpoint checkpoint) {}
