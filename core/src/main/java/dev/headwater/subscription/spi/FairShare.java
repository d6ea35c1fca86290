package dev.headwater.subscription.spi;

/** How segments are divided among instances. */
public final class FairShare {

    private FairShare() {}

    /**
     * How many segments an instance should own: the same for all, and one more for the first ones when that leaves a
     * rest. So when an instance is replaced by another no segment moves between the others more often than it must.
     *
     * @param segments how many there are
     * @param instances how many instances share them, 1 or more
     * @param rank the instance's place among them, from 0, in the order in which they came
     */
    public static int of(int segments, int instances, int rank) {
        return segments / instances + (rank < segments % instances ? 1 : 0);
    }
}
