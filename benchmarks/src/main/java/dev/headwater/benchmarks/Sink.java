package dev.headwater.benchmarks;

/** Takes what was read, so that no compiler can find that nobody wanted it. Not thread-safe. */
final class Sink {

    private volatile Object last = "";
    private long count;

    void take(Object value) {
        last = value;
        count++;
    }

    Object last() {
        return last;
    }

    long count() {
        return count;
    }
}
