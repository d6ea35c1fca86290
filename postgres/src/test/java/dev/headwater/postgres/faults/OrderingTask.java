package dev.headwater.postgres.faults;

import java.nio.file.Path;
import java.util.List;

/**
 * What an {@link OrderingWorker} is told when it is started.
 *
 * @param url the database
 * @param worker its number
 * @param seed the interleaving depends on this, and on the timing
 * @param folder for its journal and what its reader saw
 * @param transactions how many each of its transaction writers makes
 * @param correct whether appends have to succeed; otherwise a bug is planted, and those that fail are given up
 */
record OrderingTask(String url, int worker, long seed, Path folder, int transactions, boolean correct) {

    Path journal() {
        return folder.resolve("ordering" + worker + ".journal");
    }

    /** One line for each event that the tailing reader saw. */
    Path seen() {
        return folder.resolve("ordering" + worker + ".seen");
    }

    Path errors() {
        return folder.resolve("ordering" + worker + ".err");
    }

    List<String> toArguments() {
        return List.of(
                url,
                Integer.toString(worker),
                Long.toString(seed),
                folder.toString(),
                Integer.toString(transactions),
                Boolean.toString(correct));
    }

    static OrderingTask parse(String... arguments) {
        return new OrderingTask(
                arguments[0],
                Integer.parseInt(arguments[1]),
                Long.parseLong(arguments[2]),
                Path.of(arguments[3]),
                Integer.parseInt(arguments[4]),
                Boolean.parseBoolean(arguments[5]));
    }
}
