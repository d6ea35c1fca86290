package dev.headwater.subscription.spi;

/**
 * The right of an instance to handle the keys of a segment.
 *
 * @param segment the segment, from 0
 * @param epoch grows when the segment changes hands, so that a former owner can be told from the present one
 * @param position the checkpoint: every wanted event of the segment up to here was handled or became a dead letter
 */
public record Claim(int segment, long epoch, long position) {}
