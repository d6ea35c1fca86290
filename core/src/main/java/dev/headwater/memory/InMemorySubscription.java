package dev.headwater.memory;

import dev.headwater.subscription.SubscriptionOverview.Pause;
import dev.headwater.subscription.spi.Checkpoint;
import dev.headwater.subscription.spi.Claim;
import dev.headwater.subscription.spi.ClaimLostException;
import dev.headwater.subscription.spi.FairShare;
import dev.headwater.subscription.spi.Holding;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A subscription in an {@link InMemorySubscriptionStorage}: its segments and who owns them. Guarded by its lock. */
final class InMemorySubscription {

    final List<Segment> segments = new ArrayList<>();
    /** With the end of their leases. */
    final Map<String, Instant> members = new LinkedHashMap<>();
    /** The latest number that was taken, by owner. */
    private final Map<String, Long> numbers = new HashMap<>();

    final Map<Long, Set<String>> effects = new HashMap<>();
    Optional<Pause> pause = Optional.empty();
    Optional<String> replacedBy = Optional.empty();

    InMemorySubscription(int number, long position) {
        for (int i = 0; i < number; i++) {
            segments.add(new Segment(i, position));
        }
    }

    static final class Segment {
        final int number;
        Checkpoint checkpoint;

        @Nullable
        String owner;

        private long epoch;
        private Instant leaseUntil = Instant.MIN;
        /** Whether a transaction is moving it. */
        private boolean busy;

        private Segment(int number, long position) {
            this.number = number;
            this.checkpoint = Checkpoint.at(position);
        }

        private boolean isFree(Instant now) {
            return !busy && (owner == null || leaseUntil.isBefore(now));
        }

        private Claim claim() {
            return new Claim(number, epoch, checkpoint);
        }
    }

    Holding holding(String instance) {
        var claims = segments.stream()
                .filter(segment -> instance.equals(segment.owner))
                .map(Segment::claim)
                .toList();
        return new Holding(instance, numbers.getOrDefault(instance, 0L), claims);
    }

    void takeNumber(@Nullable String owner) {
        if (owner != null) {
            numbers.merge(owner, 1L, Long::sum);
        }
    }

    /** Lengthens the leases of an instance, and claims what is free up to its share; what it owns then. */
    List<Segment> renew(String instance, Instant now, Duration lease) {
        var until = now.plus(lease);
        members.put(instance, until);
        members.values().removeIf(end -> end.isBefore(now));
        int share = share(instance);
        var owned = new ArrayList<Segment>();
        for (var segment : segments) {
            if (instance.equals(segment.owner)) {
                segment.leaseUntil = until;
                owned.add(segment);
            }
        }
        for (var segment : segments) {
            if (owned.size() < share && segment.isFree(now)) {
                takeNumber(segment.owner);
                segment.owner = instance;
                segment.epoch++;
                segment.leaseUntil = until;
                owned.add(segment);
            }
        }
        return owned;
    }

    int share(String instance) {
        var instances = List.copyOf(members.keySet());
        return FairShare.of(segments.size(), instances.size(), instances.indexOf(instance));
    }

    void release(String instance, Claim claim) {
        var segment = segments.get(claim.segment());
        if (instance.equals(segment.owner) && segment.epoch == claim.epoch()) {
            segment.owner = null;
        }
    }

    /** Ends the leases of these instances, and frees what they own. */
    void end(Predicate<String> instances) {
        members.keySet().removeIf(instances);
        for (var segment : segments) {
            if (segment.owner != null && instances.test(segment.owner)) {
                takeNumber(segment.owner);
                segment.owner = null;
            }
        }
    }

    void requireUnchanged(String name, Holding known) {
        var present = holding(known.instance());
        if (present.number() != known.number() || !present.claims().containsAll(known.claims())) {
            throw new ClaimLostException(name);
        }
    }

    boolean setBusy(Holding holding, boolean busy) {
        holding.claims().forEach(claim -> segments.get(claim.segment()).busy = busy);
        return busy;
    }

    /** Moves every segment, and ends every claim. */
    void reset(long position) {
        for (var segment : segments) {
            segment.checkpoint = Checkpoint.at(position);
            segment.epoch++;
            takeNumber(segment.owner);
        }
    }

    /** Takes every segment away from its owner. */
    void takeAway() {
        for (var segment : segments) {
            takeNumber(segment.owner);
            segment.owner = null;
            segment.epoch++;
        }
    }

    /** The position that the furthest segment has come to. */
    long furthest() {
        return segments.stream()
                .mapToLong(segment -> segment.checkpoint.position())
                .max()
                .orElse(0);
    }

    /** The position up to which everything is done in every segment. */
    long complete() {
        return segments.stream()
                .mapToLong(segment -> segment.checkpoint.complete())
                .min()
                .orElse(0);
    }
}
