package dev.headwater.testkit.simulation;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How often something goes wrong in a simulation. Immutable.
 *
 * <p>These are the shares on average; each seed draws its own, and leaves some kinds out, since what is rare beside
 * everything else is found where that is not.
 *
 * @param crashes the share of calls to a storage at which the process dies, before or after it
 * @param outages the share of calls to a storage that fail, or whose success is not known to the caller
 * @param lostClaims the share of pages that are not stored since somebody else took over, so that their events come
 *     again
 * @param standstills the share of steps after which a process stands still, often beyond its leases
 * @param failures the share of calls of {@link SimulatedProcess#disturb} that fail
 * @param longestDowntime how long a process is away that has died, at most
 */
public record Troubles(
        double crashes,
        double outages,
        double lostClaims,
        double standstills,
        double failures,
        Duration longestDowntime) {

    /** Nothing goes wrong; the order of things is still drawn. */
    public static final Troubles NONE = new Troubles(0, 0, 0, 0, 0, Duration.ZERO);

    /** Some of everything. */
    public static final Troubles USUAL = new Troubles(0.005, 0.005, 0.01, 0.001, 0.05, Duration.ofHours(2));

    private static final int KINDS_LEFT_OUT = 3;

    /** How often a process dies. */
    public Troubles withCrashes(double share) {
        return new Troubles(share, outages, lostClaims, standstills, failures, longestDowntime);
    }

    /** How often a storage fails. */
    public Troubles withOutages(double share) {
        return new Troubles(crashes, share, lostClaims, standstills, failures, longestDowntime);
    }

    /** How often events come again. */
    public Troubles withLostClaims(double share) {
        return new Troubles(crashes, outages, share, standstills, failures, longestDowntime);
    }

    /** How often a process stands still. */
    public Troubles withStandstills(double share) {
        return new Troubles(crashes, outages, lostClaims, share, failures, longestDowntime);
    }

    /** How often what lies outside fails. */
    public Troubles withFailures(double share) {
        return new Troubles(crashes, outages, lostClaims, standstills, share, longestDowntime);
    }

    /** How long a process is away that has died, at most. */
    public Troubles withLongestDowntime(Duration longest) {
        return new Troubles(crashes, outages, lostClaims, standstills, failures, longest);
    }

    /** What one seed makes of it. */
    Troubles drawn(RandomGenerator random) {
        return new Troubles(
                drawn(crashes, random),
                drawn(outages, random),
                drawn(lostClaims, random),
                drawn(standstills, random),
                drawn(failures, random),
                longestDowntime);
    }

    private static double drawn(double share, RandomGenerator random) {
        boolean isLeftOut = random.nextInt(KINDS_LEFT_OUT) == 0;
        double factor = 2 * random.nextDouble();
        return isLeftOut ? 0 : share * factor;
    }
}
