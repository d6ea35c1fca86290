package dev.headwater.subscription.spi;

import java.util.List;
import java.util.Map;

/**
 * What an instance owns of a subscription.
 *
 * <p>An owner numbers the transactions that move its checkpoints, or write or remove letters: each takes the next
 * number. Whoever takes a segment from an owner takes that owner's next number, too, so an owner that does not know of
 * the loss finds its number taken. A transaction whose outcome is unknown is found out in the same way: done again, it
 * finds its own number taken.
 *
 * @param instance the owner
 * @param number the latest number that was taken
 * @param claims the segments
 */
public record Holding(String instance, long number, List<Claim> claims) {

    /** Copies the claims. */
    public Holding {
        claims = List.copyOf(claims);
    }

    /** What is owned after a transaction that has moved checkpoints. */
    public Holding moved(Map<Integer, Checkpoint> to) {
        var moved = claims.stream()
                .map(claim ->
                        new Claim(claim.segment(), claim.epoch(), to.getOrDefault(claim.segment(), claim.checkpoint())))
                .toList();
        return new Holding(instance, number + 1, moved);
    }
}
