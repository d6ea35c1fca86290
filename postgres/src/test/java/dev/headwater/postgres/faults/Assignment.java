package dev.headwater.postgres.faults;

import java.nio.file.Path;
import java.util.List;

/**
 * What a worker is told when it is started.
 *
 * @param url the database
 * @param worker its number
 * @param incarnation how often a worker of this number was started, this time included
 * @param seed what it does depends on this, and on the timing
 * @param journal the file for its journal
 * @param retries a file with appends to be repeated first, one per line
 * @param freshSchema a schema that it sets up, uses and drops before it begins
 * @param bug what is wrong with it
 */
record Assignment(
        String url,
        int worker,
        int incarnation,
        long seed,
        Path journal,
        Path retries,
        String freshSchema,
        PlantedBug bug) {

    List<String> toArguments() {
        return List.of(
                url,
                Integer.toString(worker),
                Integer.toString(incarnation),
                Long.toString(seed),
                journal.toString(),
                retries.toString(),
                freshSchema,
                bug.name());
    }

    static Assignment parse(String... arguments) {
        return new Assignment(
                arguments[0],
                Integer.parseInt(arguments[1]),
                Integer.parseInt(arguments[2]),
                Long.parseLong(arguments[3]),
                Path.of(arguments[4]),
                Path.of(arguments[5]),
                arguments[6],
                PlantedBug.valueOf(arguments[7]));
    }
}
