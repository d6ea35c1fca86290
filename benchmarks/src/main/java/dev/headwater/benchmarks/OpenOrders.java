package dev.headwater.benchmarks;

import dev.headwater.UuidV7;
import dev.headwater.benchmarks.SampleEvents.Sample;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The orders that one writer works on: ten at a time, each picked at random for its next event, each replaced by a new
 * one after its last. So one append in ten begins a stream, and a stream grows while others do. Not thread-safe.
 */
final class OpenOrders {

    private static final int OPEN = 10;

    private final SampleEvents samples;
    private final AtomicLong numbers;
    private final SplittableRandom random;
    private final Order[] open = new Order[OPEN];

    /**
     * Starts with orders of different lengths, so that they do not all end together.
     *
     * @param numbers where the numbers of new orders come from; shared by all writers
     */
    OpenOrders(SampleEvents samples, AtomicLong numbers, long seed) {
        this.samples = samples;
        this.numbers = numbers;
        this.random = new SplittableRandom(seed);
        for (int i = 0; i < OPEN; i++) {
            open[i] = new Order(numbers.incrementAndGet(), random.nextInt(SampleEvents.STEPS) + 1);
        }
    }

    /** An order on its way. */
    static final class Order {

        private final long number;
        private final String id = newId();
        private final int length;
        private int version;

        private Order(long number, int length) {
            this.number = number;
            this.length = length;
        }

        /** What the raw side uses as the stream's number. */
        long number() {
            return number;
        }

        String id() {
            return id;
        }

        /** How many events the stream has. */
        int version() {
            return version;
        }

        void appended() {
            version++;
        }
    }

    /** A new order's id: ordered by time, as order numbers are. */
    static String newId() {
        return UuidV7.next().toString();
    }

    /** The order that the next event is for. */
    Order next() {
        int slot = random.nextInt(OPEN);
        if (open[slot].version == open[slot].length) {
            open[slot] = new Order(numbers.incrementAndGet(), SampleEvents.STEPS);
        }
        return open[slot];
    }

    /** The next event of an order. */
    Sample sample(Order order) {
        return samples.at(order.version, random.nextInt());
    }

    /** A number that chooses among variants of events. */
    int key() {
        return random.nextInt();
    }
}
