package dev.headwater.postgres.faults;

import java.util.function.Consumer;

/**
 * What a campaign does.
 *
 * @param seed chooses victims, moments and what writers do; timing does the rest
 * @param kills half of them hit the server, half a worker
 * @param workers how many applications share the server
 * @param longOutages how often the server stays away until workers lose patience
 * @param bug what is wrong with the workers
 * @param progress is told now and then how far the campaign is
 */
record CampaignPlan(long seed, int kills, int workers, int longOutages, PlantedBug bug, Consumer<String> progress) {

    /** Whether the server stays away after having been killed so many times. */
    boolean isLongOutage(int serverKills) {
        return longOutages > 0 && serverKills % Math.max(1, kills / 2 / longOutages) == 0;
    }

    @Override
    public String toString() {
        return "with seed %d, %d kills, %d workers, %d long outages, planted bug %s"
                .formatted(seed, kills, workers, longOutages, bug);
    }
}
