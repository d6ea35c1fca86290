package dev.headwater.benchmarks;

/** Says on standard error what is being done. */
final class Progress {

    private Progress() {}

    /** Writes one line. */
    static void say(String what) {
        System.err.println(what);
    }
}
