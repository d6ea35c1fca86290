package dev.headwater.subscription.spi;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What an instance has to do for a subscription.
 *
 * @param holding what it owns
 * @param surplus how many of them it should give back, since others have fewer
 * @param paused whether nobody shall handle anything
 * @param lettersDue whether there are dead letters in its segments whose time has come
 */
public record Assignment(Holding holding, int surplus, boolean paused, boolean lettersDue) {

    /** The segments that it owns. */
    public List<Claim> claims() {
        return holding.claims();
    }

    /** Whether an instance that follows the other assignment has nothing new to do. */
    public boolean asksForSameAs(@Nullable Assignment other) {
        return other != null
                && surplus == 0
                && !lettersDue
                && paused == other.paused
                && segments(claims()).equals(segments(other.claims()));
    }

    /** The segments with their epochs; how far they have come is the owner's own doing. */
    private static Map<Integer, Long> segments(List<Claim> claims) {
        return claims.stream().collect(Collectors.toMap(Claim::segment, Claim::epoch));
    }
}
