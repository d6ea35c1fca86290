package dev.headwater.postgres.faults;

import java.util.concurrent.ThreadLocalRandom;

/** The form of the fault tests and their seed, from system properties. */
final class FaultSettings {

    private FaultSettings() {}

    /** Whether the long form was asked for, with {@code headwater.faults=full}. */
    static boolean isFull() {
        var form = System.getProperty("headwater.faults", "short");
        return switch (form) {
            case "short" -> false;
            case "full" -> true;
            default ->
                throw new IllegalArgumentException(
                        "The system property headwater.faults is '" + form + "': expected 'short' or 'full'");
        };
    }

    /** The seed of {@code headwater.faults.seed}, to repeat a failure as far as timing allows; otherwise a new one. */
    static long seed() {
        var seed = Long.getLong("headwater.faults.seed");
        return seed == null ? ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE) : seed;
    }

    /** How many kills there are, unless {@code headwater.faults.kills} says otherwise. */
    static int kills() {
        return Integer.getInteger("headwater.faults.kills", isFull() ? 1000 : 10);
    }

    /** How many events there are, unless {@code headwater.faults.events} says otherwise. */
    static int events() {
        return Integer.getInteger("headwater.faults.events", isFull() ? 1_000_000 : 10_000);
    }

    /** How many disturbances there are, unless {@code headwater.faults.disturbances} says otherwise. */
    static int disturbances() {
        return Integer.getInteger("headwater.faults.disturbances", isFull() ? 200 : 10);
    }
}
